package search

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// rotated sorts ids in the order of a weekday.
func rotated(ids []int64, day time.Weekday) []int64 {
	return slices.SortedFunc(slices.Values(ids), func(a, b int64) int {
		return cmp.Or(cmp.Compare(RotationRank(a, day), RotationRank(b, day)), cmp.Compare(a, b))
	})
}

// randomIDs returns n ascending ids with random gaps.
func randomIDs(r *rand.Rand, n int) (ids []int64) {
	id, step := int64(1+r.IntN(100_000)), 1+r.IntN(50)
	for range n {
		ids = append(ids, id)
		id += int64(1 + r.IntN(step))
	}
	return ids
}

var weekdays = []time.Weekday{0, 1, 2, 3, 4, 5, 6}

func TestEachOfTwoTiedIsAheadOnThreeOrFourDays(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	for range 20_000 {
		a, b := int64(r.IntN(200_000)), int64(r.IntN(200_000))
		first := 0
		for _, day := range weekdays {
			if RotationRank(a, day) < RotationRank(b, day) {
				first++
			}
		}
		if a != b && first != 3 && first != 4 {
			t.Fatalf("%d is ahead of %d on %d days of seven", a, b, first)
		}
	}
}

// In any group of tied profiles each is in the first half on about half of the days.
func TestRotationSharesTheFirstHalf(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 2))
	for _, n := range []int{2, 3, 7, 10, 25, 60, 200, 1000} {
		days := map[int64]int{}
		ids := randomIDs(r, n)
		for _, day := range weekdays {
			for _, id := range rotated(ids, day)[:n/2] {
				days[id]++
			}
		}
		usual := 0
		for _, id := range ids {
			if days[id] < 1 || days[id] > 6 {
				t.Errorf("among %d, id %d is in the first half on %d days", n, id, days[id])
			}
			if days[id] == 3 || days[id] == 4 {
				usual++
			}
		}
		if n >= 25 && usual < n*9/10 {
			t.Errorf("among %d, only %d are in the first half on three or four days", n, usual)
		}
	}
}

// The newest profile reaches the first page as soon as any other, because another bucket comes first
// each day.
func TestANewcomerIsOnTheFirstPageOnSomeDay(t *testing.T) {
	const page, equals = 10, 50
	for newest := int64(equals); newest < 3000; newest += 17 {
		var ids []int64
		for id := newest - equals + 1; id <= newest; id++ {
			ids = append(ids, id)
		}
		best := equals
		for _, day := range weekdays {
			best = min(best, slices.Index(rotated(ids, day), newest))
		}
		if best >= page+equals/10 {
			t.Errorf("the newest of %d, id %d, never ranks above %d", equals, newest, best+1)
		}
	}
	first := map[int]int{}
	for _, day := range weekdays {
		first[BucketOrder(day)[0]]++
	}
	if len(first) != RotationBuckets {
		t.Errorf("buckets that come first on a day: %v", first)
	}
}

func TestRotationKeysAreUniqueAndBucketsBalanced(t *testing.T) {
	seen, size := map[uint64]bool{}, [RotationBuckets]int{}
	const n = 300_000
	for id := range int64(n) {
		key := RotationKey(id)
		if seen[key] {
			t.Fatalf("id %d shares a key", id)
		}
		seen[key] = true
		size[RotationBucket(key)]++
	}
	for s, k := range size {
		if k < n/RotationBuckets*98/100 || k > n/RotationBuckets*102/100 {
			t.Errorf("bucket %d has %d of %d", s, k, n)
		}
	}
}

// Reading the buckets in the day's order yields the order of RotationRank.
func TestBucketOrderEqualsRotationRank(t *testing.T) {
	ids := randomIDs(rand.New(rand.NewPCG(11, 3)), 500)
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Compare(RotationKey(a), RotationKey(b)) })
	for _, day := range weekdays {
		var read []int64
		for _, s := range BucketOrder(day) {
			part := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return RotationBucket(RotationKey(id)) != s })
			if BucketReversed(day) {
				slices.Reverse(part)
			}
			read = append(read, part...)
		}
		if !slices.Equal(read, rotated(ids, day)) {
			t.Errorf("%v: the bucket order differs from RotationRank", day)
		}
	}
}

func TestRotationDayIsSydneys(t *testing.T) {
	for at, want := range map[string]time.Weekday{
		"2026-11-25T12:59:59Z":      time.Wednesday, // 23:59:59 in Sydney's summer
		"2026-11-25T13:00:00Z":      time.Thursday,
		"2026-06-24T13:59:59Z":      time.Wednesday, // 23:59:59 in winter
		"2026-06-24T14:00:00Z":      time.Thursday,
		"2026-11-25T22:30:00+08:00": time.Thursday, // Perth's Wednesday evening
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := RotationDay(now); got != want {
			t.Errorf("%s is %v", at, got)
		}
	}
}
