package live

import (
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
func BookingPage(l *lab.Lab) {
	v := newVisitors(l, fewPeople)
	list := func(i int) string { return "/therapists?" + searched[i%len(searched)] }
	book := func(i int) string { return "/therapist/" + v.slugs[i%len(v.slugs)] + "/book" }
	var lists, books, sql []float64
	for range costRounds {
		a, _ := v.costOf(resultsPages, list)
		b, statements := v.costOf(timesPages, book)
		lists, books, sql = append(lists, a), append(books, b), append(sql, statements)
	}
	a, b, statements := lab.Median(lists), lab.Median(books), math.Round(lab.Median(sql)*10)/10
	l.Report(lab.Result{Name: "booking-page-cpu", Ratio: b / a, Ours: fmt.Sprintf("%.2f ms of CPU", b),
		Limit: fmt.Sprintf("a results page %.2f ms", a)}.AtMost(8))
	l.Report(lab.Result{Name: "booking-page-statements", Ratio: statements, Ours: "statements a page",
		Limit: "none"}.AtMost(2))
}

// costOf is the processor time of one of n pages in milliseconds, and its statements. What the idle
// server does is subtracted.
func (v *visitors) costOf(n int, path func(i int) string) (ms, statements float64) {
	idleCPU, idleSQL := v.spent(func() { v.Pause(time.Second) })
	watch := clock.Stopwatch()
	cpu, sql := v.spent(func() {
		for i := range n {
			if a := v.caller.Page(v.server.Instance, path(i)); a.Err != nil || a.Status != http.StatusOK {
				v.Fail("%s answers %s", path(i), a)
			}
		}
	})
	took := watch().Seconds()
	return max(0, cpu-idleCPU*took) * 1000 / float64(n), max(0, sql-idleSQL*took) / float64(n)
}

// spent is the processor time of the server in seconds, and its statements, while fn runs.
func (v *visitors) spent(fn func()) (cpu, sql float64) {
	before, asked := v.server.CPU(), v.server.Statements()
	fn()
	return (v.server.CPU() - before).Seconds(), v.server.Statements() - asked
}
