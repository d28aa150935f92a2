package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"

	"wattle/tools/bench/lab"
)

const (
	callers    = 4 // of the pages that are not changed, each over one connection without a pause
	pageRounds = 9
	pagePeriod = 350 * time.Millisecond
	pageLevel  = 6 // of gzip, as the site compresses
)

// measuredPages are the results pages that are measured.
func measuredPages() (paths []string) {
	for _, state := range []string{"nsw", "vic", "qld", "wa"} {
		for _, rest := range []string{"type=psychologist", "type=counsellor&max_fee=180",
			"issue=anxiety&available=week", "issue=grief&language=mandarin", "gender=woman&sort=price"} {
			paths = append(paths, "/therapists?state="+state+"&"+rest)
		}
	}
	return paths
}

// pages is F6: what a results page costs as a browser gets it, compressed, against the compression of
// the same bytes alone; its statements; and a page that has not changed against static bytes.
func pages(p *population) {
	srv := siteOf(p.Lab, p.search, p.booking)
	addr := serve(p.Lab, srv)
	p.Must(p.search.Model.Follow(p.Ctx))
	p.pageCost(srv.Handler)
	p.unchanged(srv, addr)
}

// pageCost serves pages without a network, one after the other, alternately with their compression.
func (p *population) pageCost(h http.Handler) {
	paths := measuredPages()
	bodies, size := make([][]byte, len(paths)), 0
	for i, path := range paths {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, loopback(path, ""))
		if w.Code != http.StatusOK {
			p.Fail("%s answers %d", path, w.Code)
		}
		bodies[i] = w.Body.Bytes()
		size += len(bodies[i])
	}
	compressor, err := gzip.NewWriterLevel(io.Discard, pageLevel)
	p.Must(err)
	var ours, limit []time.Duration
	before := p.db.Statements()
	for range pageRounds {
		p.Must(p.search.Model.Follow(p.Ctx))
		ours = append(ours, lab.Time(func() {
			for _, path := range paths {
				h.ServeHTTP(nowhere{}, loopback(path, "gzip"))
			}
		})/time.Duration(len(paths)))
		limit = append(limit, lab.Time(func() {
			for _, body := range bodies {
				compressor.Reset(io.Discard)
				io.Copy(compressor, bytes.NewReader(body)) //nolint:errcheck // it writes to nowhere
				compressor.Close()                         //nolint:errcheck // as above
			}
		})/time.Duration(len(paths)))
	}
	a, b := lab.Median(ours), lab.Median(limit)
	p.Report(lab.Result{Name: "page-live", Ratio: lab.Ratio(a, b), Ours: lab.Short(a) + " a page",
		Limit: fmt.Sprintf("compressing its %d KB in %s", size/len(paths)>>10, lab.Short(b))}.AtMost(1.6))
	sql := p.db.Statements() - before - pageRounds // Follow takes one
	p.Report(lab.Result{Name: "page-statements", Ratio: float64(sql), Ours: "statements of all those pages",
		Limit: "none"}.AtMost(0))
}

// loopback is a request as from this machine.
func loopback(path, encoding string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	return r
}

// unchanged compares the rate of 304 with that of a handler that writes the page's bytes, in a server
// with the same timeouts.
func (p *population) unchanged(srv *http.Server, addr string) {
	const one = "/therapists?state=nsw&type=psychologist"
	var ratios, rates []float64
	page := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		srv.Handler.ServeHTTP(w, loopback(one, ""))
		return w
	}
	body := page().Body.Bytes()
	static := serve(p.Lab, staticSite(srv, body))
	for range pageRounds {
		p.Must(p.search.Model.Follow(p.Ctx))
		tag := page().Header().Get("ETag") // it changes with the minute
		limit := p.visits(static, "/", "", http.StatusOK)
		rate := p.visits(addr, one, tag, http.StatusNotModified)
		ratios, rates = append(ratios, rate/limit), append(rates, rate)
	}
	p.Report(lab.Result{Name: "page-unchanged", Ratio: lab.Median(ratios),
		Ours:  fmt.Sprintf("%.0f a second with 304", lab.Median(rates)),
		Limit: fmt.Sprintf("%d static bytes", len(body))}.AtLeast(1.2))
}

// staticSite always writes the same bytes, with the timeouts of another server.
func staticSite(like *http.Server, body []byte) *http.Server {
	return &http.Server{ReadHeaderTimeout: like.ReadHeaderTimeout, ReadTimeout: like.ReadTimeout,
		WriteTimeout: like.WriteTimeout, IdleTimeout: like.IdleTimeout,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body)
		})}
}

// visits is the rate of answers to callers that ask for a path.
func (p *population) visits(addr, path, tag string, status int) float64 {
	var open [callers]*conn
	for i := range open {
		open[i] = dial(p.Lab, addr)
		defer open[i].Close()
	}
	return rateOf(callers, pagePeriod, func(i int) {
		open[i].ask(status, "GET %s HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: %s\r\n\r\n", path, tag)
	})
}

// nowhere discards an answer.
type nowhere http.Header

func (n nowhere) Header() http.Header       { return http.Header(n) }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}
