// Package fuzz sends hostile requests to every route.
package fuzz

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/site"
	"wattle/static"
	"wattle/tools/rig"
)

const (
	fuzzDevelopment = 80_000
	fuzzProduction  = 25_000
	fuzzWorkers     = 8
	fuzzHost        = "wattle.example"
)

// route is a path of the router with the methods it takes.
type route struct {
	path    string
	methods []string
}

// Run sends hostile requests to every route: first to a development instance, then to one with
// production's settings, which logs every request.
func Run(t *rig.Trial) {
	h := rig.NewDeployment(t)
	dev := h.Start("development")
	f := &fuzzer{Trial: t, mark: fmt.Sprintf("zqc%x", t.Seed*2654435761+977), host: "localhost", dir: h.Dir}
	f.table = routes(t, "/dev/clock", "/dev/mail", "/dev/mail.json", "/dev/mail/:id")
	f.prepare(h, dev)
	t.Say("%d routes; everything typed holds %q", len(f.table), f.mark)
	f.attack(dev, t.Times(fuzzDevelopment), 1)
	f.reached()
	h.More = production(t, h)
	prod := h.Start("production")
	h.More = nil
	f.host, f.behind = fuzzHost, true
	f.attack(prod, t.Times(fuzzProduction), 2)
	h.Sound()
}

// routes asks the router what it serves; dev are the paths that cmd adds in development.
func routes(t *rig.Trial, dev ...string) (list []route) {
	assets, err := view.NewAssets(static.FS)
	t.Must(err)
	s := &site.Server{Kit: web.Kit{Assets: assets}, Search: &search.Service{Model: &directory.Model{}},
		Guides: &guides.Guides{}, Dev: map[string]http.Handler{}}
	for _, path := range dev {
		s.Dev[path] = http.NotFoundHandler()
	}
	_, err = s.Handler()
	t.Must(err)
	methods := map[string][]string{ // the router does not list files and what does not exist
		"/static/:file": {"GET"}, "/:nothing": {"GET", "POST"}, "/api/:nothing": {"GET", "POST"}}
	for _, r := range s.Routes() {
		methods[r.Path] = append(methods[r.Path], r.Method)
	}
	for _, path := range slices.Sorted(maps.Keys(methods)) {
		list = append(list, route{path, methods[path]})
	}
	return list
}

// production is production's settings on the deployment's database.
func production(t *rig.Trial, h *rig.Deployment) []string {
	var key [32]byte
	rand.Read(key[:])
	return append(rig.NewSink(t).Environment(), "WATTLE_ENV=production",
		"DATABASE_URL="+h.AppURL,
		"DATABASE_OWNER_URL="+h.OwnerURL, "WATTLE_BASE_URL=https://"+fuzzHost,
		"WATTLE_SECRET_KEY="+base64.StdEncoding.EncodeToString(key[:]),
		"WATTLE_TRUSTED_PROXIES=127.0.0.0/8")
}

var (
	practiceLink = regexp.MustCompile(`/booking/([a-z2-7]{26})\?t=([A-Za-z0-9_-]+)`)
	galleryLink  = regexp.MustCompile(`/dev/gallery/([a-z0-9-]+)`)
	pictureLink  = regexp.MustCompile(`"og:image" content="https?://[^/"]+(/(therapist|guides)/[a-z0-9-]+/card/` +
		`[0-9a-f]+\.png)"`)
)

// prepare makes what valid requests need: bookings, the practices' tokens, names of pages and pictures.
func (f *fuzzer) prepare(h *rig.Deployment, at *rig.Instance) {
	c := rig.NewCaller(f.Trial, 4)
	f.targets = c.Targets(at, 40)
	for n, target := range f.targets[:30] {
		r := rig.Want(target.Slug, target.Slot, fmt.Sprintf("%s-%d@example.org", f.mark, n))
		r.Client.Name = f.mark + " Example"
		f.bookings = append(f.bookings, c.MustBook(at, r))
	}
	h.Settled(rig.Now(), 30*time.Second)
	codes := h.Codes()
	for n := 0; n < len(f.bookings); n += 2 {
		b := f.bookings[n]
		if a := c.Change(at, b, "confirm", map[string]any{"code": codes[b.ID]}); a.Status != http.StatusOK {
			f.Fail("confirming a booking: %s", a)
		}
	}
	h.Settled(rig.Now(), 30*time.Second)
	f.valid = map[string][]string{
		":state":   {"nsw", "vic", "qld", "sa", "wa", "tas", "act", "nt"},
		":subject": {"psychologist", "anxiety", "counsellor"},
		":issue":   {"anxiety"}, ":place": {"newtown-2042", "carlton-3053"}, ":nothing": {"nothing"},
		"/static/:file:file": {"js/wattle.js"}, "/sitemaps/:file:file": {"pages.xml", "places.xml"},
		"/guides/:slug:slug": {"therapy-costs"}, "/api/v1/guides/:slug:slug": {"therapy-costs"},
		"/dev/mail/:id:id": {"1", "7", "30"}, "/therapists/:state/:subject/:issue:subject": {"psychologist"},
	}
	for _, t := range f.targets {
		f.valid[":slug"] = append(f.valid[":slug"], t.Slug)
		f.valid[":file"] = append(f.valid[":file"], t.Slug+".svg")
	}
	f.practice, f.pictures = map[string]string{}, map[string]string{}
	for _, text := range rig.List[string](h, `SELECT text_body FROM dev_mails WHERE subject LIKE 'New appointment%'`) {
		if m := practiceLink.FindStringSubmatch(text); m != nil {
			f.practice[m[1]] = m[2]
		}
	}
	for _, m := range galleryLink.FindAllSubmatch(c.Get(at, "/dev/gallery").Body, -1) {
		if name := string(m[1]); !strings.HasPrefix(name, "error-5") { // those are 5xx on purpose
			f.valid[":name"] = append(f.valid[":name"], name)
		}
	}
	for _, page := range []string{"/therapist/" + f.targets[0].Slug, "/guides/therapy-costs"} {
		if m := pictureLink.FindSubmatch(c.Get(at, page).Body); m != nil {
			f.pictures["/"+string(m[2])+"/:slug/card/:file"] = string(m[1])
		}
	}
	if len(f.practice) == 0 || len(f.valid[":name"]) == 0 || len(f.pictures) != 2 {
		f.Fail("%d tokens of practices, %d pages in the gallery, %d pictures",
			len(f.practice), len(f.valid[":name"]), len(f.pictures))
	}
}

// attack sends n requests over eight connections and checks every answer, then the log.
func (f *fuzzer) attack(at *rig.Instance, n int, stream uint64) {
	f.seen, f.lasted = rig.Tally{}, rig.Durations{}
	var sent atomic.Int64
	took := clock.Stopwatch()
	rig.Together(fuzzWorkers, func(i int) {
		d := &fuzzClient{fuzzer: f, r: f.Random(stream<<32 + uint64(i)), wire: rig.NewWire(at.Base)}
		defer d.wire.Close()
		for sent.Add(1) <= int64(n) && f.Ctx.Err() == nil {
			d.send()
		}
	})
	f.Say("%s: %d requests in %.0f s; %s", at.Name, n, took().Seconds(), &f.lasted)
	f.Say("  %s", &f.seen)
	f.judgeLog(at)
}

// reached misses routes that never answered with success: the requests were too hostile to test them.
func (f *fuzzer) reached() {
	var never []string
	for _, a := range f.table {
		if !strings.Contains(a.path, ":nothing") && f.served.Get(a.path) == 0 {
			never = append(never, a.path)
		}
	}
	f.Want(len(never) == 0 || f.Scale < 0.1, "never answered with success: %s", strings.Join(never, " "))
}

// judgeLog searches the log of an instance for what was typed.
func (f *fuzzer) judgeLog(at *rig.Instance) {
	log := at.Log()
	lower := strings.ToLower(log)
	if i := strings.Index(lower, f.mark); i >= 0 {
		f.Miss("the log of %s holds what was typed: …%s…", at.Name, log[max(0, i-300):min(len(log), i+100)])
	}
	for _, b := range f.bookings {
		f.Want(!strings.Contains(log, b.Token), "the log of %s holds a token", at.Name)
	}
	if i := max(strings.Index(lower, "panic"), strings.Index(lower, "goroutine ")); i >= 0 {
		f.Miss("the log of %s holds a panic: %.2000s", at.Name, log[i:])
	}
	f.Say("  its log has %d lines, with what was typed in %d of them",
		strings.Count(log, "\n"), strings.Count(lower, f.mark))
}
