package main

import (
	"io"
	"log/slog"
	"net"
	"net/http"

	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/ratelimit"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/site"
	"wattle/static"
)

// newSite is the web server of a search in this process, as in development: loopback is exempt from
// rate limits, and log lines are written to nowhere. With no search it has an empty one.
func newSite(d *search.Service, b *booking.Service) (*http.Server, error) {
	if d == nil {
		index := memindex.New()
		model := &directory.Model{DB: b.DB, Log: b.Log, Index: index}
		d = &search.Service{Model: model, Index: index, Clock: b.Clock, NextTimes: b.LiveNext}
	}
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		return nil, err
	}
	library, err := guides.Embedded()
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	s := &site.Server{Search: d, Booking: b, Guides: &guides.Guides{Library: library, Search: d},
		Kit: web.Kit{Clock: b.Clock, Log: log, Assets: assets, Box: b.Box, BaseURL: "http://localhost", Version: "bench",
			Shared: &ratelimit.Shared{DB: b.DB, Clock: b.Clock}, Local: &ratelimit.Local{Clock: b.Clock}, ExemptLoopback: true}}
	handler, err := s.Handler()
	if err != nil {
		return nil, err
	}
	return web.HTTPServer(handler, log), nil
}

// served is an HTTP server of this process on loopback.
type served struct {
	addr   string
	server *http.Server
}

// serveInProcess starts a server; it takes the result of newSite.
func serveInProcess(srv *http.Server, err error) (*served, error) {
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go srv.Serve(listener) //nolint:errcheck // it ends with Close
	return &served{listener.Addr().String(), srv}, nil
}

func (s *served) close() { s.server.Close() }
