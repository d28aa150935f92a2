package guide

import (
	"github.com/gin-gonic/gin"

	"wattle/internal/guides"
	"wattle/internal/poster"
	"wattle/internal/view"
)

// guidePicture stands beside links to a guide. Its address changes whenever it does.
func (s *Pages) guidePicture(c *gin.Context) error {
	a, err := s.Guides.Library.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	return s.Pictures.Write(c, pictureOfGuide(a))
}

func pictureOfGuide(a *guides.Article) poster.Guide {
	return poster.Guide{Title: a.Title, Reading: view.Count(a.Minutes, "minute", "minutes") + " to read"}
}
