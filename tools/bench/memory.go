package main

import (
	"context"
	"fmt"
	"time"
)

// memoryGoals are the most that an instance may hold.
var memoryGoals = []struct {
	people int
	most   int64 // bytes
}{{fewPeople, 60 << 20}, {10_000, 130 << 20}, {60_000, 512 << 20}}

const (
	settleRate = 100 // visits a second
	settleFor  = 10 * time.Second
	settleWait = 5 * time.Second // after the load
	mostStart  = time.Second
)

// memory is F12: the memory of a real instance after traffic, and its warm start.
func memory(ctx context.Context, l *lab) (results []Result, err error) {
	for _, goal := range memoryGoals {
		used, ready, err := l.settled(ctx, goal.people)
		if err != nil {
			return nil, err
		}
		results = append(results, Result{Name: fmt.Sprintf("memory-%d-people", goal.people), Ratio: float64(used) / float64(goal.most),
			Ours:  fmt.Sprintf("%d MB resident after %d visits; ready in %s", used>>20, int(settleRate*settleFor.Seconds()), short(ready)),
			Limit: fmt.Sprintf("%d MB", goal.most>>20), Goal: "≤ 1", Met: used <= goal.most})
	}
	database, err := l.people(ctx, fewPeople)
	if err != nil {
		return nil, err
	}
	var starts []time.Duration
	for range 3 {
		s, err := l.serve(ctx, database)
		if err != nil {
			return nil, err
		}
		starts = append(starts, s.ready)
		s.stop()
	}
	start := middle(starts)
	return append(results, Result{Name: "warm-start", Ratio: float64(start) / float64(mostStart),
		Ours: fmt.Sprintf("ready with %d people in %s", fewPeople, short(start)), Limit: "1 s", Goal: "≤ 1", Met: start <= mostStart}), nil
}

// settled is the memory of an instance after traffic, and how long it took to be ready.
func (l *lab) settled(ctx context.Context, people int) (used int64, ready time.Duration, err error) {
	err = l.withVisitors(ctx, people, func(v *visitors) error {
		ready = v.server.ready
		if _, err := v.at(ctx, settleRate, settleFor); err != nil {
			return err
		}
		time.Sleep(settleWait)
		used, err = v.server.resident()
		return err
	})
	return used, ready, err
}
