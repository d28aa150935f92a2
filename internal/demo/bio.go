package demo

import (
	"strings"

	"wattle/internal/taxonomy"
)

const (
	fewestWords = 100
	mostWords   = 165
)

// write composes headline and bio.
func (g *generator) write(d dice, p *person) {
	w := &writer{dice: d, used: g.used, chosen: g.chosen, worded: g.worded, mine: map[int]bool{}, tags: p.tags(),
		replace: p.variables(d)}
	p.Headline = g.headline(w, p)
	s := &story{w: w, issues: sayable("issue", p.Issues), approaches: sayable("approach", p.Approaches),
		groups: sayable("group", p.ClientGroups)}
	for _, part := range strings.Split(pick(d, lines("plans.txt")...), "|") {
		s.paragraph(strings.Fields(part))
	}
	for _, more := range []string{"issue", "way", "first", "approach", "way", "path"} {
		if s.words < fewestWords {
			s.insert(more)
		}
	}
	p.Bio = strings.Join(s.join(), "\n\n")
}

// story is a bio being written.
type story struct {
	w                          *writer
	issues, approaches, groups []string
	parts                      [][]string
	words                      int
}

func (s *story) paragraph(moves []string) {
	var said []string
	for _, m := range moves {
		if s.words > mostWords-25 {
			break
		}
		text := s.move(m)
		if text == "" || s.words+len(strings.Fields(text)) > mostWords {
			continue
		}
		s.words += len(strings.Fields(text))
		said = append(said, text)
	}
	if len(said) > 0 {
		s.parts = append(s.parts, said)
	}
}

// insert adds a move to the shortest paragraph.
func (s *story) insert(m string) {
	at := 0
	for i, said := range s.parts {
		if len(said) < len(s.parts[at]) && i < len(s.parts)-1 {
			at = i
		}
	}
	if text := s.move(m); text != "" {
		s.words += len(strings.Fields(text))
		s.parts[at] = append(s.parts[at], text)
	}
}

func (s *story) move(m string) string {
	switch m {
	case "issue":
		return s.own("issue", &s.issues)
	case "approach":
		return s.own("approach", &s.approaches)
	case "group":
		return s.own("group", &s.groups)
	}
	return s.w.say(m)
}

// own describes one of the person's issues, approaches or groups: of the next three, the one that the
// directory has mentioned least.
func (s *story) own(kind string, list *[]string) string {
	at, least := -1, 0
	for i, v := range (*list)[:min(3, len(*list))] {
		if n := s.w.said(kind + " " + v); at < 0 || n < least {
			at, least = i, n
		}
	}
	if at < 0 {
		return ""
	}
	v := (*list)[at]
	*list = without(*list, []string{v})
	return s.w.say(kind + " " + v)
}

// join builds the paragraphs. A short one is appended to the paragraph before it.
func (s *story) join() []string {
	var out []string
	for _, said := range s.parts {
		text := strings.Join(said, " ")
		if n := len(out); n > 0 && len(strings.Fields(text)) < 18 {
			out[n-1] += " " + text
			continue
		}
		out = append(out, text)
	}
	return out
}

// sayable keeps the values that have fragments.
func sayable(kind string, list []string) []string {
	var out []string
	for _, v := range list {
		if len(fragments().sections[kind+" "+v]) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// tags are the conditions that fragments may put on a person.
func (p *person) tags() map[string]bool {
	evening, weekend := p.calendar.reaches()
	short := ""
	for abbreviation, typ := range typeOf {
		if typ == p.Type {
			short = abbreviation
		}
	}
	_, call := p.FreeConsult()
	trouble := p.troubled()
	remote := has(p.modes(), "video")
	return map[string]bool{
		short: true, "f:" + p.focus.tag: true,
		"psych": short == "clin" || short == "psy" || short == "prov",
		"swork": short == "sw" || short == "mhsw",
		"talk":  short == "couns" || short == "pt",
		"new":   p.years >= 1 && p.years < 5 && short != "prov" && short != "pst",
		"mid":   p.years >= 5 && p.years < 15, "long": p.years >= 15,
		"rooms": p.rooms, "online": p.online, "online2": p.rooms && remote,
		"country": p.country, "city": !p.country,
		"couples": p.couples, "kids": p.kids, "seniors": has(p.ClientGroups, "older-adults"),
		"lang": p.tongue() != "", "born": p.born, "deaf": has(p.Languages, "auslan"),
		"woman": p.Gender == "woman", "man": p.Gender == "man",
		"evenings": evening, "weekend": weekend,
		"reduced": p.Reduced != nil && p.Reduced.Left > 0, "registrar": p.Registrar,
		"medicare": short == "clin" || short == "psy" || short == "ot" || short == "mhsw",
		"trouble":  len(trouble) > 1, "one": len(trouble) > 0 && has(single, trouble[0]),
		"call": call, "ndis": has(p.Funding, "ndis-self-managed"), "access": has(p.Access, "step-free"),
		"faith": len(p.Faiths) > 0,
	}
}

var numbers = []string{"a few", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}

// variables returns the values of the variables in fragments.
func (p *person) variables(d dice) *strings.Replacer {
	years := itoa(p.years)
	if p.years < len(numbers) {
		years = numbers[p.years]
	}
	one, two := phrasesOf(p.troubled())
	return strings.NewReplacer("$years", years, "$suburb", p.Suburb, "$supervisor", p.Supervisor, "$lang", p.tongue(),
		"$city", pick(d, "Melbourne", "Brisbane", "Sydney", "Adelaide", "Perth", "Hobart", "Canberra", "Newcastle"),
		"$Issue", capital(one), "$issue2", two, "$issue", one)
}

// phrases are issues inside a sentence where the label in lower case does not fit.
var phrases = map[string]string{
	"ocd": "OCD", "trauma": "trauma", "digital": "screens", "chronic-illness": "illness", "relationship": "relationships",
	"study":  "study",
	"career": "work", "financial": "money worries", "life-transitions": "life changes", "family-conflict": "family rows",
	"alcohol-drugs": "alcohol and drugs", "separation": "separation", "grief": "grief", "phobias": "phobias",
	"friendship": "friendship",
}

// troubles are the issues that a headline may offer help with. Identity (gender, culture, age) is not one,
// and some subjects do not belong in a headline.
var troubles = strings.Fields(`anxiety panic social-anxiety phobias health-anxiety ocd depression stress burnout sleep
	self-esteem perfectionism loneliness grief trauma separation family-conflict
	parenting career study anger pain chronic-illness life-transitions alcohol-drugs
	gambling digital relationship financial friendship`)

// single are the troubles with a singular verb: "when stress gets in the way".
var single = strings.Fields("anxiety ocd depression stress burnout perfectionism loneliness grief anger pain")

// troubled returns the person's issues that a headline may name, in their order.
func (p *person) troubled() []string { return without(p.Issues, without(p.Issues, troubles)) }

func phrasesOf(issues []string) (string, string) {
	var out [2]string
	for i := range out {
		if i < len(issues) {
			out[i] = phrase(issues[i])
		}
	}
	return out[0], out[1]
}

func phrase(issue string) string {
	if s, ok := phrases[issue]; ok {
		return s
	}
	return strings.ToLower(taxonomy.Issues.Label(issue))
}

const longestHeadline = 90

// headline returns a headline that is not in the directory yet, if a few tries find one.
func (g *generator) headline(w *writer, p *person) string {
	last, tries := "", 12
	if len(g.headlines) > 2000 {
		tries = 2 // a large directory has used up what there is
	}
	for range tries {
		clear(w.mine)
		h := w.say("headline")
		if len([]rune(h)) > longestHeadline || h == "" {
			continue
		}
		if last = h; !g.headlines[h] {
			break
		}
	}
	if last == "" {
		return "Room to think out loud"
	}
	g.headlines[last] = true
	return last
}
