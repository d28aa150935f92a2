package main

import (
	"bufio"
	"fmt"
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
	"wattle/tools/bench/lab"
)

// siteOf is the web server of a search in this process, as in development: loopback is exempt from
// rate limits, and log lines are discarded. With no search it has an empty one.
func siteOf(l *lab.Lab, d *search.Service, b *booking.Service) *http.Server {
	if d == nil {
		index := memindex.New()
		model := &directory.Model{DB: b.DB, Log: b.Log, Index: index}
		d = &search.Service{Model: model, Index: index, Clock: b.Clock, NextTimes: b.Availability.LiveNext}
	}
	assets, err := view.NewAssets(static.FS)
	l.Must(err)
	library, err := guides.Embedded()
	l.Must(err)
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	s := &site.Server{Search: d, Booking: b, Guides: &guides.Guides{Library: library, Search: d},
		Kit: web.Kit{Clock: b.Clock, Log: log, Assets: assets, Box: b.Box, BaseURL: "http://localhost", Version: "bench",
			Shared: &ratelimit.Shared{DB: b.DB, Clock: b.Clock}, Local: &ratelimit.Local{Clock: b.Clock},
			ExemptLoopback: true}}
	handler, err := s.Handler()
	l.Must(err)
	return web.HTTPServer(handler, log)
}

// serve serves on loopback until the benchmark ends.
func serve(l *lab.Lab, srv *http.Server) (addr string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	l.Must(err)
	go srv.Serve(listener)          //nolint:errcheck // it ends with Close
	l.After(func() { srv.Close() }) //nolint:errcheck // as above
	return listener.Addr().String()
}

// conn is one client's connection. It costs less than an http.Client, so that the server is measured.
type conn struct {
	net.Conn
	l  *lab.Lab
	in *bufio.Reader
}

func dial(l *lab.Lab, addr string) *conn {
	c, err := net.Dial("tcp", addr)
	l.Must(err)
	return &conn{c, l, bufio.NewReaderSize(c, 64<<10)}
}

// ask sends a request and discards the answer, which must have this status.
func (c *conn) ask(status int, format string, args ...any) {
	_, err := fmt.Fprintf(c, format, args...)
	c.l.Must(err)
	answer, err := http.ReadResponse(c.in, nil)
	c.l.Must(err)
	defer answer.Body.Close()
	if answer.StatusCode != status {
		text, _ := io.ReadAll(answer.Body)
		c.l.Fail("status %d: %.300s", answer.StatusCode, text)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	c.l.Must(err)
}
