package search

import (
	"testing"
	"time"

	"wattle/internal/directory"
)

var cardNow = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

func TestTodayEndsAtThePracticesMidnight(t *testing.T) {
	perth, _ := time.LoadLocation("Australia/Perth")
	sydney, _ := time.LoadLocation("Australia/Sydney")
	n := directory.Next{Any: time.Date(2026, 11, 25, 14, 30, 0, 0, time.UTC)} // 1:30 on the 26th in Sydney, 22:30 on the 25th in Perth
	if Free(n, "today", sydney, cardNow) || !Free(n, "today", perth, cardNow) {
		t.Error("today does not end at the practice's midnight")
	}
	if Midnight(sydney, time.Date(2026, 10, 3, 20, 0, 0, 0, time.UTC)).Sub(time.Date(2026, 10, 3, 14, 0, 0, 0,
		time.UTC)) != 23*time.Hour {
		t.Error("the day daylight saving starts must have 23 hours")
	}
	if !Free(directory.Next{Any: cardNow.Add(Week)}, "week", sydney, cardNow) ||
		Free(directory.Next{Any: cardNow.Add(Week + 1)}, "week", sydney, cardNow) ||
		Free(directory.Next{Any: cardNow}, "week", sydney, cardNow) {
		t.Error("this week must reach exactly 7 × 24 hours from now")
	}
}
