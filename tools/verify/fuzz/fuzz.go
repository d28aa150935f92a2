// Package fuzz sends hostile requests to every route.
package fuzz

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
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/pg/private"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/site"
	"wattle/static"

	"wattle/tools/verify/rig"
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

// Run sends hostile requests to every address the router has: first to a development instance, then
// to one with production's settings, whose log has a line for each request.
func Run(ctx context.Context, t *rig.Trial) error {
	mark := fmt.Sprintf("zqc%x", t.Seed*2654435761+977)
	h, err := rig.NewDeployment(t)
	if err != nil {
		return err
	}
	dev, err := h.Start(ctx, "development")
	if err != nil {
		return err
	}
	table, err := addresses("/dev/clock", "/dev/mail", "/dev/mail.json", "/dev/mail/:id")
	if err != nil {
		return err
	}
	f := &fuzzer{Trial: t, mark: mark, host: "localhost", table: table, dir: h.Dir}
	if err := f.gather(ctx, h, dev); err != nil {
		return err
	}
	t.Say("%d addresses; everything typed holds %q", len(table), mark)
	if err := f.rain(ctx, dev, t.Times(fuzzDevelopment), 1); err != nil {
		return err
	}
	f.reached()
	prod, err := production(ctx, t, h)
	if err != nil {
		return err
	}
	f.host, f.behind = fuzzHost, true
	if err := f.rain(ctx, prod, t.Times(fuzzProduction), 2); err != nil {
		return err
	}
	return afterFuzz(ctx, t, h)
}

// addresses asks the router itself what it serves; dev are the paths that cmd adds in development.
func addresses(dev ...string) (list []address, err error) {
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		return nil, err
	}
	s := &site.Server{Kit: web.Kit{Assets: assets}, Search: &search.Service{Model: &directory.Model{}}, Guides: &guides.Guides{}, Dev: map[string]http.Handler{}}
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
func production(ctx context.Context, t *rig.Trial, h *rig.Deployment) (*rig.Instance, error) {
	mails, err := rig.NewSink(t)
	if err != nil {
		return nil, err
	}
	c, err := private.Start(ctx, private.Options{Dir: filepath.Join(h.Dir, "var", "postgres")})
	if err != nil {
		return nil, err
	}
	c.Stop()
	var key [32]byte
	rand.Read(key[:])
	h.More = []string{"WATTLE_ENV=production", "DATABASE_URL=" + c.AppURL(), "DATABASE_OWNER_URL=" + c.OwnerURL(), "SMTP_URL=" + mails.Url,
		"MAIL_FROM=Wattle <hello@example.org>", "WATTLE_BASE_URL=https://" + fuzzHost, "WATTLE_SECRET_KEY=" + base64.StdEncoding.EncodeToString(key[:]),
		"WATTLE_TRUSTED_PROXIES=127.0.0.0/8"}
	defer func() { h.More = nil }()
	return h.Start(ctx, "production")
}

// gather reads what valid requests need: people, slots, and bookings to play with.
func (f *fuzzer) gather(ctx context.Context, h *rig.Deployment, at *rig.Instance) error {
	c := rig.NewCaller(4)
	list, err := rig.HotTargets(ctx, c, at, 40)
	if err != nil {
		return err
	}
	f.targets = list
	var mails rig.Codes
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go mails.Follow(reading, h)
	for n, target := range list[:30] {
		r := rig.Want(target.Slug, target.Slot, fmt.Sprintf("%s-%d@example.org", f.mark, n))
		r.Client.Name = f.mark + " Example"
		a, b := c.Book(ctx, at.Base, r)
		if a.Status != http.StatusCreated {
			return fmt.Errorf("a booking to play with: %s", a)
		}
		if n%2 == 0 {
			code := mails.Wait(ctx, b.ID, 10*time.Second)
			if a := c.Change(ctx, at.Base, b, "confirm", map[string]string{"code": code}); a.Status != http.StatusOK {
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
func (f *fuzzer) gatherPages(ctx context.Context, h *rig.Deployment, c *rig.Caller, at *rig.Instance) error {
	if err := h.Settled(ctx, f.Trial, 30*time.Second); err != nil {
		return err
	}
	var mails []string
	if err := h.App.Select(ctx, &mails, `SELECT text_body FROM dev_mails WHERE subject LIKE 'New appointment%'`); err != nil {
		return err
	}
	f.practice = map[string]string{}
	for _, text := range mails {
		if m := practiceLink.FindStringSubmatch(text); m != nil {
			f.practice[m[1]] = m[2]
		}
	}
	for _, m := range galleryLink.FindAllSubmatch(c.Get(ctx, at.Base+"/dev/gallery").Body, -1) {
		if name := string(m[1]); !strings.HasPrefix(name, "error-5") { // those are 5xx on purpose
			f.gallery = append(f.gallery, name)
		}
	}
	f.pictures = map[string]string{}
	for _, page := range []string{"/therapist/" + f.targets[0].Slug, "/guides/therapy-costs"} {
		if m := pictureLink.FindSubmatch(c.Get(ctx, at.Base+page).Body); m != nil {
			f.pictures["/"+string(m[2])+"/:slug/card/:file"] = string(m[1])
		}
	}
	if len(f.practice) == 0 || len(f.gallery) == 0 || len(f.pictures) != 2 {
		return rig.ErrEmpty
	}
	return nil
}

// rain sends n requests from eight connections and looks at every answer, then at the log.
func (f *fuzzer) rain(ctx context.Context, at *rig.Instance, n int, stream uint64) error {
	f.at, f.seen, f.lasted = at, rig.Tally{}, rig.Durations{}
	var sent atomic.Int64
	took := clock.Stopwatch()
	rig.Together(fuzzWorkers, func(i int) {
		d := &fuzzClient{fuzzer: f, r: f.Random(stream<<32 + uint64(i)), wire: rig.NewWire(at.Base)}
		defer d.wire.Close()
		for sent.Add(1) <= int64(n) && ctx.Err() == nil {
			d.one()
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	f.Say("%s: %d requests in %.0f s; %s", at.Name, n, took().Seconds(), &f.lasted)
	f.Say("  %s", &f.seen)
	f.judgeLog(at)
	return nil
}

// reached misses addresses that never answered as they do to a friend: the fuzzing then stayed at
// the door.
func (f *fuzzer) reached() {
	var never []string
	for _, a := range f.table {
		if !strings.Contains(a.path, ":nothing") && f.served.Get(a.path) == 0 {
			never = append(never, a.path)
		}
	}
	f.Want(len(never) == 0 || f.Scale < 0.1, "never answered with success: %s", strings.Join(never, " "))
}

// judgeLog looks in everything the instance wrote for what was typed.
func (f *fuzzer) judgeLog(at *rig.Instance) {
	log := at.Log.String()
	lower := strings.ToLower(log)
	if i := strings.Index(lower, f.mark); i >= 0 {
		f.Miss("the log of %s holds what was typed: …%s…", at.Name, log[max(0, i-300):min(len(log), i+100)])
	}
	for _, b := range f.bookings {
		f.Want(!strings.Contains(log, b.Token), "the log of %s holds a token", at.Name)
	}
	f.Want(!strings.Contains(lower, "panic") && !strings.Contains(lower, "goroutine "), "the log of %s holds a panic:\n%s", at.Name, firstLine(log, "panic"))
	f.Say("  its log has %d lines, with what was typed in %d of them", strings.Count(log, "\n"), strings.Count(lower, f.mark))
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
func afterFuzz(ctx context.Context, t *rig.Trial, h *rig.Deployment) error {
	pairs, err := h.Overlaps(ctx)
	if err != nil {
		return err
	}
	t.Want(len(pairs) == 0, "%d overlaps", len(pairs))
	out, err := h.Check()
	if err != nil {
		t.Miss("wattle check: %v\n%s", err, out)
		return nil
	}
	t.Say("wattle check: clean")
	return nil
}
