package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg/private"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/static"
)

const (
	fuzzDevelopment = 80_000
	fuzzProduction  = 25_000
	fuzzWorkers     = 8
	fuzzHost        = "wattle.example"
)

// address is a path of the router with the methods it takes.
type address struct {
	path    string
	methods []string
}

// fuzz sends hostile requests to every address the router has: first to a development instance, then
// to one with production's settings, whose log has a line for each request.
func fuzz(ctx context.Context, t *trial) error {
	mark := fmt.Sprintf("zqc%x", t.seed*2654435761+977)
	h, err := newHouse(t)
	if err != nil {
		return err
	}
	dev, err := h.start(ctx, "development")
	if err != nil {
		return err
	}
	table, err := addresses("/dev/clock", "/dev/mail", "/dev/mail.json", "/dev/mail/:id")
	if err != nil {
		return err
	}
	f := &fuzzer{trial: t, mark: mark, host: "localhost", table: table, dir: h.dir}
	if err := f.gather(ctx, h, dev); err != nil {
		return err
	}
	t.say("%d addresses; everything typed holds %q", len(table), mark)
	if err := f.rain(ctx, dev, t.times(fuzzDevelopment), 1); err != nil {
		return err
	}
	f.reached()
	prod, err := h.production(ctx, t)
	if err != nil {
		return err
	}
	f.host, f.behind = fuzzHost, true
	if err := f.rain(ctx, prod, t.times(fuzzProduction), 2); err != nil {
		return err
	}
	return h.afterFuzz(ctx, t)
}

// addresses asks the router itself what it serves; dev are the paths that cmd adds in development.
func addresses(dev ...string) (list []address, err error) {
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		return nil, err
	}
	s := &web.Server{Assets: assets, Dev: map[string]http.Handler{}}
	for _, path := range dev {
		s.Dev[path] = http.NotFoundHandler()
	}
	if _, err := s.Handler(); err != nil {
		return nil, err
	}
	for _, r := range s.Routes() {
		i := slices.IndexFunc(list, func(a address) bool { return a.path == r.Path })
		if i < 0 {
			list = append(list, address{path: r.Path})
			i = len(list) - 1
		}
		list[i].methods = append(list[i].methods, r.Method)
	}
	slices.SortFunc(list, func(a, b address) int { return strings.Compare(a.path, b.path) })
	// Not of the router, but of the site: files, and what does not exist.
	return append(list, address{"/static/:file", []string{"GET"}}, address{"/:nothing", []string{"GET", "POST"}}, address{"/api/:nothing", []string{"GET", "POST"}}), nil
}

// production starts an instance with production's settings on the house's database.
func (h *house) production(ctx context.Context, t *trial) (*instance, error) {
	mails, err := newSink(t)
	if err != nil {
		return nil, err
	}
	c, err := private.Start(ctx, private.Options{Dir: filepath.Join(h.dir, "var", "postgres")})
	if err != nil {
		return nil, err
	}
	c.Stop()
	var key [32]byte
	rand.Read(key[:])
	h.more = []string{"WATTLE_ENV=production", "DATABASE_URL=" + c.AppURL(), "DATABASE_OWNER_URL=" + c.OwnerURL(), "SMTP_URL=" + mails.url,
		"MAIL_FROM=Wattle <hello@example.org>", "WATTLE_BASE_URL=https://" + fuzzHost, "WATTLE_SECRET_KEY=" + base64.StdEncoding.EncodeToString(key[:]),
		"WATTLE_TRUSTED_PROXIES=127.0.0.0/8"}
	defer func() { h.more = nil }()
	return h.start(ctx, "production")
}

// gather reads what valid requests need: people, slots, and bookings to play with.
func (f *fuzzer) gather(ctx context.Context, h *house, at *instance) error {
	c := newCaller(4)
	list, err := hotTargets(ctx, c, at, 40)
	if err != nil {
		return err
	}
	f.targets = list
	var mails codes
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go mails.follow(reading, h)
	for n, target := range list[:30] {
		r := want(target.slug, target.slot, fmt.Sprintf("%s-%d@example.org", f.mark, n))
		r.Client.Name = f.mark + " Example"
		a, b := c.book(ctx, at.base, r)
		if a.status != http.StatusCreated {
			return fmt.Errorf("a booking to play with: %s", a)
		}
		if n%2 == 0 {
			code := mails.wait(ctx, b.ID, 10*time.Second)
			if a := c.change(ctx, at.base, b, "confirm", map[string]string{"code": code}); a.status != http.StatusOK {
				return fmt.Errorf("confirming a booking to play with: %s", a)
			}
		}
		f.bookings = append(f.bookings, b)
	}
	return f.gatherPages(ctx, h, c, at)
}

var (
	practiceLink = regexp.MustCompile(`/booking/([a-z2-7]{26})\?t=([A-Za-z0-9_-]+)`)
	galleryLink  = regexp.MustCompile(`/dev/gallery/([a-z0-9-]+)`)
	pictureLink  = regexp.MustCompile(`"og:image" content="https?://[^/"]+(/(therapist|guides)/[a-z0-9-]+/card/[0-9a-f]+\.png)"`)
)

// gatherPages reads the practices' tokens from their mails and the names of the gallery's pages.
func (f *fuzzer) gatherPages(ctx context.Context, h *house, c *caller, at *instance) error {
	if err := h.settled(ctx, f.trial, 30*time.Second); err != nil {
		return err
	}
	var mails []string
	if err := h.app.Select(ctx, &mails, `SELECT text_body FROM dev_mails WHERE subject LIKE 'New appointment%'`); err != nil {
		return err
	}
	f.practice = map[string]string{}
	for _, text := range mails {
		if m := practiceLink.FindStringSubmatch(text); m != nil {
			f.practice[m[1]] = m[2]
		}
	}
	for _, m := range galleryLink.FindAllSubmatch(c.get(ctx, at.base+"/dev/gallery").body, -1) {
		if name := string(m[1]); !strings.HasPrefix(name, "error-5") { // those are 5xx on purpose
			f.gallery = append(f.gallery, name)
		}
	}
	f.pictures = map[string]string{}
	for _, page := range []string{"/therapist/" + f.targets[0].slug, "/guides/therapy-costs"} {
		if m := pictureLink.FindSubmatch(c.get(ctx, at.base+page).body); m != nil {
			f.pictures["/"+string(m[2])+"/:slug/card/:file"] = string(m[1])
		}
	}
	if len(f.practice) == 0 || len(f.gallery) == 0 || len(f.pictures) != 2 {
		return errEmpty
	}
	return nil
}

// rain sends n requests from eight connections and looks at every answer, then at the log.
func (f *fuzzer) rain(ctx context.Context, at *instance, n int, stream uint64) error {
	f.at, f.seen, f.lasted = at, tally{}, spans{}
	var sent atomic.Int64
	took := clock.Stopwatch()
	together(fuzzWorkers, func(i int) {
		d := &drop{fuzzer: f, r: f.random(stream<<32 + uint64(i)), wire: newWire(at.base)}
		defer d.wire.close()
		for sent.Add(1) <= int64(n) && ctx.Err() == nil {
			d.one()
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	f.say("%s: %d requests in %.0f s; %s", at.name, n, took().Seconds(), &f.lasted)
	f.say("  %s", &f.seen)
	f.judgeLog(at)
	return nil
}

// reached misses addresses that never answered as they do to a friend: the fuzzing then stayed at
// the door.
func (f *fuzzer) reached() {
	var never []string
	for _, a := range f.table {
		if !strings.Contains(a.path, ":nothing") && f.served.get(a.path) == 0 {
			never = append(never, a.path)
		}
	}
	f.want(len(never) == 0 || f.scale < 0.1, "never answered with success: %s", strings.Join(never, " "))
}

// judgeLog looks in everything the instance wrote for what was typed.
func (f *fuzzer) judgeLog(at *instance) {
	log := at.log.String()
	lower := strings.ToLower(log)
	if i := strings.Index(lower, f.mark); i >= 0 {
		f.miss("the log of %s holds what was typed: …%s…", at.name, log[max(0, i-300):min(len(log), i+100)])
	}
	for _, b := range f.bookings {
		f.want(!strings.Contains(log, b.Token), "the log of %s holds a token", at.name)
	}
	f.want(!strings.Contains(lower, "panic") && !strings.Contains(lower, "goroutine "), "the log of %s holds a panic:\n%s", at.name, firstLine(log, "panic"))
	f.say("  its log has %d lines, with what was typed in %d of them", strings.Count(log, "\n"), strings.Count(lower, f.mark))
}

// firstLine is the first line that holds a word.
func firstLine(text, word string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(strings.ToLower(line), word) {
			return line[:min(len(line), 2000)]
		}
	}
	return ""
}

// afterFuzz checks that the data still keeps its promises.
func (h *house) afterFuzz(ctx context.Context, t *trial) error {
	pairs, err := h.overlaps(ctx)
	if err != nil {
		return err
	}
	t.want(len(pairs) == 0, "%d overlaps", len(pairs))
	out, err := h.check()
	if err != nil {
		t.miss("wattle check: %v\n%s", err, out)
		return nil
	}
	t.say("wattle check: clean")
	return nil
}
