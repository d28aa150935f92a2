// Package guide serves the guides: their list, the articles with people who help, and the pictures of
// their links.
package guide

import (
	"github.com/gin-gonic/gin"

	"wattle/internal/guides"
	"wattle/internal/view"
	"wattle/internal/web"
)

// Pages serves the area. Fill it by field name and call Mount once.
type Pages struct {
	*web.Kit
	Guides *guides.Guides

	views views
}

// views are the area's pages, each bound to the one struct it prints.
type views struct {
	guidesList view.Page[guidesListPage]
	guideShow  view.Page[guideShowPage]
}

// Mount binds the area's pages to their templates and adds its addresses.
func (s *Pages) Mount(r gin.IRouter) error {
	s.views = views{
		guidesList: view.Parse[guidesListPage](s.Set, "guides/list"),
		guideShow:  view.Parse[guideShowPage](s.Set, "guides/show"),
	}
	s.Read(r, "/guides", s.guidesList)
	s.Read(r, "/guides/:slug", s.guideShow)
	s.Read(r, "/guides/:slug/card/:file", s.guidePicture)
	return s.Set.Err()
}
