package demo

import (
	"regexp"
	"strings"
	"testing"
)

// banned is what advertising of a health service may not say (National Law s133, domain facts §2),
// and words that come too near.
var banned = regexp.MustCompile(`(?i)testimonial|review|client said|clients say|\bcure|guarantee|specialis|specialt|expert|\bbest\b|leading|#1|proven|risk.free|\btop\b|renowned|` +
	`award|success|life.changing|transform|before and after|heal(ed|ing)\b|recommend(ed)? me|highly|effective|world.class|discount|\bfix(es)? you`)

func TestTextsContainNoUnlawfulClaims(t *testing.T) {
	psychologist, clinical, doctor := regexp.MustCompile(`(?i)psycholog`), regexp.MustCompile(`(?i)\bclinical`), regexp.MustCompile(`\bDr\b`)
	for _, p := range people(2000, DefaultSeed) {
		said := p.Headline + " " + p.Bio
		if p.Reduced != nil {
			said += " " + p.Reduced.For
		}
		if m := banned.FindString(said); m != "" {
			t.Errorf("%s says %q: %s", p.Slug, m, said)
		}
		psych := strings.HasSuffix(p.Type, "psychologist")
		if !psych && psychologist.MatchString(said) {
			t.Errorf("%s, %s, speaks of psychology: %s", p.Slug, p.Type, said)
		}
		if p.Type != "clinical-psychologist" && clinical.MatchString(said) {
			t.Errorf("%s, %s, calls something clinical: %s", p.Slug, p.Type, said)
		}
		if doctor.MatchString(said) {
			t.Errorf("%s: a bare Dr: %s", p.Slug, said)
		}
	}
}

func TestTextsAreWellFormed(t *testing.T) {
	odd := regexp.MustCompile(`[{}|$]|  |\.\.|,\.|\?\.| ,|\n\n\n|\b(a|A) [aeioAEIO]\w+|[a-z]\.[A-Z]|\b(the the|and and|to to)\b`)
	spoken := regexp.MustCompile(`^a (one|eucalypt|uni|euro)`)
	for _, p := range people(2000, DefaultSeed) {
		if n := len([]rune(p.Headline)); n == 0 || n > 90 {
			t.Errorf("%s: a headline of %d characters: %s", p.Slug, n, p.Headline)
		}
		if n := len(strings.Fields(p.Bio)); n < 90 || n > 180 {
			t.Errorf("%s: a bio of %d words", p.Slug, n)
		}
		for _, s := range []string{p.Headline, p.Bio} {
			if m := odd.FindString(s); m != "" && !spoken.MatchString(strings.ToLower(m)) {
				t.Errorf("%s: %q in: %s", p.Slug, m, s)
			}
		}
	}
}

var sentenceEnd = regexp.MustCompile(`[.?!]"?\s+`)

func sentences(bio string) []string {
	return sentenceEnd.Split(strings.TrimRight(bio, ".?!"), -1)
}

// TestBiosDoNotRepeatEachOther counts whole sentences of five words and more.
func TestBiosDoNotRepeatEachOther(t *testing.T) {
	all := people(400, DefaultSeed)
	seen := map[string][]int{}
	for i, p := range all {
		for _, s := range sentences(p.Bio) {
			if len(strings.Fields(s)) >= 5 {
				seen[s] = append(seen[s], i)
			}
		}
	}
	pairs := map[[2]int]int{}
	commonest, often := "", 0
	for s, at := range seen {
		if len(at) > often {
			commonest, often = s, len(at)
		}
		for i := range at {
			for j := range i {
				pairs[[2]int{at[j], at[i]}]++
			}
		}
	}
	worst, many := 0, 0
	for _, n := range pairs {
		worst = max(worst, n)
		if n > 1 {
			many++
		}
	}
	t.Logf("commonest sentence in %d of 400 bios (%s); the likest pair shares %d; %d pairs of 79,800 share two or more", often, commonest, worst, many)
	if often > 9 || worst > 4 || many > 600 {
		t.Error("bios repeat each other")
	}
	headlines := map[string]int{}
	for _, p := range all {
		if headlines[p.Headline]++; headlines[p.Headline] > 3 {
			t.Errorf("headline used %d times: %s", headlines[p.Headline], p.Headline)
		}
	}
	t.Logf("%d headlines for 400 people", len(headlines))
}
