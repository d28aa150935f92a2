package demo

import (
	"slices"
	"strings"
	"sync"
)

// focus is the subject of a practice: issues, approaches and client groups that tend to go together.
type focus struct {
	tag        string
	weight     map[string]int // by type; "" is every other type
	core, side []string
	approaches []string
	groups     []string
	couples    int // practices in a hundred that see couples
	kids       int // practices in a hundred that see children
}

// typeOf maps the abbreviations of the text files to types.
var typeOf = map[string]string{
	"clin": "clinical-psychologist", "psy": "psychologist", "prov": "provisional-psychologist", "pst": "psychiatrist",
	"ot": "occupational-therapist", "mhsw": "mental-health-social-worker", "sw": "social-worker", "couns": "counsellor",
	"pt": "psychotherapist",
}

var foci = sync.OnceValue(func() []*focus {
	var out []*focus
	for _, line := range lines("foci.txt") {
		cells := strings.Split(line, "; ")
		f := &focus{tag: cells[0], weight: map[string]int{}, core: strings.Fields(cells[2]), side: strings.Fields(cells[3]),
			approaches: strings.Fields(cells[4]), groups: strings.Fields(cells[5]),
			couples: whole(cells[6]), kids: whole(cells[7])}
		for _, w := range shares(cells[1]) {
			f.weight[typeOf[w.value]] = w.cards
		}
		out = append(out, f)
	}
	return out
})

func focusByTag(tag string) *focus {
	for _, f := range foci() {
		if f.tag == tag {
			return f
		}
	}
	panic("no focus " + tag)
}

func (f *focus) weightFor(kind string) int {
	if w, ok := f.weight[kind]; ok {
		return w
	}
	return f.weight[""]
}

// drawFocus picks a focus, preferring one that fits the person's background.
func drawFocus(d dice, p *person) *focus {
	switch {
	case (p.from.name == "aboriginal" || p.from.name == "islander") && d.chance(55):
		return focusByTag("mob")
	case p.born && d.chance(22):
		return focusByTag("migrant")
	case p.country && d.chance(12):
		return focusByTag("land")
	}
	var all []share[*focus]
	for _, f := range foci() {
		w := f.weightFor(p.Type)
		if f.tag == "men" && p.Gender == "woman" {
			w = w / 2
		}
		if w > 0 {
			all = append(all, share[*focus]{f, w})
		}
	}
	return weighted(d, all)
}

// common lists issues that most practices also work with.
var common = strings.Fields(`anxiety depression stress grief self-esteem relationship life-transitions career burnout
	anger sleep loneliness
	perfectionism family-conflict separation trauma parenting study friendship financial attachment lgbtqia chronic-illness
	migration women men social-anxiety panic dating codependency ageing digital`)

// choose picks issues, approaches and client groups.
func (f *focus) choose(d dice, p *person) {
	p.Issues = some(d, f.core, d.between(3, max(3, len(f.core))))
	p.Issues = append(p.Issues, some(d, f.side, d.between(1, 3))...)
	p.AlsoIssues = without(some(d, common, d.between(3, 10)), p.Issues)
	if has([]string{"counsellor", "psychotherapist", "social-worker", "mental-health-social-worker"}, p.Type) {
		p.Issues, p.AlsoIssues = without(p.Issues, []string{"assessment"}), without(p.AlsoIssues, []string{"assessment"})
	}
	p.Approaches = some(d, f.approaches, d.between(1, min(4, len(f.approaches))))
	extra := pick(d, "cbt", "act", "person-centred", "mindfulness-based", "narrative", "psychodynamic",
		"solution-focused", "compassion-focused")
	if d.chance(50) {
		p.Approaches = append(without(p.Approaches, []string{extra}), extra)
	}
	p.couples = d.chance(f.couples) && p.Type != "provisional-psychologist"
	p.kids = d.chance(f.kids)
	p.ClientGroups = f.clients(d, p)
}

func (f *focus) clients(d dice, p *person) []string {
	out := []string{}
	if f.tag != "kids" || d.chance(60) {
		out = append(out, "adults")
	}
	if f.tag != "kids" && f.tag != "teens" && d.chance(45) || f.tag == "older" {
		out = append(out, "older-adults")
	}
	if p.kids && (f.tag != "teens" || d.chance(20)) {
		out = append(out, "children")
	}
	if p.kids && (f.tag == "teens" || d.chance(55)) {
		out = append(out, "teens", "youth")
	}
	if p.couples {
		out = append(out, "couples")
	}
	out = append(out, without(f.groups, append(out, "children", "teens", "youth", "couples"))...)
	if d.chance(35) {
		extra := pick(d, "students", "carers", "veterans", "first-responders", "fifo-rural", "creatives",
			"health-workers", "parents", "young-adults")
		out = append(out, without([]string{extra}, out)...)
	}
	return out
}

func without(list, gone []string) []string {
	var out []string
	for _, v := range list {
		if !has(gone, v) {
			out = append(out, v)
		}
	}
	return out
}

func has(list []string, v string) bool { return slices.Contains(list, v) }
