package demo

import (
	"wattle/internal/directory"
	"wattle/internal/money"
)

// band is a range of full fees for fifty minutes, in whole dollars.
type band struct{ lo, hi int }

// bands are synthetic fees by type (domain facts §4: published ranges of 2025).
var bands = map[string]band{
	"provisional-psychologist": {60, 110}, "social-worker": {140, 190}, "mental-health-social-worker": {140, 190},
	"occupational-therapist": {180, 210}, "psychologist": {170, 260}, "clinical-psychologist": {220, 310},
	"psychiatrist": {350, 600}, "counsellor": {110, 170}, "psychotherapist": {110, 170},
}

// bandOf returns the band of a type. ACA levels 1 and 2 and provisional members charge less.
func bandOf(kind, level string) band {
	if level == "Level 1" || level == "Level 2" || level == "Provisional" {
		return band{80, 120}
	}
	return bands[kind]
}

// five rounds dollars to a multiple of five and returns cents.
func five(dollars float64) money.Cents { return money.Cents(int(dollars/5+0.5) * 500) }

// offer sets modes, fees, services, reduced places and funding.
func (p *person) offer(d dice, a *anchor) {
	b := bandOf(p.Type, p.level)
	fee := float64(b.lo) + float64(b.hi-b.lo)*(d.Float64()*0.7+0.3*min(1, float64(p.years)/20))
	modes := p.meet(d)
	if a != nil {
		fee, modes, p.online, p.rooms = float64(a.fee), []string{"video", "phone", "in-person"}, false, true
	}
	p.Services = p.services(d, five(fee), modes, a != nil)
	p.reduce(d, five(fee), a)
	p.fund(d)
	p.reach(d)
}

// meet returns the modes of the sessions.
func (p *person) meet(d dice) []string {
	n := d.IntN(100)
	switch {
	case n < 22:
		p.online = true
		p.Street = ""
		return pick(d, []string{"video", "phone"}, []string{"video", "phone"}, []string{"video"})
	case n < 30:
		p.rooms = true
		return []string{"in-person"}
	}
	p.rooms = true
	all := []string{"video", "phone", "in-person"}
	return pick(d, []string{"video", "in-person"}, all, all)
}

func (p *person) services(d dice, fee money.Cents, modes []string, anchored bool) []directory.Service {
	after := pick(d, 0, 5, 10, 10, 10, 15)
	before := pick(d, 0, 0, 0, 5)
	var out []directory.Service
	add := func(slug, name, format string, kind directory.ServiceKind, minutes int, fee money.Cents, modes []string) {
		out = append(out, directory.Service{Slug: slug, Name: name, Kind: kind, Format: format, Minutes: minutes, Fee: fee,
			Modes: modes, BufferBefore: before, BufferAfter: after})
	}
	times := func(factor float64) money.Cents { return five(float64(fee) / 100 * factor) }
	offered := map[bool]int{true: 40, false: 84}[p.Type == "psychiatrist"]
	if anchored || p.fate == full || d.chance(offered) {
		add(directory.FreeConsultation, "Free 15-minute call", "individual", directory.Consultation, 15, 0,
			p.callModes(d, modes))
		out[0].BufferBefore, out[0].BufferAfter = 0, pick(d, 0, 5, 15)
	}
	add("individual-50", "Individual session", "individual", directory.Session, 50, fee, modes)
	if d.chance(map[bool]int{true: 92, false: 24}[p.Type == "psychiatrist"]) {
		add("follow-up-30", "Short follow-up", "individual", directory.Session, 30, times(0.6), modes)
	}
	if has(p.Approaches, "emdr") && d.chance(45) {
		add("individual-80", "Long individual session", "individual", directory.Session, 80, times(1.5), modes)
	}
	if p.couples {
		add("couple-80", "Couple session", "couple", directory.Session, 80, times(1.2+d.Float64()*0.2), modes)
	}
	if p.focus.tag == "families" || p.couples && d.chance(12) {
		add("family-80", "Family session", "family", directory.Session, 80, times(1.2+d.Float64()*0.2), modes)
	}
	if p.kids {
		add("child-50", "Session for a child with a parent", "child-with-parent", directory.Session, 50, fee, modes)
	}
	if has(p.Issues, "assessment") || has(p.AlsoIssues, "assessment") {
		add("assessment-120", "Assessment appointment", "assessment", directory.Session, 120, times(2.2), modes)
	}
	if d.chance(6) {
		name := pick(d, "Skills group", "Thursday group", "Evening circle", "Parents' group", "Grief group")
		add("group-90", name, "group", directory.Group, 90, five(float64(d.between(40, 70))), modes[:1])
	}
	return out
}

// callModes returns the modes of the free call, which is never in person.
func (p *person) callModes(d dice, modes []string) []string {
	if !has(modes, "video") {
		return []string{"phone"}
	}
	return pick(d, []string{"video", "phone"}, []string{"video", "phone"}, []string{"phone"}, []string{"video"})
}

// reduce gives about a third of practices reduced-fee places; some have none left.
func (p *person) reduce(d dice, fee money.Cents, a *anchor) {
	if a != nil {
		p.Reduced = &directory.Reduced{Fee: money.Cents(a.reduced * 100), For: pick(d, lines("reduced.txt")...), Left: a.left}
		return
	}
	if d.chance(35) {
		part := 0.5 + d.Float64()*0.28
		p.Reduced = &directory.Reduced{Fee: five(float64(fee) / 100 * part), For: pick(d, lines("reduced.txt")...),
			Left: weighted(d, []share[int]{{0, 22}, {1, 26}, {2, 24}, {3, 16}, {4, 12}})}
	}
}

// fund sets the ways of paying.
func (p *person) fund(d dice) {
	p.Funding = []string{"private"}
	add := func(v string, pct int) {
		if d.chance(pct) {
			p.Funding = append(p.Funding, v)
		}
	}
	psych := p.Type == "clinical-psychologist" || p.Type == "psychologist"
	medicare := psych || has([]string{"psychiatrist", "occupational-therapist", "mental-health-social-worker"}, p.Type)
	if medicare {
		add("medicare", 100)
		add("bulk-bill", 4)
		add("dva", 18)
		add("workcover", 20)
		add("victims-services", 9)
		add("tac-ctp", 9)
	}
	if p.Reduced != nil {
		add("reduced-fee", 100)
	}
	add("concession", 12)
	if p.Type != "psychiatrist" {
		add("ndis-self-managed", 32)
		add("ndis-plan-managed", 28)
		add("ndis-agency-managed", 7)
	}
	add("eap", 10)
	add("private-health-extras", map[bool]int{true: 48, false: 14}[psych || p.Type == "counsellor"])
	if p.focus.tag == "eating" && medicare {
		add("eating-disorder-plan", 75)
	}
}

// reach sets the access features.
func (p *person) reach(d dice) {
	add := func(v string, pct int) {
		if d.chance(pct) {
			p.Access = append(p.Access, v)
		}
	}
	if p.rooms {
		add("step-free", 55)
		add("accessible-toilet", 34)
		add("parking", 48)
		add("hearing-loop", 4)
		add("low-sensory-room", map[bool]int{true: 60, false: 9}[p.focus.tag == "neuro"])
		add("service-animals", 22)
		add("fragrance-free", 8)
	}
	if has(p.Languages, "auslan") {
		add("auslan", 100)
	}
	add("captions-on-video", 30)
	add("text-based-contact", 20)
}
