package main

import (
	_ "embed"
	"fmt"
	"slices"
	"time"

	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/tools/bench/lab"
)

// nextPractices is how many calendars F8 derives, in batches as the sweep does.
const (
	nextPractices = 4000
	nextBatch     = 500
)

//go:embed calendars.sql
var calendarsSQL string

// next is F8: deriving all next instants against reading their inputs.
func next(l *lab.Lab) {
	p := newPractices(l, nextPractices)
	p.each(calendarsSQL)
	var reads, derives []time.Duration
	for range 5 {
		read, derive, found := p.deriveAll()
		if found != nextPractices {
			l.Fail("%d of %d practices have a next time", found, nextPractices)
		}
		reads, derives = append(reads, read), append(derives, derive)
	}
	read, derive := lab.Median(reads), lab.Median(derives)
	l.Report(lab.Result{Name: "next-instants", Ratio: lab.Ratio(derive, read),
		Ours:  fmt.Sprintf("deriving %d in %v", nextPractices, derive),
		Limit: fmt.Sprintf("reading their inputs in %v", read)}.AtMost(0.2))
}

// deriveAll derives every practice once and counts those with a next time.
func (p *practices) deriveAll() (read, derive time.Duration, found int) {
	var ids []int64
	for i := range int64(nextPractices) {
		ids = append(ids, i+1)
	}
	for batch := range slices.Chunk(ids, nextBatch) {
		var in availability.Inputs
		read += lab.Time(func() {
			var err error
			in, err = availability.ReadInputs(p.Ctx, p.DB, batch, lab.Now)
			p.Must(err)
		})
		derive += lab.Time(func() {
			in.Derive(func(_ int64, next calendar.Next, _ int64) {
				if next.Any != 0 && next.Evening != 0 && next.Weekend != 0 {
					found++
				}
			})
		})
	}
	return read, derive, found
}
