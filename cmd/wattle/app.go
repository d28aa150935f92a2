package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	netmail "net/mail"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/config"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/jobs"
	"wattle/internal/mail"
	"wattle/internal/notify"
	"wattle/internal/notify/bookingmail"
	"wattle/internal/outbox"
	"wattle/internal/ratelimit"
	"wattle/internal/region"
	"wattle/internal/seal"
	"wattle/internal/search"
	"wattle/internal/search/meili"
	"wattle/internal/search/memindex"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/site"
	"wattle/static"
	"wattle/templates"
)

// app holds the domains over one database. Every verb except version needs it.
type app struct {
	config  *config.Config
	log     *slog.Logger
	db      *database
	clock   clock.Clock
	dev     *clock.Dev // nil in production
	box     *seal.Box
	model   *directory.Model
	search  *search.Service
	booking *booking.Service
	guides  *guides.Guides
	meili   *meili.Index // nil where the embedded index serves alone

	followFailures func() int64 // of the search engine
	metrics        *metrics
}

// openApp checks the settings and zones, opens the database and wires the services.
func openApp(ctx context.Context, say *progress) (*app, error) {
	c, err := loadConfig()
	if err != nil {
		return nil, err
	}
	if err := region.CheckZones(); err != nil {
		return nil, fmt.Errorf("the embedded time zones are wrong: %w", err)
	}
	a := &app{config: c, log: newLog(c), metrics: newMetrics()}
	if a.box, err = openBox(c); err != nil {
		return nil, err
	}
	if a.db, err = openDatabase(ctx, c, a.log, say); err != nil {
		return nil, err
	}
	a.clock = clock.System{}
	if !c.Production() {
		a.dev = &clock.Dev{DB: a.db.DB, Log: a.log}
		if err := a.dev.Load(ctx); err != nil {
			a.db.Close()
			return nil, err
		}
		a.clock = a.dev
	}
	a.booking = &booking.Service{DB: a.db.DB, Clock: a.clock, Box: a.box, Log: a.log, Availability: &availability.Service{DB: a.db.DB, Clock: a.clock}}
	a.model = &directory.Model{DB: a.db.DB, Log: a.log}
	library, err := guides.Embedded()
	if err != nil {
		a.db.Close()
		return nil, err
	}
	embedded := memindex.New()
	index := search.Index(embedded)
	if c.MeiliURL != "" {
		a.meili = &meili.Index{Engine: meili.Dial(c.MeiliURL, c.MeiliKey), Embedded: embedded,
			DB: a.db.DB, Clock: a.clock, Log: a.log, Who: a.model.ByID}
		index = a.meili
	}
	a.model.Index = index
	a.search = &search.Service{Model: a.model, Index: index, Clock: a.clock, NextTimes: a.booking.Availability.LiveNext,
		Observe: a.metrics.searched}
	a.guides = &guides.Guides{Library: library, Search: a.search}
	return a, nil
}

// openBox creates the encryption box from the configured keys, or in development from a key generated
// once under the data directory.
func openBox(c *config.Config) (*seal.Box, error) {
	keys := c.Keys
	if len(keys) == 0 {
		key, err := developmentKey(filepath.Join(c.Data, "secret.key"))
		if err != nil {
			return nil, err
		}
		keys = [][]byte{key}
	}
	return seal.New(keys)
}

// developmentKey reads or creates the key. Instances that start together agree on one, since only one
// can link the finished file into place.
func developmentKey(path string) ([]byte, error) {
	for range 3 {
		text, err := os.ReadFile(path)
		if err == nil {
			return base64.StdEncoding.DecodeString(string(text))
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err := writeKey(path); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("cannot create %s", path)
}

func writeKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	key := make([]byte, 32)
	rand.Read(key)
	tmp := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(tmp, []byte(base64.StdEncoding.EncodeToString(key)), 0o600); err != nil {
		return err
	}
	defer os.Remove(tmp)
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// jobs are the tasks and schedules of one instance, with the mail they send.
func (a *app) jobs() (*jobs.Jobs, *outbox.Runner, *mail.Captured, error) {
	from := a.config.MailFrom
	if from == "" {
		from = "Wattle <hello@example.org>"
	}
	site, err := notify.NewSite(a.config.BaseURL, from)
	if err != nil {
		return nil, nil, nil, err
	}
	layout, err := notify.NewLayout(site, templates.FS)
	if err != nil {
		return nil, nil, nil, err
	}
	var sender notify.Sender
	var captured *mail.Captured
	if a.config.SMTPURL != "" {
		if sender, err = mail.NewSMTP(a.config.SMTPURL); err != nil {
			return nil, nil, nil, err
		}
	} else {
		captured = &mail.Captured{DB: a.db.DB}
		sender = captured
	}
	runner := &outbox.Runner{DB: a.db.DB, Clock: a.clock, Log: a.log, Workers: 4}
	j := &jobs.Jobs{DB: a.db.DB, Clock: a.clock, Log: a.log, Booking: a.booking, Model: a.model,
		BookingMail: &bookingmail.Composer{DB: a.db.DB, Clock: a.clock, Booking: a.booking, Layout: layout},
		Post:        &notify.Post{DB: a.db.DB, Clock: a.clock, Sender: sender}}
	j.Register(runner)
	a.follow(runner)
	runner.Every("sweep rate limits", time.Hour,
		func(ctx context.Context) error { return ratelimit.Sweep(ctx, a.db.DB, a.clock.Now()) })
	return j, runner, captured, nil
}

// server is the web edge over the app.
func (a *app) server(j *jobs.Jobs, captured *mail.Captured) (*site.Server, error) {
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		return nil, err
	}
	on, exempt := a.config.Limits()
	s := &site.Server{
		Kit: web.Kit{Clock: a.clock, Log: a.log, Assets: assets, Box: a.box, BaseURL: a.config.BaseURL,
			SourceURL: a.config.SourceURL, Version: versionText(), Corrections: a.corrections(),
			Production: a.config.Production(), Proxies: a.config.Proxies, Answered: a.metrics.answered,
			Shared: &ratelimit.Shared{DB: a.db.DB, Clock: a.clock}, Local: &ratelimit.Local{Clock: a.clock},
			LimitsOff: !on, ExemptLoopback: exempt},
		Search: a.search, Booking: a.booking, Guides: a.guides, Calendar: j.BookingMail.CalendarFile, Integrity: a.integrity,
		Health: site.Health{Words: a.searchWords(), Checks: map[string]func(context.Context) error{
			"database":  a.db.Ping,
			"directory": func(context.Context) error { return a.fresh() },
		}},
	}
	a.observe(s)
	if s.Warnings, err = a.warnings(context.Background()); err != nil {
		return nil, err
	}
	if a.dev != nil {
		s.Dev = map[string]http.Handler{"/dev/clock": a.dev}
		if captured != nil {
			h := captured.Handler(func() []string { return []string{assets.URL("css/wattle.css")} })
			s.Dev["/dev/mail"], s.Dev["/dev/mail.json"], s.Dev["/dev/mail/:id"] = h, h, h
		}
	}
	return s, nil
}

// corrections returns the address that the site's mail comes from, "" if the operator has set none.
func (a *app) corrections() string {
	from, err := netmail.ParseAddress(a.config.MailFrom)
	if err != nil {
		return ""
	}
	return from.Address
}

// warnings lists problems for the operator to fix that do not stop the site.
func (a *app) warnings(ctx context.Context) (list []string, err error) {
	list = a.config.Warnings()
	var mayRewrite bool
	err = a.db.Get(ctx, &mayRewrite, `
		SELECT has_table_privilege('audit_entries', 'UPDATE') OR has_table_privilege('audit_chain', 'UPDATE')`)
	if err == nil && mayRewrite {
		list = append(list, "the application's database role may rewrite the audit trail: "+
			"give it a role of its own, and the owner's to DATABASE_OWNER_URL")
	}
	return list, err
}

func (a *app) fresh() error {
	if !a.model.Fresh() {
		return errors.New("the directory has not heard from Postgres for two seconds")
	}
	return nil
}

// integrity counts the invariants for the public page.
func (a *app) integrity(ctx context.Context) ([]site.Finding, error) {
	var out []site.Finding
	for _, inv := range invariants {
		n, err := inv.count(ctx, a.db.DB, a.clock.Now())
		if err != nil {
			return nil, err
		}
		out = append(out, site.Finding{What: inv.what, Found: fmt.Sprint(n), Bad: n > 0})
	}
	out = append(out, site.Finding{What: "Approvals a registration needs where a second pair of eyes is required",
		Found: fmt.Sprint(a.config.Approvers)})
	return out, nil
}

// built is the release, set by the build (-ldflags "-X main.built=…").
var built string

// versionText returns the release, the revision of the source, or "development".
func versionText() string {
	if built != "" {
		return built
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "development"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "development"
}
