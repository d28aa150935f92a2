package demo

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/portrait"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// asOf is a Monday morning in Sydney.
var asOf = time.Date(2026, 11, 22, 23, 15, 0, 0, time.UTC)

func people(n int, seed uint64) []*person {
	g := newGenerator(seed, asOf)
	out := make([]*person, n)
	for i := range out {
		out[i] = g.next()
	}
	return out
}

func TestTheSameSeedGivesTheSamePeople(t *testing.T) {
	dump := func(seed uint64) []byte {
		var b bytes.Buffer
		for _, p := range people(200, seed) {
			if err := json.NewEncoder(&b).Encode(p.Entry); err != nil {
				t.Fatal(err)
			}
		}
		return b.Bytes()
	}
	if !bytes.Equal(dump(7), dump(7)) {
		t.Error("two runs of seed 7 differ")
	}
	if bytes.Equal(dump(7), dump(8)) {
		t.Error("seeds 7 and 8 make the same people")
	}
}

func TestEverySlugIsKnown(t *testing.T) {
	for _, p := range people(2000, DefaultSeed) {
		check := func(list *taxonomy.List, slugs ...string) {
			for _, s := range slugs {
				if !list.Has(s) {
					t.Errorf("%s: %q is no %s", p.Slug, s, list.Name)
				}
			}
		}
		check(taxonomy.Types, p.Type)
		check(taxonomy.Genders, p.Gender)
		check(taxonomy.Issues, append(slices.Clone(p.Issues), p.AlsoIssues...)...)
		check(taxonomy.Approaches, p.Approaches...)
		check(taxonomy.ClientGroups, p.ClientGroups...)
		check(taxonomy.Languages, p.Languages...)
		check(taxonomy.Affirming, p.Affirming...)
		check(taxonomy.Identities, p.Identities...)
		check(taxonomy.Faiths, p.Faiths...)
		check(taxonomy.Access, p.Access...)
		check(taxonomy.Funding, p.Funding...)
		for _, s := range p.Services {
			check(taxonomy.Formats, s.Format)
			check(taxonomy.Modes, s.Modes...)
		}
		for _, list := range [][]string{p.Issues, p.AlsoIssues, p.Approaches, p.ClientGroups, p.Languages, p.Access, p.Funding, p.Faiths} {
			if sorted := slices.Sorted(slices.Values(list)); len(slices.Compact(sorted)) != len(list) {
				t.Errorf("%s repeats itself: %v", p.Slug, list)
			}
		}
		if len(p.Issues) < 3 || len(p.Issues) > 12 || len(p.Approaches) == 0 {
			t.Errorf("%s: %d issues, %d approaches", p.Slug, len(p.Issues), len(p.Approaches))
		}
	}
}

func TestEveryIssueAndApproachHasWords(t *testing.T) {
	for _, f := range foci() {
		for _, i := range append(slices.Clone(f.core), f.side...) {
			if len(sayable("issue", []string{i})) == 0 {
				t.Errorf("nothing to say about %s", i)
			}
		}
		for _, a := range f.approaches {
			if len(sayable("approach", []string{a})) == 0 {
				t.Errorf("nothing to say about %s", a)
			}
		}
	}
	for section := range fragments().sections {
		kind, slug, _ := strings.Cut(section, " ")
		if kind == "issue" && !taxonomy.Issues.Has(slug) || kind == "approach" && !taxonomy.Approaches.Has(slug) || kind == "group" && !taxonomy.ClientGroups.Has(slug) {
			t.Errorf("words about the unknown %s", section)
		}
	}
}

func TestFeesKeepToTheirBands(t *testing.T) {
	for _, p := range people(2000, DefaultSeed) {
		fee, ok := directory.FeeOf(&p.Profile, "")
		b := bandOf(p.Type, p.level)
		if !ok || fee < money.Cents(b.lo*100) || fee > money.Cents(b.hi*100) {
			t.Errorf("%s, %s: %s", p.Slug, p.Type, fee)
		}
		if p.Reduced != nil && (p.Reduced.Fee >= fee || p.Reduced.Fee < fee/4 || p.Reduced.For == "" || p.Reduced.Left > 4) {
			t.Errorf("%s: reduced %v of %s", p.Slug, *p.Reduced, fee)
		}
		for _, s := range p.Services {
			if (s.Kind == directory.Consultation) != (s.Fee == 0) {
				t.Errorf("%s: %s costs %s", p.Slug, s.Slug, s.Fee)
			}
		}
	}
}

func TestCredentialsMatchTheTitleAndAreCurrent(t *testing.T) {
	today := day(asOf)
	realNumber := regexp.MustCompile(`^(PSY|MED|OCC)0009\d{6}$`)
	numbers := map[string]bool{}
	for _, p := range people(2000, DefaultSeed) {
		if p.Practises() != p.Type {
			t.Errorf("%s practises as %q, listed as %q", p.Slug, p.Practises(), p.Type)
		}
		if (p.Type == "provisional-psychologist") != (p.Supervisor != "") {
			t.Errorf("%s, %s: supervisor %q", p.Slug, p.Type, p.Supervisor)
		}
		for _, c := range p.Credentials {
			if c.Kind == "ahpra" && !realNumber.MatchString(c.Number) {
				t.Errorf("%s: %s could be a real number", p.Slug, c.Number)
			}
			if c.ExpiresOn.Before(today) || !c.CheckedOn.Before(today) || !c.NextCheckOn.After(today) || c.FirstRegistered.After(today) {
				t.Errorf("%s: %+v", p.Slug, c)
			}
			if numbers[c.Kind+c.Number] {
				t.Errorf("%s: %s is somebody else's", p.Slug, c.Number)
			}
			numbers[c.Kind+c.Number] = true
		}
	}
}

func TestNumbersAndAddressesAreFictional(t *testing.T) {
	fiction := regexp.MustCompile(`^(0[2378] (5550|7010) \d{4}|0491 570 (006|156|157|158|159|110))$`)
	emails := map[string]bool{}
	for _, p := range people(2000, DefaultSeed) {
		if !fiction.MatchString(p.Phone) {
			t.Errorf("%s: %s", p.Slug, p.Phone)
		}
		if !strings.HasSuffix(p.Email, "@example.com.au") && !strings.HasSuffix(p.Email, "@example.org") || emails[p.Email] {
			t.Errorf("%s: %s", p.Slug, p.Email)
		}
		emails[p.Email] = true
		if !strings.HasPrefix(p.VideoURL, "https://video.example.org/") || !p.Demo {
			t.Errorf("%s: %s, demo %v", p.Slug, p.VideoURL, p.Demo)
		}
		if !region.PostcodeFits(p.Postcode, p.State) {
			t.Errorf("%s: %s is not in %s", p.Slug, p.Postcode, p.State)
		}
		for _, b := range p.bookings {
			if !strings.HasSuffix(b.client.email, "@example.com") {
				t.Errorf("a client at %s", b.client.email)
			}
		}
	}
}

func TestTheDirectoryIsMixed(t *testing.T) {
	all := people(400, DefaultSeed)
	share := func(name string, lo, hi int, is func(*person) bool) {
		n := 0
		for _, p := range all {
			if is(p) {
				n++
			}
		}
		if n < lo || n > hi {
			t.Errorf("%s: %d of 400, want %d to %d", name, n, lo, hi)
		}
	}
	share("NSW", 115, 135, func(p *person) bool { return p.State == "nsw" })
	share("NT", 6, 10, func(p *person) bool { return p.State == "nt" })
	share("women", 260, 285, func(p *person) bool { return p.Gender == "woman" })
	share("free calls", 300, 350, func(p *person) bool { _, ok := p.FreeConsult(); return ok })
	share("reduced fee", 110, 165, func(p *person) bool { return p.Reduced != nil })
	share("no reduced place left", 15, 50, func(p *person) bool { return p.Reduced != nil && p.Reduced.Left == 0 })
	share("another language", 120, 240, func(p *person) bool { return len(p.Languages) > 1 })
	share("not accepting", 18, 30, func(p *person) bool { return !p.Accepting })
	share("listed", 384, 392, func(p *person) bool { return p.Listing == directory.Listed })
	share("evenings or weekends", 120, 260, func(p *person) bool { return has(p.Access, "evenings-weekends") })
	share("outside the cities", 60, 200, func(p *person) bool { return p.country })
}

func TestTheAnchorsExist(t *testing.T) {
	sydney := 0
	all := people(400, 99)
	for i, a := range anchors {
		p := all[i]
		_, call := p.FreeConsult()
		evening, _ := p.calendar.reaches()
		low, _ := directory.LowestFee(&p.Profile, "")
		if p.State != "nsw" || p.Title() != "Clinical Psychologist" || p.Listing != directory.Listed || !p.Accepting || !call || !evening ||
			low > 160_00 || p.Reduced.Left == 0 || !has(p.Issues, "anxiety") {
			t.Errorf("%s in %s is no anchor: %s, %s, %v", p.Slug, a.suburb, p.Title(), low, p.Listing)
		}
		if region.Distance(p.Lat, p.Lng, -33.87, 151.21) < 30 && has(p.Modes(), "video") {
			sydney++
		}
	}
	if sydney < 2 || len(anchors) < 3 {
		t.Errorf("%d anchors, %d of them in Sydney", len(anchors), sydney)
	}
}

func TestPortraitsMatchTheirPeople(t *testing.T) {
	for _, p := range people(400, DefaultSeed) {
		if p.Portrait < 0 || p.Portrait > 1<<31-1 {
			t.Errorf("%s: portrait %d does not fit its column", p.Slug, p.Portrait)
		}
		drawn := portrait.From(p.Portrait)
		if p.Gender == "woman" && drawn.Look != portrait.Feminine || p.Gender == "man" && drawn.Look != portrait.Masculine || drawn.Cover != p.cover {
			t.Errorf("%s, %s, is drawn as %+v", p.Slug, p.Gender, drawn)
		}
	}
}
