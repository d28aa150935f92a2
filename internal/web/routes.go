package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
)

// addRoutes is the whole table of addresses.
func (s *Server) addRoutes(r *gin.Engine) {
	s.pageRoutes(r)
	s.bookingRoutes(r)
	s.apiRoutes(r)
	r.GET("/healthz", s.healthz)
	r.GET("/readyz", s.readyz)
	for path, h := range s.Dev {
		r.Any(path, gin.WrapH(h))
	}
	if s.Dev != nil {
		r.GET("/dev/gallery", s.page(s.gallery))
		r.GET("/dev/gallery/:name", s.page(s.galleryPage))
	}
	r.NoRoute(s.page(s.unknown))
	r.NoMethod(s.page(func(c *gin.Context) error {
		return fault.New(fault.Method, "This address does not take that kind of request.")
	}))
}

func (s *Server) pageRoutes(r *gin.Engine) {
	for path, h := range map[string]handler{
		"/":                                  s.home,
		"/therapists":                        s.therapistsList,
		"/therapists/:state":                 s.therapistsList,
		"/therapists/:state/near/:place":     s.therapistsList,
		"/therapists/:state/:subject":        s.therapistsList,
		"/therapists/:state/:subject/:issue": s.therapistsList,
		"/therapist/:slug":                   s.therapistShow,
		"/therapist/:slug/card/:file":        s.therapistPicture,
		"/suggest":                           s.suggest,
		"/portrait/:file":                    s.therapistPortrait,
		"/guides":                            s.guidesList,
		"/guides/:slug":                      s.guideShow,
		"/guides/:slug/card/:file":           s.guidePicture,
		"/match":                             s.match,
		"/crisis":                            s.crisis,
		orderPath:                            s.order,
		"/privacy":                           s.privacy,
		"/terms":                             s.terms,
		"/accessibility":                     s.accessibility,
		"/integrity":                         s.integrity,
		"/under-18":                          s.under18,
		"/robots.txt":                        s.robots,
		"/sitemap.xml":                       s.sitemap,
		"/sitemaps/:file":                    s.sitemapPart,
		"/api/docs":                          s.apiDocs,
	} {
		r.GET(path, s.page(h))
		r.HEAD(path, s.page(h))
	}
}

func (s *Server) bookingRoutes(r *gin.Engine) {
	r.POST("/match", s.page(s.counted(s.matchFind)))
	r.GET("/therapist/:slug/book", s.page(s.bookTimes))
	r.POST("/therapist/:slug/book", s.page(s.bookHold))
	r.GET("/booking/:id", s.page(s.bookingShow))
	r.GET("/booking/:id/calendar.ics", s.page(s.bookingCalendar))
	r.GET("/booking/:id/confirm", s.page(s.bookingLink))
	r.POST("/booking/:id/confirm", s.page(s.bookingConfirm))
	r.GET("/booking/:id/reschedule", s.page(s.bookingMove))
	r.POST("/booking/:id/reschedule", s.page(s.counted(s.bookingReschedule)))
	r.POST("/booking/:id/propose", s.page(s.counted(s.bookingPropose)))
	r.GET("/booking/:id/cancel", s.page(s.bookingCancelAsk))
	r.POST("/booking/:id/cancel", s.page(s.counted(s.bookingCancel)))
}

func (s *Server) apiRoutes(r *gin.Engine) {
	v1 := r.Group("/api/v1")
	v1.GET("/openapi.json", s.page(s.openAPI))
	v1.GET("/therapists", s.open(s.apiTherapists))
	v1.GET("/therapists/:slug", s.open(s.apiTherapist))
	v1.GET("/therapists/:slug/slots", s.open(s.apiSlots))
	v1.GET("/guides", s.open(s.apiGuides))
	v1.GET("/guides/:slug", s.open(s.apiGuide))
	v1.POST("/bookings", s.page(s.apiBook))
	v1.GET("/bookings/:id", s.page(s.apiBooking))
	v1.POST("/bookings/:id/confirm", s.page(s.counted(s.apiConfirm)))
	v1.POST("/bookings/:id/cancel", s.page(s.counted(s.apiCancel)))
	v1.POST("/bookings/:id/reschedule", s.page(s.counted(s.apiReschedule)))
	v1.GET("/bookings/:id/cancellation", s.page(s.apiCancellation))
}

// open is a read that any page on the web may make, without credentials; its refusals may be read
// there too.
func (s *Server) open(h handler) gin.HandlerFunc {
	answer := s.page(h)
	return func(c *gin.Context) {
		c.Header("Access-Control-Allow-Origin", "*")
		c.Header("Cross-Origin-Resource-Policy", "cross-origin")
		c.Header("Cache-Control", "no-cache")
		answer(c)
	}
}

// counted limits a change.
func (s *Server) counted(h handler) handler {
	return func(c *gin.Context) error {
		if err := s.limitWrites(c, writeRule); err != nil {
			return err
		}
		return h(c)
	}
}

// unknown answers addresses that do not exist.
func (s *Server) unknown(*gin.Context) error { return fault.NotFound }

func (s *Server) healthz(c *gin.Context) { c.String(http.StatusOK, "alive\n") }

// readyz can serve when every dependency answers; it names each. While the process ends it says so.
func (s *Server) readyz(c *gin.Context) {
	status, out := http.StatusOK, gin.H{}
	if s.draining.Load() {
		status, out["process"] = http.StatusServiceUnavailable, "ending"
	}
	for name, check := range s.Checks {
		if err := check(ctx(c)); err != nil {
			status, out[name] = http.StatusServiceUnavailable, "not available"
			s.Log.WarnContext(ctx(c), "not ready", "dependency", name, "error", scrub(err))
		} else {
			out[name] = "ok"
		}
	}
	for name, words := range s.Words {
		out[name] = words()
	}
	if len(s.Warnings) > 0 {
		out["warnings"] = s.Warnings
	}
	c.JSON(status, out)
}
