package live

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"time"

	"wattle/internal/clock"
	"wattle/tools/bench/lab"
)

const (
	resultsPages = 1500
	timesPages   = 400
	costRounds   = 3
)

// BookingPage is F15: the processor time and the statements of the page of times against those of a
// results page, as a browser gets both from a real instance.
func BookingPage(ctx context.Context, l *lab.Lab) (results []lab.Result, err error) {
	err = withVisitors(ctx, l, fewPeople, func(v *visitors) error {
		list := func(i int) string { return "/therapists?" + searched[i%len(searched)] }
		book := func(i int) string { return "/therapist/" + v.slugs[i%len(v.slugs)] + "/book" }
		var lists, books, sql []float64
		for range costRounds {
			a, _, err := v.costOf(ctx, resultsPages, list)
			if err != nil {
				return err
			}
			b, statements, err := v.costOf(ctx, timesPages, book)
			if err != nil {
				return err
			}
			lists, books, sql = append(lists, a), append(books, b), append(sql, statements)
		}
		a, b, statements := lab.Middle(lists), lab.Middle(books), math.Round(lab.Middle(sql)*10)/10
		results = []lab.Result{
			{Name: "booking-page-cpu", Ratio: b / a, Ours: fmt.Sprintf("%.2f ms of CPU", b), Limit: fmt.Sprintf("a results page %.2f ms", a), Goal: "≤ 8 ×", Met: b <= 8*a},
			{Name: "booking-page-statements", Ratio: statements, Ours: "statements a page", Limit: "none", Goal: "≤ 2", Met: statements <= 2},
		}
		return nil
	})
	return results, err
}

// costOf is the processor time of one of n pages in milliseconds, and its statements. What the server
// does while nobody asks is subtracted.
func (v *visitors) costOf(ctx context.Context, n int, address func(i int) string) (ms, statements float64, err error) {
	idleCPU, idleSQL, err := v.spent(func() error { time.Sleep(time.Second); return nil })
	if err != nil {
		return 0, 0, err
	}
	watch := clock.Stopwatch()
	cpu, sql, err := v.spent(func() error {
		for i := range n {
			if status, err := lab.Page(ctx, v.http, v.server.Base+address(i)); err != nil || status != http.StatusOK {
				return fmt.Errorf("%s answers %d: %w", address(i), status, err)
			}
		}
		return nil
	})
	took := watch().Seconds()
	return max(0, cpu-idleCPU*took) * 1000 / float64(n), max(0, sql-idleSQL*took) / float64(n), err
}

// spent is the processor time of the server in seconds, and its statements, while fn runs.
func (v *visitors) spent(fn func() error) (cpu, sql float64, err error) {
	before, err := v.server.Cpu()
	if err != nil {
		return 0, 0, err
	}
	asked, err := v.server.Statements()
	if err != nil {
		return 0, 0, err
	}
	if err := fn(); err != nil {
		return 0, 0, err
	}
	after, err := v.server.Cpu()
	if err != nil {
		return 0, 0, err
	}
	now, err := v.server.Statements()
	return (after - before).Seconds(), now - asked, err
}
