// Package api serves the JSON API, its OpenAPI document and the page that explains it.
package api

import (
	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

// API serves the area. Fill it by field name and call Mount once.
type API struct {
	*web.Kit
	Search  *search.Service
	Booking *booking.Service
	Guides  *guides.Guides

	views views
	spec  apiSpec
}

// views are the area's pages, each bound to the one struct it prints.
type views struct{ apiDocs view.Page[apiDocsPage] }

// Mount binds the area's page to its template and adds its addresses.
func (s *API) Mount(r gin.IRouter) (err error) {
	if s.spec, err = readSpec(); err != nil {
		return err
	}
	s.views = views{apiDocs: view.Parse[apiDocsPage](s.Set, "api")}
	s.Read(r, "/api/docs", s.apiDocs)
	v1 := r.Group("/api/v1")
	v1.GET("/openapi.json", s.Page(s.openAPI))
	v1.GET("/therapists", s.Open(s.therapistsList))
	v1.GET("/therapists/:slug", s.Open(s.therapistShow))
	v1.GET("/therapists/:slug/slots", s.Open(s.therapistSlots))
	v1.GET("/guides", s.Open(s.guidesList))
	v1.GET("/guides/:slug", s.Open(s.guideShow))
	v1.POST("/bookings", s.Page(s.bookingHold))
	v1.GET("/bookings/:id", s.Page(s.bookingShow))
	v1.POST("/bookings/:id/confirm", s.Page(s.Counted(s.bookingConfirm)))
	v1.POST("/bookings/:id/cancel", s.Page(s.Counted(s.bookingCancel)))
	v1.POST("/bookings/:id/reschedule", s.Page(s.Counted(s.bookingReschedule)))
	v1.GET("/bookings/:id/cancellation", s.Page(s.bookingCancellation))
	return s.Set.Err()
}
