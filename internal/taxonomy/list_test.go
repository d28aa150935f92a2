package taxonomy

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func TestEveryTermIsValid(t *testing.T) {
	for _, l := range Lists() {
		if l.Len() == 0 || l.Len() > l.Limit {
			t.Errorf("%s: %d terms, limit %d", l.Name, l.Len(), l.Limit)
		}
		seen := map[string]bool{}
		for i, term := range l.All() {
			if term.Index != i || l.Index(term.Slug) != i || seen[term.Slug] || !slugForm.MatchString(term.Slug) {
				t.Errorf("%s: %+v is misplaced, repeated or malformed", l.Name, term)
			}
			seen[term.Slug] = true
			if term.Label == "" || term.Plural == "" || strings.TrimSpace(term.Label) != term.Label {
				t.Errorf("%s/%s: label %q", l.Name, term.Slug, term.Label)
			}
			if term.Parent != "" && !l.Has(term.Parent) {
				t.Errorf("%s/%s: parent %q is not in the list", l.Name, term.Slug, term.Parent)
			}
			for _, s := range term.Synonyms {
				if Normalise(s) == "" {
					t.Errorf("%s/%s: synonym %q is nothing", l.Name, term.Slug, s)
				}
			}
		}
	}
}

// One route serves /therapists/{state}/{subject}: a type, an issue, or "near".
func TestSlugsInAddressesAreDisjoint(t *testing.T) {
	taken := map[string]string{"near": "the near page"}
	for _, s := range []string{"nsw", "vic", "qld", "sa", "wa", "tas", "act", "nt"} {
		taken[s] = "a state"
	}
	for _, l := range []*List{Types, Issues} {
		for _, slug := range l.Slugs() {
			if what, ok := taken[slug]; ok {
				t.Errorf("%s %q is also %s", l.Name, slug, what)
			}
			taken[slug] = l.Name
		}
	}
}

func TestTheNineTypesOfTheContract(t *testing.T) {
	want := []string{"clinical-psychologist", "psychologist", "provisional-psychologist", "psychiatrist", "occupational-therapist",
		"mental-health-social-worker", "social-worker", "counsellor", "psychotherapist"}
	if got := Types.Slugs(); !slices.Equal(got, want) {
		t.Errorf("types are %v", got)
	}
	for _, slug := range want {
		ty, ok := TypeOf(slug)
		if !ok || ty.Title == "" || ty.Regulator == "" || ty.Board == "" {
			t.Errorf("%s: %+v", slug, ty)
		}
		if ty.Registered != (ty.Regulator == "Ahpra") || ty.Registered != (ty.Prefix != "") {
			t.Errorf("%s: only Ahpra registers, and its numbers have a prefix", slug)
		}
		if ty.GSTFree && ty.GSTUnsure {
			t.Errorf("%s: GST is either sure or not", slug)
		}
	}
	for slug, free := range map[string]bool{"psychologist": true, "social-worker": true, "counsellor": false, "psychotherapist": false} {
		if ty, _ := TypeOf(slug); ty.GSTFree != free {
			t.Errorf("%s: GST-free %v", slug, ty.GSTFree)
		}
	}
	if _, ok := TypeOf("therapist"); ok {
		t.Error("a therapist is no profession")
	}
}

// The issue slugs of domain facts §8 are addresses: none may disappear.
func TestIssueSlugsAreComplete(t *testing.T) {
	const slugs = `anxiety panic social-anxiety phobias health-anxiety ocd depression bipolar perinatal stress burnout anger sleep
		self-esteem perfectionism loneliness suicidal-thoughts self-harm trauma complex-trauma sexual-assault family-violence
		narcissistic-abuse grief dissociation workplace-trauma disaster adhd autism audhd learning assessment relationship infidelity
		separation premarital family-conflict parenting attachment codependency sex-intimacy non-monogamy dating friendship lgbtqia
		gender first-nations migration spiritual life-transitions career study men women ageing financial eating-disorders
		alcohol-drugs gambling digital chronic-illness pain brain-injury personality psychosis hoarding legal`
	want := strings.Fields(slugs)
	if got := Issues.Slugs(); !slices.Equal(got, want) {
		t.Errorf("issues are %v", got)
	}
	if got := Issues.Narrower("anxiety"); !slices.Equal(got, []string{"anxiety", "panic"}) {
		t.Errorf("anxiety covers %v", got)
	}
	for slug, panel := range map[string]Panel{"suicidal-thoughts": PanelCrisis, "self-harm": PanelCrisis, "sexual-assault": PanelViolence, "family-violence": PanelViolence, "anxiety": PanelNone} {
		if term, _ := Issues.BySlug(slug); term.Panel != panel {
			t.Errorf("%s shows %q", slug, term.Panel)
		}
	}
	if got := len(Issues.Sections()); got != 6 {
		t.Errorf("%d groups of issues", got)
	}
}

func TestSlugsOfTheContract(t *testing.T) {
	for _, c := range []struct {
		list *List
		slug string
	}{
		{Languages, "mandarin"}, {Languages, "auslan"}, {Modes, "in-person"}, {Modes, "video"}, {Modes, "phone"},
		{Formats, "child-with-parent"}, {Formats, "couple"}, {Genders, "non-binary"}, {Genders, "woman"}, {Approaches, "eft"},
		{Approaches, "tapping"}, {Funding, "medicare"}, {Faiths, "ex-religious"}, {Access, "step-free"}, {ClientGroups, "veterans"},
		{Affirming, "lgbtqia"}, {Settings, "walk-and-talk"},
	} {
		if !c.list.Has(c.slug) {
			t.Errorf("%s lacks %s", c.list.Name, c.slug)
		}
	}
	if Modes.Len() != 3 {
		t.Errorf("bookable modes: %v", Modes.Slugs())
	}
}

func TestLanguagesHaveTheirCode(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Languages.All() {
		if len(l.Code) != 3 || seen[l.Code] {
			t.Errorf("%s: code %q", l.Label, l.Code)
		}
		seen[l.Code] = true
	}
	if term, _ := Languages.BySlug("mandarin"); term.Code != "cmn" {
		t.Errorf("Mandarin is %s", term.Code)
	}
}

func TestUnknownSlugs(t *testing.T) {
	if _, ok := Issues.BySlug("Anxiety"); ok || Issues.Index("x") != -1 || Issues.Has("") || Issues.Label("x") != "x" {
		t.Error("an unknown slug is in no list")
	}
}
