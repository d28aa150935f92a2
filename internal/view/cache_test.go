package view

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestACacheStaysWithinItsBytes(t *testing.T) {
	c := NewCache[int, string](100_000)
	for i := range 1000 {
		if _, err := c.Get(i, func() (string, error) { return strings.Repeat("x", 1000), nil }); err != nil {
			t.Fatal(err)
		}
	}
	c.entries.CleanUp()
	if w := c.entries.WeightedSize(); w > 100_000 || w < 50_000 {
		t.Errorf("a cache of 100,000 bytes holds %d", w)
	}
}

func TestConcurrentGetsMakeAValueOnce(t *testing.T) {
	c := NewCache[int, string](1 << 20)
	var made atomic.Int64
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for i := range 100 {
				got, err := c.Get(i, func() (string, error) { made.Add(1); return strconv.Itoa(i), nil })
				if err != nil || got != strconv.Itoa(i) {
					t.Errorf("%d is cached as %q, %v", i, got, err)
				}
			}
		})
	}
	group.Wait()
	if hits, misses := c.Counts(); made.Load() != 100 || hits+misses != 1600 {
		t.Errorf("100 values were made %d times; %d hits and %d misses", made.Load(), hits, misses)
	}
}

func TestAFailureIsNotCached(t *testing.T) {
	c := NewCache[int, string](1 << 20)
	if _, err := c.Get(1, func() (string, error) { return "", errors.New("no") }); err == nil {
		t.Fatal("the failure is lost")
	}
	if got, err := c.Get(1, func() (string, error) { return "yes", nil }); err != nil || got != "yes" {
		t.Errorf("after a failure the cache answers %q, %v", got, err)
	}
}
