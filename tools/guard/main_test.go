package main

import (
	"testing"
	"time"
)

func TestACommandThatLeavesNothingKeepsItsStatus(t *testing.T) {
	for want, script := range map[int]string{0: "true", 3: "exit 3", 143: "kill -TERM $$"} {
		status, left, err := run([]string{"sh", "-c", script}, time.Second)
		if err != nil || status != want || len(left) != 0 {
			t.Errorf("%q: status %d, left %v, error %v; want status %d and nothing left", script, status, left, err, want)
		}
	}
}

func TestWhatWasLeftRunningIsNamedAndEnded(t *testing.T) {
	status, left, err := run([]string{"sh", "-c", "setsid sleep 300 >/dev/null 2>&1 & exit 0"}, 100*time.Millisecond)
	if err != nil || status != 0 || len(left) != 1 || left[0].name != "sleep" {
		t.Fatalf("status %d, left %v, error %v; want the one sleep", status, left, err)
	}
	if still := settle(time.Second); len(still) != 0 {
		t.Errorf("still running: %v", still)
	}
}

func TestWhatEndsByItselfWithinTheGraceIsFine(t *testing.T) {
	_, left, err := run([]string{"sh", "-c", "sleep 0.3 & exit 0"}, 5*time.Second)
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, error %v; want nothing", left, err)
	}
}

func TestACommandThatDoesNotExistIsAnError(t *testing.T) {
	if _, _, err := run([]string{"/nonexistent"}, time.Second); err == nil {
		t.Error("no error")
	}
}
