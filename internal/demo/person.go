package demo

import (
	"strconv"
	"time"

	"wattle/internal/directory"
	"wattle/internal/portrait"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// person is a fictional therapist with calendar and bookings.
type person struct {
	directory.Entry
	calendar calendar
	bookings []call

	from    *community
	own     bool // has a given name of their own community
	born    bool // grew up with a language other than English
	country bool
	couples bool
	kids    bool
	online  bool // never in person
	rooms   bool // in person
	focus   *focus
	level   string // of a counsellor or psychotherapist
	years   int
	fate    fate
	cover   portrait.Cover
}

// fate is the state of a practice when the directory is generated.
type fate int

const (
	open    fate = iota
	full         // nothing free within its horizon
	away         // on leave past its horizon
	closed       // takes no new clients
	paused       // listing paused by the practice
	removed      // taken off the list
)

var (
	stateShares = shares("nsw:31 vic:25 qld:19 wa:10 sa:7 tas:3 act:3 nt:2")
	typeShares  = shares(`clinical-psychologist:23 psychologist:26 provisional-psychologist:6 psychiatrist:4
		occupational-therapist:5 mental-health-social-worker:11 social-worker:4 counsellor:14 psychotherapist:7`)
	genderShares = shares("woman:68 man:28 non-binary:3 self-described:1")
	fateShares   = []share[fate]{{open, 83}, {full, 5}, {away, 3}, {closed, 6}, {paused, 2}, {removed, 1}}
)

// profile fills everything but services, calendar and text.
func (g *generator) profile(d dice, i int, a *anchor) *person {
	p := &person{}
	p.Demo, p.Accepting, p.Listing = true, true, directory.Listed
	p.State, p.Type, p.Gender = g.states.at(i), g.types.at(i), g.genders.at(i)
	p.from, p.fate = g.communities.at(i), g.fates.at(i)
	if a != nil {
		p.State, p.Type, p.fate = "nsw", "clinical-psychologist", open
	}
	p.locate(d, a)
	g.name(d, p)
	p.practise(d, i, g.now)
	p.speak(d)
	p.focus = drawFocus(d, p)
	if a != nil {
		p.focus = focusByTag(a.focus)
	}
	p.focus.choose(d, p)
	if a != nil {
		p.Issues = append([]string{"anxiety"}, without(p.Issues, []string{"anxiety"})...)
		p.AlsoIssues = append([]string{"depression"}, without(p.AlsoIssues, []string{"anxiety", "depression"})...)
	}
	p.belong(d)
	p.stand()
	p.draw(d)
	return p
}

func (p *person) locate(d dice, a *anchor) {
	at := gazettes()[p.State].draw(d)
	if a != nil {
		at = region.Find(a.suburb, p.State)[0]
	}
	p.Suburb, p.Postcode, p.Zone = at.Name, at.Postcode, at.Zone()
	p.Lat, p.Lng = jitter(d, at)
	p.country = rural(at)
	p.Street, p.Phone = street(d), phone(d, p.State)
}

// name sets the name and what depends on it: slug, address, video room.
func (g *generator) name(d dice, p *person) {
	gender := p.Gender
	if gender == "self-described" {
		gender = pick(d, "woman", "man", "non-binary")
	}
	n := p.from.named(d, gender)
	p.GivenName, p.FamilyName, p.own = n.given, n.family, n.own
	base := slugOf(n.given, "-") + "-" + slugOf(n.family, "-")
	p.Slug = g.unique(base, slugOf(p.Suburb, "-"))
	p.Email = slugOf(n.given, "-") + "." + slugOf(n.family, "-")
	if p.Slug != base {
		p.Email += "." + p.Slug[len(base)+1:]
	}
	p.Email += "@" + pick(d, "example.com.au", "example.com.au", "example.org")
	p.VideoURL = "https://video.example.org/" + p.Slug
}

// unique returns an unused slug: the name, then with the suburb, then with a number.
func (g *generator) unique(base, suburb string) string {
	slug := base
	for n := 1; g.slugs[slug]; n++ {
		slug = base + "-" + suburb
		if n > 1 {
			slug += "-" + strconv.Itoa(n)
		}
	}
	g.slugs[slug] = true
	return slug
}

// speak sets the languages. People with an English given name are less likely to work in another language.
func (p *person) speak(d dice) {
	p.Languages = []string{"english"}
	likely := 80
	if !p.own {
		likely = 40
	}
	if len(p.from.langs) > 0 && d.chance(likely) {
		p.Languages = append(p.Languages, weighted(d, p.from.langs))
		p.born = true
		if second := weighted(d, p.from.langs); d.chance(25) && !has(p.Languages, second) {
			p.Languages = append(p.Languages, second)
		}
	} else if d.chance(6) {
		p.Languages = append(p.Languages,
			pick(d, "auslan", "auslan", "french", "german", "spanish", "italian", "japanese", "indonesian"))
	}
}

// tongue returns the label of the language besides English, or "".
func (p *person) tongue() string {
	if len(p.Languages) < 2 || p.Languages[1] == "auslan" {
		return ""
	}
	return taxonomy.Languages.Label(p.Languages[1])
}

// belong sets self-described identities and faiths, all consented to. Most people have none.
func (p *person) belong(d dice) {
	add := func(list *[]string, v string, pct int) {
		if d.chance(pct) && !has(*list, v) {
			*list = append(*list, v)
		}
	}
	switch p.from.name {
	case "aboriginal":
		add(&p.Identities, "aboriginal", 70)
	case "islander":
		add(&p.Identities, "torres-strait-islander", 70)
	}
	add(&p.Identities, "cald", map[bool]int{true: 16}[p.born])
	add(&p.Identities, "lgbtqia", map[bool]int{true: 45, false: 5}[p.focus.tag == "queer"])
	add(&p.Identities, "trans-non-binary", map[bool]int{true: 55}[p.Gender == "non-binary"])
	add(&p.Identities, "neurodivergent", map[bool]int{true: 32, false: 3}[p.focus.tag == "neuro"])
	add(&p.Identities, "veteran", map[bool]int{true: 25}[p.focus.tag == "service"])
	add(&p.Identities, "disabled", 2)
	p.dress(d)
	if len(p.Faiths) == 0 && (d.chance(5) || has(p.Issues, "spiritual") && d.chance(40)) {
		p.Faiths = append(p.Faiths,
			pick(d, "christian", "christian", "catholic", "buddhist", "secular", "ex-religious", p.faith()))
	}
	p.affirm(d)
}

// faith guesses the faith that members of a community name most often.
func (p *person) faith() string {
	switch p.from.name {
	case "punjabi":
		return "sikh"
	case "indian":
		return "hindu"
	case "jewish":
		return "jewish"
	case "turkish", "southeastasian":
		return "muslim"
	case "sinhalese", "vietnamese", "chinese", "japanese":
		return "buddhist"
	case "italian", "filipino", "latin":
		return "catholic"
	}
	return "christian"
}

// dress sets a head covering. People who wear a religious one usually offer faith-aware sessions.
func (p *person) dress(d dice) {
	wear := func(c portrait.Cover, pct int, faith string) {
		if p.own && p.cover == portrait.Bare && d.chance(pct) {
			p.cover = c
			if faith != "" && d.chance(60) {
				p.Faiths = []string{faith}
			}
		}
	}
	woman := p.Gender == "woman"
	switch {
	case woman && p.from.name == "arabic" && !has([]string{"Rita", "Nadine", "Mona", "Dalia"}, p.GivenName):
		wear(portrait.Hijab, 34, "muslim")
	case woman && (p.from.name == "southeastasian" || p.from.name == "eastafrican"):
		wear(portrait.Hijab, 30, "muslim")
		wear(portrait.Headwrap, 20, "")
	case woman && p.from.name == "turkish":
		wear(portrait.Hijab, 12, "muslim")
	case woman && p.from.name == "westafrican":
		wear(portrait.Headwrap, 34, "")
	case p.Gender == "man" && p.from.name == "punjabi":
		wear(portrait.Turban, 60, "sikh")
	case p.Gender == "man" && p.from.name == "jewish":
		wear(portrait.Kippah, 30, "jewish")
	}
}

func (p *person) affirm(d dice) {
	strong := map[string]bool{"lgbtqia": has(p.Issues, "lgbtqia"), "aboriginal": has(p.Issues, "first-nations"),
		"neurodivergent": p.focus.tag == "neuro", "veteran": p.focus.tag == "service", "cald": p.born}
	for _, s := range shares(`lgbtqia:30 trans-non-binary:14 neurodivergent:24 cald:18 disabled:10 aboriginal:9
		torres-strait-islander:5 veteran:7`) {
		likely := s.cards
		if strong[s.value] {
			likely = 85
		}
		if d.chance(likely) {
			p.Affirming = append(p.Affirming, s.value)
		}
	}
}

// stand sets the listing and acceptance that follow from the fate.
func (p *person) stand() {
	switch p.fate {
	case closed:
		p.Accepting = false
	case paused:
		p.Listing = directory.Paused
	case removed:
		p.Listing = directory.Unlisted
	}
}

var textures = map[string]portrait.Texture{
	"straight": portrait.Straight, "wavy": portrait.Wavy, "curly": portrait.Curly, "coily": portrait.Coily,
}

func (p *person) draw(d dice) {
	look := map[string]portrait.Look{"woman": portrait.Feminine, "man": portrait.Masculine}[p.Gender]
	if p.Gender != "woman" && p.Gender != "man" {
		look = portrait.Neutral
	}
	age := 26 + p.years + d.IntN(9)
	p.Portrait = portrait.Person{
		Seed: d.IntN(1 << 15), Look: look, Skin: d.between(p.from.skin[0], p.from.skin[1]),
		Hair: pick(d, p.from.hair...), Texture: textures[pick(d, p.from.texture...)],
		Age: min(3, max(0, (age-23)/12)), Cover: p.cover,
	}.Code()
}

// day is the civil date of t in its own zone, as midnight UTC.
func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func itoa(n int) string { return strconv.Itoa(n) }

func padded(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}
