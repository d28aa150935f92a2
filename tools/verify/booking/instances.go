package booking

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"wattle/tools/rig"
)

const (
	agreements  = 50
	agreeWithin = time.Second
)

// Instances shows what two instances on one database promise: they agree within a second, a killed
// one loses and repeats nothing, one that is told to stop drops nothing.
func Instances(t *rig.Trial) {
	mails := rig.NewSink(t)
	h, a, b := rig.TwoInstances(t, mails.Environment()...)
	c := rig.NewCaller(t, 32)
	agree(t, c, a, b)
	s := &stream{Trial: t, h: h, c: c, mails: mails, offices: h.OpenWide()}
	s.kills(a, b)
	gracefulStops(t, h, s.offices)
}

// agree books on A the next time that B shows of a person, and watches B.
func agree(t *rig.Trial, c *rig.Caller, a, b *rig.Instance) {
	var slots, next rig.Durations
	for n, p := range c.Bookable(b, t.Times(agreements))[:t.Times(agreements)] {
		s, found := c.SlotAt(b, p.Slug, *p.Next)
		if !found {
			t.Fail("%s is shown as free next at %s, and the slots do not have it", p.Slug, p.Next)
		}
		c.MustBook(a, rig.Want(p.Slug, s, fmt.Sprintf("agree%02d@example.org", n)))
		rig.Together(2, func(i int) {
			if i == 0 {
				slots.Add(t.Wait(5*agreeWithin, func() bool { _, offered := c.SlotAt(b, p.Slug, s.Starts); return !offered }))
			} else {
				next.Add(t.Wait(5*agreeWithin, func() bool { return movedOn(c, b, p) }))
			}
		})
	}
	t.Say("booked on A: the slot is gone from B after: %s", &slots)
	t.Say("booked on A: B's list shows the next free time after: %s", &next)
	t.Want(slots.At(1) <= agreeWithin && next.At(1) <= agreeWithin, "B took longer than %s to follow", agreeWithin)
}

// movedOn reports whether the list shows another next time than the one that was booked.
func movedOn(c *rig.Caller, at *rig.Instance, p rig.Person) bool {
	list := c.People(at, "state="+url.QueryEscape(p.State)+"&postcode="+url.QueryEscape(p.Postcode))
	return slices.ContainsFunc(list, func(o rig.Person) bool {
		return o.Slug == p.Slug && (o.Next == nil || !o.Next.Equal(*p.Next))
	})
}
