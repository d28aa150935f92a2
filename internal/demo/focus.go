package demo

import (
	"strings"
	"sync"
)

// focus is what somebody's practice is about: the issues, ways of working and people that tend to
// go together.
type focus struct {
	tag        string
	weight     map[string]int // by type; "" is every other type
	core, side []string
	approaches []string
	groups     []string
	couples    int // who see couples, in a hundred
	kids       int // who see children
}

// The lists are: tag; weights by type (see short); core issues; side issues; approaches; groups;
// couples and children in a hundred.
var focusTable = []string{
	"mood; *:9; anxiety depression stress self-esteem panic sleep; perfectionism loneliness life-transitions burnout anger; cbt act mindfulness-based compassion-focused schema interpersonal metacognitive solution-focused person-centred; young-adults; 12; 8",
	"ocd; clin:6 psy:4 prov:3 *:0; ocd anxiety panic phobias health-anxiety social-anxiety; hoarding perfectionism depression; erp cbt act metacognitive; young-adults teens; 4; 20",
	"trauma; clin:7 mhsw:6 pt:5 *:4; trauma complex-trauma dissociation sexual-assault; anxiety self-harm depression narcissistic-abuse grief; emdr schema somatic sensorimotor cpt prolonged-exposure polyvagal-informed ifs trauma-focused-cbt; ; 8; 8",
	"neuro; ot:9 psy:5 clin:4 prov:4 *:2; adhd autism audhd; anxiety burnout friendship learning self-esteem assessment; neuro-affirming act cbt compassion-focused; young-adults; 12; 30",
	"couples; pt:5 couns:6 psy:4 clin:3 *:1; relationship infidelity separation premarital sex-intimacy; attachment dating non-monogamy codependency family-conflict; eft gottman imago family-systems sex-therapy; couples; 100; 3",
	"families; mhsw:4 couns:4 psy:3 sw:4 *:1; family-conflict parenting separation relationship; learning anger attachment grief; family-systems narrative solution-focused; families parents; 55; 45",
	"kids; psy:4 clin:3 ot:7 prov:3 mhsw:3 couns:2 *:0; parenting learning anxiety autism; adhd anger digital friendship sleep grief; play sandplay art cbt neuro-affirming trauma-focused-cbt; children parents; 5; 100",
	"teens; psy:4 clin:3 prov:4 mhsw:3 sw:2 couns:2 *:0; anxiety depression study friendship digital; self-harm eating-disorders lgbtqia self-esteem learning; act cbt dbt art narrative; teens youth young-adults; 3; 70",
	"perinatal; pst:3 mhsw:3 *:2; perinatal women grief anxiety; parenting trauma relationship depression sleep; interpersonal compassion-focused cbt act psychodynamic emdr; parents; 20; 3",
	"grief; couns:6 sw:4 pt:3 *:2; grief life-transitions ageing loneliness; depression spiritual chronic-illness disaster; person-centred existential narrative compassion-focused; older-adults carers; 6; 6",
	"addiction; couns:4 pst:3 mhsw:4 sw:4 *:2; alcohol-drugs gambling digital; anger trauma legal financial depression relationship; motivational-interviewing act cbt mindfulness-based; ; 6; 0",
	"eating; clin:4 psy:2 pst:2 *:1; eating-disorders self-esteem perfectionism; anxiety ocd personality women depression; cbt compassion-focused schema dbt; young-adults; 3; 14",
	"work; psy:4 couns:3 ot:3 *:3; burnout stress career perfectionism; sleep financial self-esteem anxiety life-transitions; act cbt mindfulness-based solution-focused schema; health-workers creatives; 8; 0",
	"queer; couns:4 pt:4 psy:3 *:2; lgbtqia gender; relationship non-monogamy anxiety trauma spiritual dating self-esteem; act narrative person-centred ifs emdr; young-adults; 35; 4",
	"migrant; *:0; migration family-conflict stress depression; trauma spiritual relationship anxiety grief; narrative cbt family-systems person-centred; families students; 25; 10",
	"mob; *:0; first-nations grief trauma family-conflict; alcohol-drugs parenting depression stress; narrative person-centred somatic art; families; 10; 30",
	"illness; psy:3 clin:3 ot:3 sw:3 *:2; chronic-illness pain; sleep depression grief brain-injury anxiety women; act cbt mindfulness-based hypnotherapy cbt-i; carers older-adults; 5; 3",
	"sleep; clin:2 psy:2 *:1; sleep anxiety stress; health-anxiety burnout panic depression; cbt-i cbt mindfulness-based metacognitive; health-workers; 2; 5",
	"mind; pst:12 clin:3 mhsw:3 sw:2 *:0; bipolar psychosis depression; suicidal-thoughts anxiety alcohol-drugs ocd sleep; cbt interpersonal psychodynamic metacognitive; carers; 2; 2",
	"feelings; clin:4 psy:2 mhsw:3 *:1; personality self-harm suicidal-thoughts complex-trauma; attachment anger dissociation eating-disorders; dbt schema compassion-focused ifs; young-adults; 4; 4",
	"depth; pt:12 pst:3 couns:3 clin:2 *:1; self-esteem attachment relationship depression; codependency spiritual grief loneliness sex-intimacy; psychodynamic psychoanalytic existential gestalt ifs; creatives; 18; 0",
	"court; psy:2 sw:4 mhsw:3 *:1; legal anger family-violence; alcohol-drugs trauma separation stress; cbt motivational-interviewing schema narrative; justice-system; 4; 4",
	"safety; sw:5 couns:4 mhsw:4 *:2; family-violence narcissistic-abuse sexual-assault trauma; separation codependency self-esteem complex-trauma; somatic narrative ifs person-centred emdr; parents; 0; 6",
	"service; psy:3 mhsw:3 pst:2 *:1; workplace-trauma trauma sleep; anger alcohol-drugs relationship disaster depression; emdr cpt prolonged-exposure act; veterans first-responders; 12; 0",
	"men; couns:4 *:2; men anger relationship depression; separation career alcohol-drugs stress sex-intimacy; act solution-focused existential motivational-interviewing walk-and-talk; fifo-rural; 20; 3",
	"older; mhsw:3 sw:3 ot:3 *:1; ageing grief life-transitions depression; loneliness chronic-illness brain-injury sleep; narrative interpersonal cbt person-centred; older-adults carers; 10; 0",
	"land; *:1; disaster stress depression; grief financial alcohol-drugs relationship anxiety; act solution-focused walk-and-talk person-centred; fifo-rural; 14; 10",
	"sport; psy:2 *:1; stress perfectionism self-esteem; anxiety sleep career eating-disorders pain; act cbt mindfulness-based hypnotherapy; athletes students; 3; 10",
	"creative; couns:3 pt:3 *:0; anxiety grief self-esteem life-transitions; trauma loneliness depression perfectionism; art music sandplay gestalt person-centred; creatives; 6; 20",
}

// short are the table's names for the types.
var short = map[string]string{
	"clin": "clinical-psychologist", "psy": "psychologist", "prov": "provisional-psychologist", "pst": "psychiatrist", "ot": "occupational-therapist",
	"mhsw": "mental-health-social-worker", "sw": "social-worker", "couns": "counsellor", "pt": "psychotherapist",
}

var foci = sync.OnceValue(func() []*focus {
	out := make([]*focus, len(focusTable))
	for i, row := range focusTable {
		cells := strings.Split(row, ";")
		f := &focus{tag: cells[0], weight: map[string]int{}, core: strings.Fields(cells[2]), side: strings.Fields(cells[3]),
			approaches: strings.Fields(cells[4]), groups: strings.Fields(cells[5]), couples: whole(strings.TrimSpace(cells[6])), kids: whole(strings.TrimSpace(cells[7]))}
		for _, w := range shares(strings.TrimSpace(cells[1])) {
			f.weight[short[w.value]] = w.cards
		}
		out[i] = f
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

// drawFocus leans towards what a person's life makes likely.
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

// common is what nearly everybody also works with.
var common = []string{"anxiety", "depression", "stress", "grief", "self-esteem", "relationship", "life-transitions", "career", "burnout", "anger",
	"sleep", "loneliness", "perfectionism", "family-conflict", "separation", "trauma", "parenting", "study", "friendship", "financial", "attachment",
	"lgbtqia", "chronic-illness", "migration", "women", "men", "social-anxiety", "panic", "dating", "codependency", "ageing", "digital"}

// choose settles issues, approaches and client groups.
func (f *focus) choose(d dice, p *person) {
	p.Issues = some(d, f.core, d.between(3, max(3, len(f.core))))
	p.Issues = append(p.Issues, some(d, f.side, d.between(1, 3))...)
	p.AlsoIssues = without(some(d, common, d.between(3, 10)), p.Issues)
	if p.Type == "counsellor" || p.Type == "psychotherapist" || p.Type == "social-worker" || p.Type == "mental-health-social-worker" {
		p.Issues, p.AlsoIssues = without(p.Issues, []string{"assessment"}), without(p.AlsoIssues, []string{"assessment"})
	}
	p.Approaches = some(d, f.approaches, d.between(1, min(4, len(f.approaches))))
	if extra := pick(d, "cbt", "act", "person-centred", "mindfulness-based", "narrative", "psychodynamic", "solution-focused", "compassion-focused"); d.chance(50) {
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
		out = append(out, without([]string{pick(d, "students", "carers", "veterans", "first-responders", "fifo-rural", "creatives", "health-workers", "parents", "young-adults")}, out)...)
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

func has(list []string, v string) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}
