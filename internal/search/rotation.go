package search

import (
	"sync"
	"time"

	"wattle/internal/region"
)

// Those whom everything else leaves equal stand in one of seven fixed orders, one for each day of the
// week. All seven are made of one number that everybody is given by lot, so that nothing is kept or
// drawn anew: a restart, a second instance and the next page give the same order. The lot puts
// everybody in one of seven parts, and each day the parts stand in another order, in which every part
// is first on one day of the week and last on another; on every other day a part is read backwards.
// So of any two who are equal one is before the other on three days of the week or on four, whoever
// came first to the directory.

// RotationBuckets is how many parts the lots make.
const RotationBuckets = 7

// places of the parts: part s stands on day d at place[(s+d)%7]. Any two entries a fixed distance
// apart, around the circle, rise three or four times of seven: that is what makes the order fair.
var bucketRank = [RotationBuckets]uint64{0, 6, 1, 5, 2, 4, 3}

// rotationZone is where the weekday of the order begins, for the whole country at once.
const rotationZone = "Australia/Sydney"

var rotationPlace = sync.OnceValue(func() *time.Location {
	if loc, err := region.LoadZone(rotationZone); err == nil {
		return loc
	}
	return time.UTC
})

// RotationDay is the weekday whose order is in force at now: that of Sydney.
func RotationDay(now time.Time) time.Weekday { return now.In(rotationPlace()).Weekday() }

// RotationCity is the city whose midnight begins the day of the order.
func RotationCity() string { return region.ZoneCity(rotationZone) }

// RotationKey is the number that somebody's places in all seven orders come from: the part in the upper half,
// the place within it in the lower. No two ids below 2^32 have the same. It is integer arithmetic
// modulo 2^32 alone, so that a recount elsewhere can do the same.
func RotationKey(id int64) uint64 {
	const odd = 0x45d9f3b // mixes well, and multiplying by it can be undone, so that no two meet
	x := uint32(id)
	x = (x ^ x>>16) * odd
	x = (x ^ x>>16) * odd
	x ^= x >> 16
	return uint64(x%RotationBuckets)<<32 | uint64(x)
}

// RotationBucket is the part that a lot is in.
func RotationBucket(lot uint64) int { return int(lot >> 32) }

// RotationRank is somebody's place among equals on a weekday.
func RotationRank(id int64, day time.Weekday) uint64 { return rotate(RotationKey(id), day) }

func rotate(lot uint64, day time.Weekday) uint64 {
	within := uint32(lot)
	if BucketReversed(day) {
		within = ^within
	}
	return bucketRank[(RotationBucket(lot)+int(day))%RotationBuckets]<<32 | uint64(within)
}

// BucketOrder lists the parts in the order of a weekday.
func BucketOrder(day time.Weekday) (out [RotationBuckets]int) {
	for s := range RotationBuckets {
		out[bucketRank[(s+int(day))%RotationBuckets]] = s
	}
	return out
}

// BucketReversed says that on a weekday the highest lot of each part comes first.
func BucketReversed(day time.Weekday) bool { return day%2 == 1 }
