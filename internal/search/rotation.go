package search

import (
	"sync"
	"time"

	"wattle/internal/region"
)

// Tied results rotate daily. The seven orders, one for each day of the week, derive from a hash of the id,
// so instances, restarts and pages agree without stored state. The hash assigns a profile to one of seven
// buckets. Each day orders the buckets differently, so that every bucket is first on one day and last on
// another; on odd days a bucket is read in reverse. Of any two tied profiles each is therefore ahead on three
// or four days a week, regardless of which was registered first.

// RotationBuckets is the number of buckets.
const RotationBuckets = 7

// bucketRank[(b+d)%7] is the rank of bucket b on day d. Any two entries at a fixed distance around the
// circle rise three or four times out of seven, which makes the rotation fair.
var bucketRank = [RotationBuckets]uint64{0, 6, 1, 5, 2, 4, 3}

// rotationZone is the zone whose midnight starts a new order, for the whole country at once.
const rotationZone = "Australia/Sydney"

var rotationPlace = sync.OnceValue(func() *time.Location {
	if loc, err := region.LoadZone(rotationZone); err == nil {
		return loc
	}
	return time.UTC
})

// RotationDay returns the weekday in Sydney, whose order is in force at now.
func RotationDay(now time.Time) time.Weekday { return now.In(rotationPlace()).Weekday() }

// RotationCity returns the city of the rotation zone.
func RotationCity() string { return region.ZoneCity(rotationZone) }

// RotationKey hashes an id: the bucket in the upper half, the position within it in the lower. Ids
// below 2^32 have distinct keys. It uses only integer arithmetic modulo 2^32, so SQL can compute it
// too.
func RotationKey(id int64) uint64 {
	const odd = 0x45d9f3b // multiplication by an odd number is a bijection, so keys stay distinct
	x := uint32(id)
	x = (x ^ x>>16) * odd
	x = (x ^ x>>16) * odd
	x ^= x >> 16
	return uint64(x%RotationBuckets)<<32 | uint64(x)
}

// RotationBucket returns the bucket of a key.
func RotationBucket(key uint64) int { return int(key >> 32) }

// RotationRank returns the rank of an id among tied results on a weekday.
func RotationRank(id int64, day time.Weekday) uint64 { return rotate(RotationKey(id), day) }

func rotate(key uint64, day time.Weekday) uint64 {
	within := uint32(key)
	if BucketReversed(day) {
		within = ^within
	}
	return bucketRank[(RotationBucket(key)+int(day))%RotationBuckets]<<32 | uint64(within)
}

// BucketOrder lists the buckets in the order of a weekday.
func BucketOrder(day time.Weekday) (out [RotationBuckets]int) {
	for s := range RotationBuckets {
		out[bucketRank[(s+int(day))%RotationBuckets]] = s
	}
	return out
}

// BucketReversed reports whether the buckets are read from the highest key on a weekday.
func BucketReversed(day time.Weekday) bool { return day%2 == 1 }
