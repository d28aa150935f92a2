package searchbench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"wattle/internal/bench"
	"wattle/internal/clock"
	"wattle/internal/search"
)

const (
	visitors   = 4 // who ask without a pause, each over a connection of their own
	pageRounds = 9
	pagePeriod = 350 * time.Millisecond
)

// canned answers every search with what it once found, so that a page costs its rendering only.
type canned struct {
	search.Index
	result search.Result
}

func (c *canned) Search(context.Context, search.Filter, time.Time) (search.Result, error) {
	return c.result, nil
}

// looked are the pages that visitors go through.
func looked() (paths []string) {
	for _, state := range []string{"nsw", "vic", "qld", "wa"} {
		for _, rest := range []string{"type=psychologist", "type=counsellor&max_fee=180", "issue=anxiety&available=week", "issue=grief&language=mandarin", "gender=woman&sort=price"} {
			paths = append(paths, "/therapists?state="+state+"&"+rest)
		}
	}
	return paths
}

// pages is F6. The visitors take pages uncompressed; so does their limit, a handler that writes as
// many static bytes, in a server with the same limits of time.
func pages(ctx context.Context, l *lab) ([]bench.Result, error) {
	live, endLive, err := l.site(l.main)
	if err != nil {
		return nil, err
	}
	defer endLive()
	if err := l.main.Model.Follow(ctx); err != nil {
		return nil, err
	}
	f, _ := search.Parse(map[string][]string{"state": {"nsw"}, "type": {"psychologist"}, "per_page": {"10"}})
	found, err := l.index.Search(ctx, f, labNow)
	if err != nil {
		return nil, err
	}
	still := l.directory(&canned{l.index, found})
	if err := still.Model.Load(ctx); err != nil {
		return nil, err
	}
	rendering, endRendering, err := l.site(still)
	if err != nil {
		return nil, err
	}
	defer endRendering()
	return l.measurePages(ctx, live, rendering, still)
}

// served is a site on the loopback.
type served struct {
	addr   string
	server *http.Server
}

func (l *lab) site(d *search.Service) (served, func(), error) {
	srv, err := l.Site(d, l.booking)
	if err != nil {
		return served{}, nil, err
	}
	return listen(srv)
}

func listen(srv *http.Server) (served, func(), error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return served{}, nil, err
	}
	go srv.Serve(listener) //nolint:errcheck // it ends with Close
	return served{listener.Addr().String(), srv}, func() { srv.Close() }, nil
}

func (l *lab) measurePages(ctx context.Context, live, rendering served, still *search.Service) ([]bench.Result, error) {
	const one = "/therapists?state=nsw&type=psychologist"
	body, tag, err := get(rendering.addr, one)
	if err != nil {
		return nil, err
	}
	static, end, err := listen(staticSite(rendering.server, body))
	if err != nil {
		return nil, err
	}
	defer end()
	fresh := func() { l.main.Model.Follow(ctx); still.Model.Follow(ctx) }
	kinds := []struct {
		name, goal string
		least      float64
		site       served
		paths      []string
		tag        string
		status     int
	}{
		{"static", "", 0, static, []string{"/"}, "", http.StatusOK},
		{"page-live", "≥ 0.10", 0.10, live, looked(), "", http.StatusOK},
		{"page-rendered", "≥ 0.30", 0.30, rendering, []string{one}, "", http.StatusOK},
		{"page-unchanged", "≥ 1.8", 1.8, rendering, []string{one}, tag, http.StatusNotModified},
	}
	rates := make([][]float64, len(kinds))
	sql := l.db.Statements()
	followed := 0
	for range pageRounds {
		for i, k := range kinds {
			fresh()
			followed += 2
			rate, err := visit(k.site.addr, k.paths, k.tag, k.status)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.name, err)
			}
			rates[i] = append(rates[i], rate)
		}
	}
	sql = l.db.Statements() - sql - int64(followed)
	ratios := inRound(rates)
	limit := bench.Middle(rates[0])
	var results []bench.Result
	for i, k := range kinds[1:] {
		ratio := bench.Middle(ratios[i+1])
		results = append(results, bench.Result{Name: k.name, Ratio: ratio, Ours: fmt.Sprintf("%.0f a second", bench.Middle(rates[i+1])),
			Limit: fmt.Sprintf("%d static bytes, %.0f a second", len(body), limit), Goal: k.goal, Met: ratio >= k.least})
	}
	fresh()
	allocs := pageAllocations(rendering.server.Handler, one)
	return append(results,
		bench.Result{Name: "page-statements", Ratio: float64(sql), Ours: "statements of all those pages", Limit: "none", Goal: "0", Met: sql == 0},
		bench.Result{Name: "page-allocations", Ratio: allocs, Ours: "allocations of a whole request without the search", Limit: "none", Goal: "≤ 450", Met: allocs <= 450}), nil
}

// inRound is each rate against that of static bytes in the same round, for what else the machine does
// changes from one second to the next.
func inRound(rates [][]float64) [][]float64 {
	out := make([][]float64, len(rates))
	for i := range rates {
		for round, rate := range rates[i] {
			out[i] = append(out[i], rate/rates[0][round])
		}
	}
	return out
}

// staticSite writes the same bytes always, with the limits of time of another server.
func staticSite(like *http.Server, body []byte) *http.Server {
	return &http.Server{ReadHeaderTimeout: like.ReadHeaderTimeout, ReadTimeout: like.ReadTimeout, WriteTimeout: like.WriteTimeout, IdleTimeout: like.IdleTimeout,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body)
		})}
}

// get is one page and its tag.
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

// visit counts the answers a second to visitors who ask for the paths in turn.
func visit(addr string, paths []string, tag string, status int) (float64, error) {
	var done atomic.Int64
	var group sync.WaitGroup
	failed := make([]error, visitors)
	watch := clock.Stopwatch()
	for v := range visitors {
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

// askFor asks over one connection for as long as more says so.
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

// nowhere is an answer that nobody reads.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }

func pageAllocations(h http.Handler, path string) float64 {
	req, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		panic(err) // the path is a constant
	}
	req.RemoteAddr = "127.0.0.1:1"
	return bench.Allocations(100, func() { h.ServeHTTP(&nowhere{header: http.Header{}}, req) })
}
