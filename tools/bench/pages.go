package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"

	"wattle/internal/clock"
	"wattle/tools/bench/lab"
)

const (
	callers    = 4 // of the pages that are not changed, each over one connection without a pause
	pageRounds = 9
	pagePeriod = 350 * time.Millisecond
	pageLevel  = 6 // of gzip, as the site compresses
)

// looked are the results pages that are measured.
func looked() (paths []string) {
	for _, state := range []string{"nsw", "vic", "qld", "wa"} {
		for _, rest := range []string{"type=psychologist", "type=counsellor&max_fee=180", "issue=anxiety&available=week", "issue=grief&language=mandarin", "gender=woman&sort=price"} {
			paths = append(paths, "/therapists?state="+state+"&"+rest)
		}
	}
	return paths
}

// pages is F6: what a results page costs as a browser gets it, compressed, against the compression of
// the same bytes alone; its statements; and a page that has not changed against static bytes.
func pages(ctx context.Context, p *population) ([]lab.Result, error) {
	site, err := serveInProcess(newSite(p.search, p.booking))
	if err != nil {
		return nil, err
	}
	defer site.close()
	if err := p.search.Model.Follow(ctx); err != nil {
		return nil, err
	}
	cost, err := p.pageCost(ctx, site.server.Handler)
	if err != nil {
		return nil, err
	}
	unchanged, err := p.unchanged(ctx, site)
	return append(cost, unchanged), err
}

// pageCost serves pages without a network, one after the other, alternately with their compression.
func (p *population) pageCost(ctx context.Context, h http.Handler) ([]lab.Result, error) {
	paths := looked()
	bodies := make([][]byte, len(paths))
	size := 0
	for i, path := range paths {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, loopback(path, ""))
		if w.Code != http.StatusOK {
			return nil, fmt.Errorf("%s answers %d", path, w.Code)
		}
		bodies[i] = w.Body.Bytes()
		size += len(bodies[i])
	}
	squeeze, err := gzip.NewWriterLevel(io.Discard, pageLevel)
	if err != nil {
		return nil, err
	}
	var ours, limit []time.Duration
	sql, followed := p.db.Statements(), int64(0)
	for range pageRounds {
		if err := p.search.Model.Follow(ctx); err != nil {
			return nil, err
		}
		followed++
		watch := clock.Stopwatch()
		for _, path := range paths {
			h.ServeHTTP(&nowhere{header: http.Header{}}, loopback(path, "gzip"))
		}
		ours = append(ours, watch()/time.Duration(len(paths)))
		watch = clock.Stopwatch()
		for _, body := range bodies {
			squeeze.Reset(io.Discard)
			io.Copy(squeeze, bytes.NewReader(body)) //nolint:errcheck // it writes to nowhere
			squeeze.Close()                         //nolint:errcheck // as above
		}
		limit = append(limit, watch()/time.Duration(len(paths)))
	}
	sql = p.db.Statements() - sql - followed
	a, b := lab.Middle(ours), lab.Middle(limit)
	ratio := float64(a) / float64(b)
	return []lab.Result{
		{Name: "page-live", Ratio: ratio, Ours: lab.Short(a) + " a page", Limit: fmt.Sprintf("compressing its %d KB in %s", size/len(paths)>>10, lab.Short(b)),
			Goal: "≤ 1.6 ×", Met: ratio <= 1.6},
		{Name: "page-statements", Ratio: float64(sql), Ours: "statements of all those pages", Limit: "none", Goal: "0", Met: sql == 0},
	}, nil
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
func (p *population) unchanged(ctx context.Context, site *served) (lab.Result, error) {
	const one = "/therapists?state=nsw&type=psychologist"
	var ratios, rates []float64
	body, tag, err := get(site.addr, one)
	if err != nil {
		return lab.Result{}, err
	}
	static, err := serveInProcess(staticSite(site.server, body), nil)
	if err != nil {
		return lab.Result{}, err
	}
	defer static.close()
	for range pageRounds {
		if err := p.search.Model.Follow(ctx); err != nil {
			return lab.Result{}, err
		}
		if _, tag, err = get(site.addr, one); err != nil { // the tag changes with the minute
			return lab.Result{}, err
		}
		limit, err := visit(static.addr, []string{"/"}, "", http.StatusOK)
		if err != nil {
			return lab.Result{}, err
		}
		rate, err := visit(site.addr, []string{one}, tag, http.StatusNotModified)
		if err != nil {
			return lab.Result{}, err
		}
		ratios, rates = append(ratios, rate/limit), append(rates, rate)
	}
	ratio := lab.Middle(ratios)
	return lab.Result{Name: "page-unchanged", Ratio: ratio, Ours: fmt.Sprintf("%.0f a second with 304", lab.Middle(rates)),
		Limit: fmt.Sprintf("%d static bytes", len(body)), Goal: "≥ 1.2", Met: ratio >= 1.2}, nil
}

// staticSite always writes the same bytes, with the timeouts of another server.
func staticSite(like *http.Server, body []byte) *http.Server {
	return &http.Server{ReadHeaderTimeout: like.ReadHeaderTimeout, ReadTimeout: like.ReadTimeout, WriteTimeout: like.WriteTimeout, IdleTimeout: like.IdleTimeout,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body)
		})}
}

// get is a page and its ETag.
func get(addr, path string) (body []byte, tag string, err error) {
	r, err := http.Get("http://" + addr + path)
	if err != nil {
		return nil, "", err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("%s answers %d", path, r.StatusCode)
	}
	body, err = io.ReadAll(r.Body)
	return body, r.Header.Get("ETag"), err
}

// visit is the rate of answers to callers that ask for the paths in turn.
func visit(addr string, paths []string, tag string, status int) (float64, error) {
	var done atomic.Int64
	var group sync.WaitGroup
	failed := make([]error, callers)
	watch := clock.Stopwatch()
	for v := range callers {
		group.Go(func() {
			failed[v] = askFor(addr, paths, v, tag, status, func() bool { done.Add(1); return watch() < pagePeriod })
		})
	}
	group.Wait()
	took := watch()
	for _, err := range failed {
		if err != nil {
			return 0, err
		}
	}
	return float64(done.Load()) / took.Seconds(), nil
}

// askFor asks over one connection while more is true.
func askFor(addr string, paths []string, first int, tag string, status int, more func() bool) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	for i := first; ; i++ {
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: %s\r\n\r\n", paths[i%len(paths)], tag); err != nil {
			return err
		}
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		if answer.StatusCode != status {
			return fmt.Errorf("%s answers %d", paths[i%len(paths)], answer.StatusCode)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil || !more() {
			return err
		}
	}
}

// nowhere discards an answer.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }
