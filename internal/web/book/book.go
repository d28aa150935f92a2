// Package book serves the pages of bookings: choosing a time, the details, the code, managing, moving
// and cancelling, and the practice's own view of a booking.
package book

import (
	"context"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

// Pages serves the area. Fill it by field name and call Mount once.
type Pages struct {
	*web.Kit
	Search  *search.Service
	Booking *booking.Service
	// Calendar is a booking as a calendar file, for the client or for the practice.
	Calendar func(ctx context.Context, b booking.Booking, practice bool) ([]byte, error)

	views views
}

// views are the area's pages, each bound to the one struct it prints.
type views struct {
	bookTimes     view.Page[bookTimesPage]
	bookDetails   view.Page[bookDetailsPage]
	under18       view.Page[under18Page]
	bookingShow   view.Page[bookingShowPage]
	bookingLink   view.Page[bookingLinkPage]
	bookingCancel view.Page[bookingCancelPage]
	practiceShow  view.Page[practiceShowPage]
}

// Mount binds the area's pages to their templates and adds its addresses.
func (s *Pages) Mount(r gin.IRouter) error {
	s.views = views{
		bookTimes:     view.Parse[bookTimesPage](s.Set, "booking/times"),
		bookDetails:   view.Parse[bookDetailsPage](s.Set, "booking/details"),
		under18:       view.Parse[under18Page](s.Set, "booking/under18"),
		bookingShow:   view.Parse[bookingShowPage](s.Set, "booking/show"),
		bookingLink:   view.Parse[bookingLinkPage](s.Set, "booking/link"),
		bookingCancel: view.Parse[bookingCancelPage](s.Set, "booking/cancel"),
		practiceShow:  view.Parse[practiceShowPage](s.Set, "booking/practice"),
	}
	s.Read(r, "/under-18", s.under18)
	r.GET("/therapist/:slug/book", s.Page(s.bookTimes))
	r.POST("/therapist/:slug/book", s.Page(s.bookHold))
	r.GET("/booking/:id", s.Page(s.bookingShow))
	r.GET("/booking/:id/calendar.ics", s.Page(s.bookingCalendar))
	r.GET("/booking/:id/confirm", s.Page(s.bookingLink))
	r.POST("/booking/:id/confirm", s.Page(s.Counted(s.bookingConfirm)))
	r.GET("/booking/:id/reschedule", s.Page(s.bookingMove))
	r.POST("/booking/:id/reschedule", s.Page(s.Counted(s.bookingReschedule)))
	r.POST("/booking/:id/propose", s.Page(s.Counted(s.bookingPropose)))
	r.GET("/booking/:id/cancel", s.Page(s.bookingCancelAsk))
	r.POST("/booking/:id/cancel", s.Page(s.Counted(s.bookingCancel)))
	return s.Set.Err()
}
