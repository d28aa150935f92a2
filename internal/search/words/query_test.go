package words

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// anyPsychologist is the query of "psychologist": every holder of that title.
const anyPsychologist = "type=clinical-psychologist&type=psychologist&type=provisional-psychologist"

// query writes the parsed values as a query string.
func (u Understanding) query() string {
	out := url.Values{}
	for _, v := range u.Values() {
		out.Add(v.Group, v.Value)
	}
	return out.Encode()
}

func understand(text string) Understanding {
	f := search.All()
	f.Q = text
	return Understand(f)
}

func TestFreeTextBecomesFilters(t *testing.T) {
	for _, c := range understood {
		u := understand(c.text)
		if got, want := u.query(), strings.ReplaceAll(c.values, "PSY", anyPsychologist); got != want || u.Filter.Q != c.left {
			t.Errorf("%q yields %s and leaves %q, want %s and %q", c.text, got, u.Filter.Q, want, c.left)
		}
		if u.Text != c.text {
			t.Errorf("the text of %q is %q", c.text, u.Text)
		}
	}
}

// Names, figures of speech, amounts that are not limits and text about danger yield no filter.
func TestPlainTextYieldsNoFilter(t *testing.T) {
	for _, text := range plainTexts {
		if u := understand(text); u.Any() || u.Filter.Q != text {
			t.Errorf("%q yields %s and leaves %q: %+v", text, u.query(), u.Filter.Q, u.Notes)
		}
	}
}

func TestNegatedTermsAreNotFilters(t *testing.T) {
	u := understand("anxiety psychologist in parramatta, not online")
	if u.Filter.Modes != nil || u.Filter.Q != "not online" || len(u.Filter.Issues) != 1 || u.Filter.Near.IsZero() {
		t.Errorf("yields %s and leaves %q", u.query(), u.Filter.Q)
	}
	if u := understand("no waiting list, not coping"); u.query() != "accepting=true&issue=stress" {
		t.Errorf("yields %s", u.query())
	}
}

func TestUnderPressureIsStressNotAPrice(t *testing.T) {
	if u := understand("under pressure"); u.query() != "issue=stress" || u.Filter.MaxFee.Set {
		t.Errorf("yields %s", u.query())
	}
}

// The parser never guesses which suburb of a shared name is meant: it offers the candidates and keeps
// the name as a word. A state, selected or named, decides.
func TestAnAmbiguousSuburbIsAChoice(t *testing.T) {
	u := understand("anxiety therapist within 5 km of Newtown")
	if len(u.Notes) != 1 || u.Filter.Q != "newtown" || !u.Filter.Near.IsZero() || u.query() != "issue=anxiety" {
		t.Fatalf("%+v, %q", u.Notes, u.Filter.Q)
	}
	states := map[string]bool{}
	for _, c := range u.Notes[0].Choices {
		states[c.Filter.Near.State] = true
		if c.Filter.Near.Name != "Newtown" || c.Filter.Q != "" || c.Filter.WithinKm != 5 ||
			!c.Filter.Has("issue", "anxiety") {
			t.Errorf("the choice %s is %s", c.Label, c.Filter.Encode())
		}
		if again, err := search.Parse(c.Filter.Values()); err != nil || again.Near.Text != c.Filter.Near.Text {
			t.Errorf("the choice %s does not parse: %v", c.Label, err)
		}
	}
	if len(states) < 2 {
		t.Errorf("the choices are all in %v", states)
	}
	f := search.All().With("state", "nsw")
	f.Q = "newtown"
	if u := Understand(f); u.Filter.Near.Postcode != "2042" || len(u.Notes) > 0 {
		t.Errorf("with a state chosen: %+v %+v", u.Filter.Near, u.Notes)
	}
	if u := understand("newtown nsw or brunswick vic"); len(u.Notes) != 1 || len(u.Notes[0].Choices) != 2 {
		t.Errorf("two places: %+v", u.Notes)
	}
}

func TestSelectedValuesWinOverTheText(t *testing.T) {
	hand := search.All().With("type", "psychologist").With("max_fee", "100").With("available", "week").With("issue",
		"grief")
	hand.Q = "counsellor anxiety under 150 evenings emdr"
	u := Understand(hand)
	if got := u.query(); got != "approach=emdr" {
		t.Errorf("parsed %s", got)
	}
	if u.Filter.Q != "counsellor anxiety" {
		t.Errorf("left over %q, want the words that can match as text", u.Filter.Q)
	}
	if len(u.Notes) != 2 || u.Notes[0].Field != "max_fee" || u.Notes[1].Field != "available" {
		t.Errorf("notes %+v, want one for each dropped phrase", u.Notes)
	}
	for _, g := range []string{"type", "max_fee", "available", "issue"} {
		if !slices.Equal(u.Filter.Values()[g], hand.Values()[g]) {
			t.Errorf("%s became %v", g, u.Filter.Values()[g])
		}
	}
	same := search.All().With("issue", "anxiety")
	same.Q = "anxiety"
	if u := Understand(same); u.Filter.Q != "" || len(u.Meanings) > 0 {
		t.Errorf("a value already selected leaves %q and %+v", u.Filter.Q, u.Meanings)
	}
}

func TestAsTypedSkipsParsing(t *testing.T) {
	f := search.All()
	f.Q, f.AsTyped = "anxiety newtown nsw", true
	if u := Understand(f); u.Any() || u.Filter.Q != f.Q {
		t.Errorf("%+v", u)
	}
	v := f.Values()
	if v.Get("understand") != "false" {
		t.Errorf("the query is %s", v.Encode())
	}
	if again, err := search.Parse(v); err != nil || !again.AsTyped {
		t.Errorf("%+v, %v", again, err)
	}
	if f.Without("q", "").AsTyped {
		t.Error("AsTyped stays set without words")
	}
}

// The search box completes to these texts: every suburb label, and every label of an issue or
// profession.
func TestOwnLabelsAreUnderstood(t *testing.T) {
	for _, p := range region.Places() {
		if p.Postcode == "" {
			continue
		}
		for _, text := range []string{p.Label(), "anxiety " + p.Label(), "psychologist near " + p.Label()} {
			if u := understand(text); u.Filter.Near.Name != p.Name && u.Filter.Near.Postcode != p.Postcode || u.Filter.Q != "" {
				t.Errorf("%q resolves to %q and leaves %q %+v", text, u.Filter.Near.Text, u.Filter.Q, u.Notes)
			}
		}
	}
	for group, list := range map[string]*taxonomy.List{"issue": taxonomy.Issues, "type": taxonomy.Types} {
		for _, term := range list.All() {
			_, danger := taxonomy.Crisis(term.Label)
			if u := understand(term.Label); !danger && (!u.Filter.Has(group, term.Slug) || u.Filter.Q != "") {
				t.Errorf("%q yields %s and leaves %q", term.Label, u.query(), u.Filter.Q)
			}
		}
	}
}

// sentences yields random combinations of everything the parser knows.
func sentences(r *rand.Rand, yield func(parts []string)) {
	all := []string{"anxiety", "psychologist", "emdr", "under $120", "evenings", "telehealth", "in parramatta",
		"for kids", "ndis", "arabic", "no waiting list", "free consultation"}
	for range 400 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		yield(all[:1+r.IntN(len(all))])
	}
}

func TestPhraseOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sentences(r, func(parts []string) {
		want := understand(strings.Join(parts, " ")).Filter
		other := slices.Clone(parts)
		r.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		got := understand(strings.Join(other, " ")).Filter
		if got.Encode() != want.Encode() || got.Q != "" {
			t.Errorf("%q yields %s, %q yields %s", parts, want.Encode(), other, got.Encode())
		}
	})
}

// stable fails unless the result is a valid query and parsing it again changes nothing.
func stable(t *testing.T, text string) {
	t.Helper()
	u := understand(text)
	if strict, err := search.Parse(u.Filter.Values()); err != nil || strict.Encode() != u.Filter.Encode() {
		t.Errorf("%q becomes %s, which Parse rejects: %v", text, u.Filter.Encode(), err)
	}
	again := Understand(u.Filter)
	if again.Filter.Encode() != u.Filter.Encode() || len(again.Meanings) > 0 {
		t.Errorf("%q becomes %s, and that %s", text, u.Filter.Encode(), again.Filter.Encode())
	}
}

func TestUnderstandIsIdempotent(t *testing.T) {
	var tokens []string
	for _, c := range understood {
		stable(t, c.text)
		tokens = append(tokens, strings.Fields(c.text)...)
	}
	for _, l := range taxonomy.Lists() {
		for _, term := range l.All() {
			stable(t, term.Label)
			for _, s := range term.Synonyms {
				stable(t, s)
				tokens = append(tokens, strings.Fields(s)...)
			}
		}
	}
	for _, p := range region.Places() {
		tokens = append(tokens, strings.Fields(p.Name)...)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 8000 {
		var some []string
		for range 1 + r.IntN(8) {
			some = append(some, tokens[r.IntN(len(tokens))])
		}
		stable(t, strings.Join(some, " "))
	}
}

func TestUnrelatedWordsYieldNothing(t *testing.T) {
	plain := strings.Fields(`table window garden river stone paper bottle yellow purple quickly slowly carpet engine ladder button
		feather basket hammer kettle lantern magnet needlework orchard pebble quilt ribbon saddle teapot umbrella velvet wagon zebra anchor barrel
		candle desk envelope fountain guitar helmet igloo jacket kitchen lemon mirror notebook ocean pencil quiver rocket scissors ticket utensil
		violin whistle xylophone yoghurt zipper apple banana-cake cherry donkey elephant forty gravel horse inkwell jigsaw kangaroo leaf mountain
		nine oven pillow queue rainbow seventeen thunder unicorn vinegar walnut yard arrow blanket cloud drawer eagle fence glove hinge island jar`)
	r := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		var some []string
		for range 1 + r.IntN(6) {
			some = append(some, plain[r.IntN(len(plain))])
		}
		if u := understand(strings.Join(some, " ")); u.Any() {
			t.Errorf("%q yields %s %+v", some, u.query(), u.Notes)
		}
	}
}

func TestTextAboutDangerIsNotParsed(t *testing.T) {
	for _, danger := range []string{"i want to die", "suicidal", "self harm", "my partner hits me", "i cant go on"} {
		for _, c := range understood[:20] {
			if u := understand(c.text + " " + danger); u.Any() || u.Filter.Q != c.text+" "+danger {
				t.Errorf("%q was parsed", u.Text)
			}
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, c := range understood {
		f.Add(c.text)
	}
	for _, s := range []string{"\xff\x00", "$", "$$$9", "under under under", strings.Repeat("in ", 300),
		"in in newtown", "99.99.99", "aud 7p5", "within 0 km of", "٣", "p9p9", "dr dr dr"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		query, notes := search.ParseLenient(map[string][]string{"q": {text}})
		if len(notes) > 0 || query.Q == "" {
			return
		}
		stable(t, query.Q)
	})
}

// Parsing is linear in the text and stops at the longest query allowed.
func BenchmarkUnderstand(b *testing.B) {
	for name, text := range map[string]string{
		"short":   "anxiety parramatta",
		"long":    "anxiety therapist in Newtown NSW who speaks Arabic under $120 on weekends",
		"longest": strings.Repeat("in newtown under ", 11),
		"endless": strings.Repeat("in newtown under ", 4000),
	} {
		b.Run(name, func(b *testing.B) {
			f := search.All()
			f.Q = text
			b.ReportAllocs()
			for b.Loop() {
				Understand(f)
			}
		})
	}
}

// The table of names holds only words that are also a term or a place.
func TestEveryNameIsAlsoATermOrPlace(t *testing.T) {
	for _, word := range taxonomy.Names() {
		n, _ := taxonomy.Lead([]string{word})
		_, state := region.ParseState(word)
		if n == 0 && !state && len(region.Find(word, "")) == 0 && phrasesByFirst()[word] == nil {
			t.Errorf("%q is neither a place nor a term", word)
		}
	}
}

// Parsing is linear in the number of words. The test counts allocations, because times depend on the
// machine.
func TestUnderstandIsLinear(t *testing.T) {
	cost := func(n int) float64 {
		f := search.All()
		f.Q = strings.TrimSpace(strings.Repeat("in newtown under zebra ", n))
		return testing.AllocsPerRun(5, func() { Understand(f) })
	}
	if two, ten := cost(2), cost(10); ten > 8*two {
		t.Errorf("five times as many words make %.0f allocations, %.0f before", ten, two)
	}
}
