package memindex

import (
	"math/bits"
	"time"

	"wattle/internal/directory"
)

// Fees are kept in steps of $10, so that a limit on a step is one set and any other two sets and a
// look at those in between.
const (
	step     = 1000 // cents
	lastStep = 40   // $400; beyond it everybody is looked at
)

// firstStep is the lowest step that holds a fee; lastStep + 1 for one beyond them all.
func firstStep(fee int32) int { return min((int(fee)+step-1)/step, lastStep+1) }

// within writes into set who of among has a lowest fee, individual (0) or couple (1), within limit.
// No limit (none) is met by those without a fee as well.
func (t *table) within(set, among []uint64, price int, limit int32) {
	if limit == none {
		copy(set, among)
		return
	}
	low, j := t.low[price], min(int(limit)/step, lastStep)
	sure := t.steps[price][j]
	if int(limit) == j*step {
		and(set, among, sure)
		return
	}
	var maybe []uint64 // whose fee may be within; nil for everybody
	if j < lastStep {
		maybe = t.steps[price][j+1]
	}
	for w := range set {
		met, open := among[w]&sure[w], among[w]&^sure[w]
		if maybe != nil {
			open &= maybe[w]
		}
		for ; open != 0; open &= open - 1 {
			i := bits.TrailingZeros64(open)
			met |= uint64(uint32(low[w<<6+i]-limit-1)>>31) << i
		}
		set[w] = met
	}
}

// affordable keeps those of set whose individual session costs at most most after Medicare, with a
// referral, at the rates of the day of now.
func (t *table) affordable(set []uint64, most int32, now time.Time, limits []int32) []int32 {
	limits = limits[:0]
	for _, r := range t.rates {
		limit := int32(-1) // nothing is paid: nobody
		if benefit, ok := directory.Benefit(r.practises, r.minutes, r.zone, now); ok {
			limit = int32(min(int64(most)+int64(benefit), none-1))
		}
		limits = append(limits, limit)
	}
	for w, among := range set {
		var met uint64
		for m := among; m != 0; m &= m - 1 {
			i := bits.TrailingZeros64(m)
			slot := w<<6 + i
			if fee := t.gapFee[slot]; fee != none {
				met |= uint64(uint32(fee-limits[t.gapOf[slot]]-1)>>31) << i
			}
		}
		set[w] = met
	}
	return limits
}
