package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/guides"
	"wattle/internal/poster"
	"wattle/internal/search"
	"wattle/internal/view"
)

// The pictures of shared links (Open Graph) are drawn on first request and cached. Their addresses hold
// a version made of everything they show, and only the current one is answered: the server draws only
// what a page names.

// picture is what package poster draws.
type picture interface {
	Version() string
	PNG() ([]byte, error)
}

// picturesBytes bounds the cached pictures; one takes about 90,000 bytes.
const picturesBytes = 8 << 20

// drawWait is how long a request waits for its turn to draw: one picture is drawn at a time.
const drawWait = 3 * time.Second

// pictures draws pictures one at a time, each once, and caches them by version.
type pictures struct {
	drawn view.Cache[string, []byte]
	turns chan struct{}
	wait  time.Duration // for a turn
}

func newPictures() pictures {
	return pictures{drawn: view.NewCache[string, []byte](picturesBytes), turns: make(chan struct{}, 1), wait: drawWait}
}

// draw returns a picture, cached or new. It returns fault.Unavailable when too many others wait to be
// drawn.
func (d pictures) draw(p picture) ([]byte, error) {
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

// therapistPicture stands beside links to a profile, for as long as the profile can be seen.
func (s *Server) therapistPicture(c *gin.Context) error {
	v, err := s.drawn(c, c.Param("slug"))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, max-age=3600") // no shared cache keeps the face of somebody who left
	return s.writePicture(c, personPicture(v))
}

// guidePicture stands beside links to a guide. Its address changes whenever it does.
func (s *Server) guidePicture(c *gin.Context) error {
	a, err := s.Guides.Library.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	return s.writePicture(c, pictureOfGuide(a))
}

func (s *Server) writePicture(c *gin.Context, p picture) error {
	if c.Param("file") != pictureFile(p) {
		return fault.NotFound
	}
	c.Header("Cross-Origin-Resource-Policy", "cross-origin") // it is made to be shown elsewhere, also by who has it already
	tag := `"` + p.Version() + `"`
	if c.GetHeader("If-None-Match") == tag {
		c.Header("ETag", tag)
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	png, err := s.pictures.draw(p)
	if err != nil {
		return err
	}
	c.Header("ETag", tag)
	c.Data(http.StatusOK, "image/png", png)
	return nil
}

func pictureFile(p picture) string { return p.Version() + ".png" }

// personPicture says what the head of a profile says, and nothing about what somebody helps with.
func personPicture(v search.View) poster.Person {
	v.HasKm = false // where the reader is stands on no picture
	return poster.Person{Name: v.Name(), Title: v.FullTitle(), Place: placeText(v), Fiction: v.Demo,
		Initials: poster.Initials(v.GivenName, v.FamilyName)}
}

func pictureOfGuide(a *guides.Article) poster.Guide {
	return poster.Guide{Title: a.Title, Reading: view.Count(a.Minutes, "minute", "minutes") + " to read"}
}

// pictured gives a page the picture of a link to it; page is its path.
func (s *Server) pictured(c *view.Chrome, page, kind, alt string, p picture) {
	c.Kind, c.Picture = kind, view.Picture{URL: s.BaseURL + page + "/card/" + pictureFile(p), Alt: alt}
}

// personAlt says in words what a profile's picture shows.
func personAlt(p poster.Person) string {
	shown := []string{p.Name, p.Title, p.Place}
	if p.Fiction {
		shown[0] += ", a made-up person"
	}
	return strings.Join(shown, ", ")
}
