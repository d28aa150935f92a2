package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wattle/internal/outbox"
	"wattle/internal/search/meili"
)

// connectSearch checks the search engine before the site serves. An outdated server or a rejected key
// is an error; while the server is unreachable the embedded index answers.
func (a *app) connectSearch(ctx context.Context) error {
	if a.meili == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	err := a.meili.Engine.Connect(ctx)
	if meili.Misconfigured(err) {
		return err
	}
	if err != nil {
		a.log.Warn("Meilisearch does not answer: the embedded index does until it does", "error", err)
	}
	return nil
}

// follow registers the tasks that keep the search engine up to date.
func (a *app) follow(runner *outbox.Runner) {
	if a.meili == nil {
		return
	}
	keeper := a.keeper()
	a.followFailures = keeper.Failed
	outbox.Handle(runner, keeper.Run)
	runner.Every("update the search engine", meili.EnqueueEvery,
		func(ctx context.Context) error { return meili.Enqueue(ctx, a.db.DB, a.clock.Now()) })
}

func (a *app) keeper() *meili.Keeper {
	return &meili.Keeper{DB: a.db.DB, Engine: a.meili.Engine, Log: a.log}
}

// searchWords say on /readyz which engine answers, and why.
func (a *app) searchWords() map[string]func() string {
	return map[string]func() string{"search": func() string {
		if a.meili == nil {
			return "embedded"
		}
		if why := a.meili.Why(); why != "" {
			return "embedded: " + why
		}
		return "meilisearch"
	}}
}

// observeSearch registers how Meilisearch fares. The lag is absent until it is known.
func (a *app) observeSearch() {
	m := a.metrics
	m.gauge("wattle_meilisearch_answers", "1 while Meilisearch answers searches, 0 while the embedded index does.",
		func() float64 {
			if a.meili.Why() == "" {
				return 1
			}
			return 0
		})
	figure := func(n int) func() float64 {
		return func() float64 {
			answered, failed, givenUp := a.meili.Stats()
			return []float64{float64(answered), float64(failed), float64(givenUp)}[n]
		}
	}
	m.gauge("wattle_meilisearch_searches", "Searches that Meilisearch answered.", figure(0))
	m.gauge("wattle_meilisearch_searches_failed",
		"Searches that Meilisearch failed or answered too late; the embedded index answered them.", figure(1))
	m.gauge("wattle_meilisearch_given_up", "Times Meilisearch was not asked for a while.", figure(2))
	m.gauge("wattle_meilisearch_updates_failed", "Runs that could not bring Meilisearch up to date.",
		func() float64 { return float64(a.followFailures()) })
	lag := prometheus.NewDesc("wattle_meilisearch_lag_seconds", "Time since Meilisearch was last known to be up to date.",
		nil, nil)
	m.registry.MustRegister(collector(func(out chan<- prometheus.Metric) {
		if d, known := a.meili.Lag(); known {
			out <- prometheus.MustNewConstMetric(lag, prometheus.GaugeValue, d.Seconds())
		}
	}))
}

func reindex(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("reindex", flag.ContinueOnError)
	bootstrap := fs.Bool("bootstrap", false,
		"make a Meilisearch key with the least rights and print it; MEILI_API_KEY must be the master key this once")
	tidy := fs.Bool("tidy", false, "also remove the Meilisearch indexes of other versions of Wattle")
	if err := parse(fs, args); err != nil {
		return err
	}
	if *bootstrap {
		return bootstrapSearch(ctx)
	}
	return withApp(ctx, func(a *app) error {
		var ids []int64
		if err := a.db.Select(ctx, &ids, `SELECT therapist_id FROM calendars ORDER BY therapist_id`); err != nil {
			return err
		}
		if err := a.booking.Availability.RecomputeNext(ctx, ids); err != nil {
			return err
		}
		fmt.Printf("the next free times of %d practices were derived again\n", len(ids))
		if a.meili == nil {
			return nil
		}
		n, err := a.keeper().Rebuild(ctx)
		if err == nil {
			fmt.Printf("%d documents are in a new Meilisearch index, which took the old one's place\n", n)
		}
		if err == nil && *tidy {
			err = a.meili.Engine.Tidy(ctx)
		}
		return err
	})
}

// bootstrapSearch needs no database: it is run once, before the first start.
func bootstrapSearch(ctx context.Context) error {
	c, err := loadConfig()
	if err != nil {
		return err
	}
	if c.MeiliURL == "" {
		return errors.New("reindex -bootstrap needs MEILI_URL, and a key in MEILI_API_KEY that may make keys")
	}
	engine := meili.Dial(c.MeiliURL, c.MeiliKey)
	if _, err := engine.Version(ctx); err != nil {
		return err
	}
	key, err := engine.Bootstrap(ctx)
	if err == nil {
		fmt.Printf("%s\n", key)
	}
	return err
}
