package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/view"
)

// The pictures of shared links (Open Graph) are drawn on first request and cached. Their addresses hold
// a version made of everything they show, and only the current one is answered: the server draws only
// what a page names.

// Picture is what package poster draws.
type Picture interface {
	Version() string
	PNG() ([]byte, error)
}

// picturesBytes bounds the cached pictures; one takes about 90,000 bytes.
const picturesBytes = 8 << 20

// drawWait is how long a request waits for its turn to draw: one picture is drawn at a time.
const drawWait = 3 * time.Second

// Pictures draws pictures one at a time, each once, and caches them by version.
type Pictures struct {
	drawn view.Cache[string, []byte]
	turns chan struct{}
	wait  time.Duration // for a turn
}

// NewPictures makes an empty cache of pictures.
func NewPictures() Pictures {
	return Pictures{drawn: view.NewCache[string, []byte](picturesBytes), turns: make(chan struct{}, 1), wait: drawWait}
}

// Draw returns a picture, cached or new. It returns fault.Unavailable when too many others wait to be
// drawn.
func (d Pictures) Draw(p Picture) ([]byte, error) {
	return d.drawn.Get(p.Version(), func() ([]byte, error) {
		wait, cancel := context.WithTimeout(context.Background(), d.wait)
		defer cancel()
		select {
		case d.turns <- struct{}{}:
			defer func() { <-d.turns }()
			return p.PNG()
		case <-wait.Done():
			return nil, fault.New(fault.Unavailable, "Many pictures are being drawn right now. Please try again in a moment.")
		}
	})
}

// Counts returns the hits and misses of the cache.
func (d Pictures) Counts() (hits, misses uint64) { return d.drawn.Counts() }

// Write answers with a picture, at its own address alone.
func (d Pictures) Write(c *gin.Context, p Picture) error {
	if c.Param("file") != pictureFile(p) {
		return fault.NotFound
	}
	c.Header("Cross-Origin-Resource-Policy", "cross-origin") // other sites show it, and may cache it
	tag := `"` + p.Version() + `"`
	if c.GetHeader("If-None-Match") == tag {
		c.Header("ETag", tag)
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	png, err := d.Draw(p)
	if err != nil {
		return err
	}
	c.Header("ETag", tag)
	c.Data(http.StatusOK, "image/png", png)
	return nil
}

func pictureFile(p Picture) string { return p.Version() + ".png" }
