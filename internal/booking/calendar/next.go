package calendar

import "time"

// evening is the wall-clock minute from which a start counts as an evening's: 17:00.
const evening = Minute(17 * 60)

// Next is the earliest start at any time, from 17:00, and on a weekend; 0 for none.
type Next struct{ Any, Evening, Weekend Minute }

// NextOf works out the next starts of a service in any of its modes, and the second since 1970 from which
// they may be wrong by the passing of time: as soon as one of them is nearer than the notice, or at the
// midnight that moves the horizon. service nil has none. It allocates nothing.
func (p *Plan) NextOf(t *Timetable, service *Service, now time.Time) (next Next, check int64) {
	check = 60 * int64(t.Zone.midnight(t.Zone.Today(now)+1))
	if service == nil {
		return next, check
	}
	modes := service.Modes
	if len(modes) > 1 && t.SameInAllModes(service.Slug, modes) {
		modes = modes[:1]
	}
	for _, mode := range modes {
		p.Set(&t.Availability, t.Zone, t.Holiday, service, mode)
		next.keepEarlier(p.Next(t.Busy, now))
	}
	for _, m := range [...]Minute{next.Any, next.Evening, next.Weekend} {
		if m != 0 {
			check = min(check, 60*int64(m-Minute(t.NoticeMinutes))+1)
		}
	}
	return next, check
}

// Next is the earliest start at any time, from 17:00, and on a weekend.
func (p *Plan) Next(busy []Busy, now time.Time) (n Next) {
	w, first, last := p.walk(busy, now)
	for d := first; d <= last; d++ {
		weekend := n.Weekend == 0 && d.weekend()
		if n.Any != 0 && n.Evening != 0 && n.Weekend != 0 {
			break
		}
		spans := p.hours(d, &w.special)
		if len(spans) == 0 || w.full(d) {
			continue
		}
		w.pass(d)
		if n.Any == 0 || weekend {
			start := w.first(d, spans, 0)
			if n.Any == 0 {
				n.Any = start
			}
			if weekend {
				n.Weekend = start
			}
		}
		if n.Evening == 0 && spans[len(spans)-1].to > evening {
			n.Evening = w.first(d, spans, evening)
		}
	}
	return n
}

// keepEarlier keeps the earlier of each pair; 0 is none.
func (n *Next) keepEarlier(o Next) {
	for _, p := range [...][2]*Minute{{&n.Any, &o.Any}, {&n.Evening, &o.Evening}, {&n.Weekend, &o.Weekend}} {
		if *p[0] == 0 || *p[1] != 0 && *p[1] < *p[0] {
			*p[0] = *p[1]
		}
	}
}
