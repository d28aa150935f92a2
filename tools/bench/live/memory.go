package live

import (
	"context"
	"fmt"
	"time"

	"wattle/tools/bench/lab"
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

// Memory is F12: the memory of a real instance after traffic, and its warm start.
func Memory(ctx context.Context, l *lab.Lab) (results []lab.Result, err error) {
	for _, goal := range memoryGoals {
		used, ready, err := settled(ctx, l, goal.people)
		if err != nil {
			return nil, err
		}
		results = append(results, lab.Result{Name: fmt.Sprintf("memory-%d-people", goal.people), Ratio: float64(used) / float64(goal.most),
			Ours:  fmt.Sprintf("%d MB resident after %d visits; ready in %s", used>>20, int(settleRate*settleFor.Seconds()), lab.Short(ready)),
			Limit: fmt.Sprintf("%d MB", goal.most>>20), Goal: "≤ 1", Met: used <= goal.most})
	}
	database, err := l.People(ctx, fewPeople)
	if err != nil {
		return nil, err
	}
	var starts []time.Duration
	for range 3 {
		s, err := l.Serve(ctx, database)
		if err != nil {
			return nil, err
		}
		starts = append(starts, s.Ready)
		s.Stop()
	}
	start := lab.Middle(starts)
	return append(results, lab.Result{Name: "warm-start", Ratio: float64(start) / float64(mostStart),
		Ours: fmt.Sprintf("ready with %d people in %s", fewPeople, lab.Short(start)), Limit: "1 s", Goal: "≤ 1", Met: start <= mostStart}), nil
}

// settled is the memory of an instance after traffic, and how long it took to be ready.
func settled(ctx context.Context, l *lab.Lab, people int) (used int64, ready time.Duration, err error) {
	err = withVisitors(ctx, l, people, func(v *visitors) error {
		ready = v.server.Ready
		if _, err := v.at(ctx, settleRate, settleFor); err != nil {
			return err
		}
		time.Sleep(settleWait)
		used, err = v.server.Resident()
		return err
	})
	return used, ready, err
}
