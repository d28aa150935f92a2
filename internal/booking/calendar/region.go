package calendar

import (
	"sync"

	"wattle/internal/fault"
	"wattle/internal/region"
)

// LoadZone prepares the zone of an IANA name once. It returns fault.Invalid for names that are no
// zone or whose clock changes at midnight.
func LoadZone(name string) (*Zone, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*Zone), nil
	}
	loc, err := region.LoadZone(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "That is not a time zone we know.", err)
	}
	z, err := newZone(loc)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "Practices can't keep hours in that time zone.", err)
	}
	kept, _ := zones.LoadOrStore(name, z)
	return kept.(*Zone), nil
}

// holidaySet has one bit a day of the table.
type holidaySet []uint64

var holidaySets sync.Map // state → func(Day) bool

// HolidaysOf reports the whole-day public holidays of a state (slug).
func HolidaysOf(state string) func(Day) bool {
	if f, ok := holidaySets.Load(state); ok {
		return f.(func(Day) bool)
	}
	set := make(holidaySet, (tableLast-tableFirst)/64+1)
	for d := tableFirst; d <= tableLast; d++ {
		if _, ok := region.Holiday(state, d.Time()); ok {
			set[(d-tableFirst)/64] |= 1 << ((d - tableFirst) % 64)
		}
	}
	f, _ := holidaySets.LoadOrStore(state, set.has)
	return f.(func(Day) bool)
}

func (h holidaySet) has(d Day) bool {
	i := d - tableFirst
	return i >= 0 && int(i/64) < len(h) && h[i/64]&(1<<(i%64)) != 0
}
