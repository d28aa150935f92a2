// Package find serves the pages of search and profiles: the start page, lists and landing pages,
// profiles, the match, suggestions, sitemaps, pictures of shared links, and the pages of words.
package find

import (
	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

// Pages serves the area. Fill it by field name and call Mount once.
type Pages struct {
	*web.Kit
	Search  *search.Service
	Booking *booking.Service // the free times of a profile
	Library *guides.Library  // for the start page and the sitemap

	views  views
	cards  view.Cache[cardKey, view.HTML]
	places view.Cache[int64, []byte]
}

// Mount binds the area's pages to their templates and adds its addresses.
func (s *Pages) Mount(r gin.IRouter) error {
	s.bind()
	s.cards, s.places = view.NewCache[cardKey, view.HTML](cardsBytes), view.NewCache[int64, []byte](placesBytes)
	for path, h := range map[string]web.Handler{
		"/":                                  s.home,
		"/therapists":                        s.therapistsList,
		"/therapists/:state":                 s.therapistsList,
		"/therapists/:state/near/:place":     s.therapistsList,
		"/therapists/:state/:subject":        s.therapistsList,
		"/therapists/:state/:subject/:issue": s.therapistsList,
		"/therapist/:slug":                   s.therapistShow,
		"/therapist/:slug/card/:file":        s.therapistPicture,
		"/portrait/:file":                    s.therapistPortrait,
		"/suggest":                           s.suggest,
		"/match":                             s.match,
		web.OrderPath:                        s.order,
		"/robots.txt":                        s.robots,
		"/sitemap.xml":                       s.sitemap,
		"/sitemaps/:file":                    s.sitemapPart,
	} {
		s.Read(r, path, h)
	}
	for path := range plainPages {
		s.Read(r, path, s.plain(path))
	}
	r.POST("/match", s.Page(s.Counted(s.matchFind)))
	return s.Set.Err()
}

// Caches returns the area's caches by name, for the metrics.
func (s *Pages) Caches() map[string]view.Counter {
	return map[string]view.Counter{"cards": s.cards, "words": s.views.words, "wishes": s.views.wishes}
}
