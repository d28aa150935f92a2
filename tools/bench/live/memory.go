package live

import (
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
func Memory(l *lab.Lab) {
	for _, goal := range memoryGoals {
		v := newVisitors(l, goal.people)
		v.at(settleRate, settleFor)
		l.Pause(settleWait)
		used := v.server.Resident()
		v.server.Stop()
		l.Report(lab.Result{Name: fmt.Sprintf("memory-%d-people", goal.people), Ratio: lab.Ratio(used, goal.most),
			Ours: fmt.Sprintf("%d MB resident after %d visits; ready in %s",
				used>>20, int(settleRate*settleFor.Seconds()), lab.Short(v.server.Took)),
			Limit: fmt.Sprintf("%d MB", goal.most>>20)}.AtMost(1))
	}
	var starts []time.Duration
	for range 3 {
		s := l.Serve(fewPeople)
		starts = append(starts, s.Took)
		s.Stop()
	}
	start := lab.Median(starts)
	l.Report(lab.Result{Name: "warm-start", Ratio: lab.Ratio(start, mostStart), Limit: "1 s",
		Ours: fmt.Sprintf("ready with %d people in %s", fewPeople, lab.Short(start))}.AtMost(1))
}
