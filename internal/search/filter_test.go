package search

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wattle/internal/fault"
	"wattle/internal/region"
)

func parse(t *testing.T, query string) (Filter, error) {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(v)
}

func must(t *testing.T, query string) Filter {
	t.Helper()
	f, err := parse(t, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return f
}

func TestParseReadsEveryParameter(t *testing.T) {
	f := must(t, "q=cant+sleep&state=nsw,vic&type=counsellor&issue=panic&issue=anxiety&issue_match=all&approach=emdr&group=adults&language=mandarin"+
		"&gender=woman&affirming=lgbtqia&faith=muslim&access=step-free&mode=in-person&format=couple&postcode=2042&near=Newtown+NSW&within_km=10"+
		"&max_fee=160&reduced=true&max_gap=0&funding=medicare&free_consultation=true&available=today,evening&accepting=true&sort=distance&page=3&per_page=50")
	want := Filter{Q: "cant sleep", States: []string{"nsw", "vic"}, Types: []string{"counsellor"},
		Issues: []string{"anxiety", "panic"}, AllIssues: true,
		Approaches: []string{"emdr"}, Groups: []string{"adults"}, Languages: []string{"mandarin"},
		Genders: []string{"woman"}, Affirming: []string{"lgbtqia"},
		Faiths: []string{"muslim"}, Access: []string{"step-free"}, Modes: []string{"in-person"},
		Formats: []string{"couple"}, Postcode: "2042", WithinKm: 10,
		MaxFee: Limit{true, 160_00}, MaxGap: Limit{true, 0}, Funding: []string{"medicare"}, Reduced: true,
		FreeConsultation: true,
		Available:        []string{"evening", "today"}, Accepting: true, Sort: Distance, Page: 3, PerPage: 50, Near: f.Near}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("got\n%+v, want\n%+v", f, want)
	}
	if f.Near.Name != "Newtown" || f.Near.State != "nsw" || f.Near.Lat > -33 {
		t.Errorf("near is %+v", f.Near)
	}
}

func TestParseRejectsUnknownAndMalformedParameters(t *testing.T) {
	for query, field := range map[string]string{
		"colour=red": "colour", "utm_source=x": "utm_source", "state=xyz": "state", "state=nsw,": "state", "state=": "state", "type=psychologists": "type",
		"max_fee=lots": "max_fee", "max_fee=-5": "max_fee", "max_fee=1e3": "max_fee", "max_fee=": "max_fee",
		"max_fee=100&max_fee=120": "max_fee",
		"max_gap=12.345":          "max_gap", "page=0": "page", "page=x": "page", "page=1&page=2": "page",
		"per_page=51": "per_page", "per_page=0": "per_page",
		"reduced=yes": "reduced", "accepting=1": "accepting", "available=now": "available",
		"issue_match=some": "issue_match", "sort=best": "sort",
		"sort=distance": "sort", "within_km=10": "within_km", "near=newtown+nsw&within_km=0": "within_km",
		"near=newtown+nsw&within_km=9999": "within_km",
		"near=Nowhereville":               "near", "near=Richmond": "near", "postcode=20": "postcode", "postcode=abcd": "postcode",
		"q=" + strings.Repeat("x", 201): "q", "q=%FF": "q", "q=a%00b": "q", "q=a&q=b": "q", "price=0-100": "price",
	} {
		_, err := parse(t, query)
		e, ok := fault.As(err)
		if !ok || e.Kind != fault.Malformed || len(e.Fields) != 1 || e.Fields[0].Name != field {
			t.Errorf("%s: %v, want an error on %s", query, err, field)
		}
	}
}

func TestAmbiguousPlaceListsItsChoices(t *testing.T) {
	_, err := parse(t, "near=Richmond")
	e, ok := fault.As(err)
	if !ok || len(e.Fields) != 1 || !strings.Contains(e.Fields[0].Message, "Richmond NSW") ||
		!strings.Contains(e.Fields[0].Message, "Richmond Vic") {
		t.Fatalf("%v", err)
	}
	if f := must(t, "near=Richmond&state=vic"); f.Near.State != "vic" {
		t.Errorf("with a state: %+v", f.Near)
	}
	if f := must(t, "near=Queanbeyan&state=act"); f.Near.State != "nsw" {
		t.Errorf("over the border: %+v", f.Near)
	}
	f, notes := ParseLenient(url.Values{"near": {"Richmond"}, "within_km": {"10"}, "sort": {"distance"},
		"type": {"counsellor"}})
	if len(notes) != 1 || len(notes[0].Choices) < 2 || !f.Near.IsZero() || f.Sort != "" {
		t.Fatalf("%+v, %+v", f, notes)
	}
	c := notes[0].Choices[0].Filter
	if c.Near.IsZero() || c.WithinKm != 10 || !c.Has("type", "counsellor") {
		t.Errorf("the choice is %+v", c)
	}
}

func TestParseLenientDropsInvalidParameters(t *testing.T) {
	v, _ := url.ParseQuery("utm_source=x&state=nsw&state=xyz&max_fee=lots&page=2&page=3&per_page=900&near=&within_km=25&q=&gclid=1&sort=distance&available=week")
	f, notes := ParseLenient(v)
	want := All().With("state", "nsw").With("available", "week").AtPage(2)
	if !reflect.DeepEqual(f, want) {
		t.Errorf("got %+v", f)
	}
	var fields []string
	for _, n := range notes {
		fields = append(fields, n.Field)
		if n.Message == "" {
			t.Errorf("no message for %s", n.Field)
		}
	}
	slices.Sort(fields)
	if !slices.Equal(fields, []string{"max_fee", "per_page", "sort", "state"}) {
		t.Errorf("notes on %v", fields)
	}
}

func TestAnEmptyFormIsAll(t *testing.T) {
	v := url.Values{}
	for _, g := range table().chips {
		v.Set(g.Name, "")
	}
	for _, name := range []string{"q", "near", "within_km", "max_fee", "max_gap", "postcode", "sort", "page",
		"per_page", "issue_match"} {
		v.Set(name, "")
	}
	f, notes := ParseLenient(v)
	if !reflect.DeepEqual(f, All()) || len(notes) > 0 || f.Encode() != "" || !f.Empty() {
		t.Errorf("%+v, %+v, %q", f, notes, f.Encode())
	}
}

// randomQuery returns a random valid query.
func randomQuery(r *rand.Rand) url.Values {
	v := url.Values{}
	for _, g := range Groups() {
		if r.IntN(3) > 0 || g.Name == "price" {
			continue
		}
		v.Add(g.Name, g.Values[r.IntN(len(g.Values))])
		if g.Many {
			v.Add(g.Name, strings.ToUpper(g.Values[r.IntN(len(g.Values))])+" , "+g.Values[r.IntN(len(g.Values))])
		}
	}
	maybe := func(name string, values ...string) {
		if r.IntN(3) == 0 {
			v.Set(name, values[r.IntN(len(values))])
		}
	}
	maybe("q", "  two   words ", "panic & “worry”", "é+%", "a,b")
	maybe("issue_match", "any", "all")
	maybe("postcode", "2042", "0800")
	maybe("max_fee", "0", "160", "$78.45", "1,200")
	maybe("max_gap", "0", "99.5")
	maybe("page", "1", "7")
	maybe("per_page", "20", "50")
	maybe("sort", "relevance", "soonest", "price")
	places := region.Places()
	if r.IntN(2) == 0 {
		v.Set("near", PlaceOf(places[r.IntN(len(places))]).Text)
		maybe("within_km", "1", "500")
		maybe("sort", "distance")
	}
	return v
}

func TestEncodeRoundTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		v := randomQuery(r)
		f, err := Parse(v)
		if err != nil {
			t.Fatalf("%v: %v", v, err)
		}
		again := must(t, f.Encode())
		if !reflect.DeepEqual(f, again) {
			t.Fatalf("%q\n%+v\n%+v", f.Encode(), f, again)
		}
		if lenient, notes := ParseLenient(f.Values()); len(notes) > 0 || !reflect.DeepEqual(f, lenient) {
			t.Fatalf("%q: %+v", f.Encode(), notes)
		}
		for _, a := range f.Active() {
			if a.Label() == "" {
				t.Fatalf("no label for %v", a)
			}
		}
	}
}

func TestEncodeEqualsEncodedValues(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		f, err := Parse(randomQuery(r))
		if err != nil {
			t.Fatal(err)
		}
		f.AsTyped, f.PerPage = r.IntN(2) == 0, r.IntN(MaxPerPage+2)-1 // also values no query yields
		if got, want := f.Encode(), f.Values().Encode(); got != want {
			t.Fatalf("Encode\n%s\nValues.Encode\n%s", got, want)
		}
		if narrow := f.Q != "" || len(f.Active()) > 0; f.Empty() == narrow {
			t.Fatalf("%q: Empty is %v", f.Encode(), f.Empty())
		}
	}
	for i := range 256 {
		if f := (Filter{Q: "a" + string([]byte{byte(i)}) + "b"}); f.Encode() != f.Values().Encode() {
			t.Errorf("byte %d: %s, want %s", i, f.Encode(), f.Values().Encode())
		}
	}
}

// A place's canonical text resolves to the same place without the state beside it.
func TestCanonicalPlaceTextRoundTrips(t *testing.T) {
	for _, p := range region.Places() {
		at, choices := FindPlace(PlaceOf(p).Text, []string{p.State})
		for _, c := range choices {
			if got, more := FindPlace(c.Text, nil); got != c || len(more) > 0 {
				t.Fatalf("choice %q resolves to %q, %d choices", c.Text, got.Text, len(more))
			}
		}
		if len(choices) > 0 {
			continue
		}
		if at.IsZero() || at.State != p.State {
			t.Fatalf("%s resolves to %q", p.Label(), at.Text)
		}
		if got, more := FindPlace(at.Text, nil); got != at || len(more) > 0 {
			t.Fatalf("%q resolves to %q, %d choices", at.Text, got.Text, len(more))
		}
	}
}

func TestWithAndWithout(t *testing.T) {
	f := All().With("issue", "panic").With("issue", "anxiety").With("issue_match", "all").With("near",
		"newtown-2042").With("within_km", "10").
		With("sort", "distance").With("max_fee", "160").With("reduced", "true").AtPage(4)
	if got := f.Encode(); got != "issue=anxiety&issue=panic&issue_match=all&max_fee=160&near=newtown+nsw+2042&page=4&reduced=true&sort=distance&within_km=10" {
		t.Errorf("%s", got)
	}
	if !f.Has("issue", "panic") || !f.Has("max_fee", "160") || !f.Has("reduced", "true") || f.Has("issue", "grief") {
		t.Error("Has is wrong")
	}
	g := f.Without("issue", "panic")
	if g.Page != 1 || !slices.Equal(g.Issues, []string{"anxiety"}) ||
		!slices.Equal(f.Issues, []string{"anxiety", "panic"}) {
		t.Errorf("without panic: %+v; before: %+v", g, f)
	}
	for _, group := range []string{"issue", "near", "max_fee", "reduced"} {
		f = f.Without(group, "")
	}
	if f.Encode() != "" {
		t.Errorf("left: %s", f.Encode())
	}
	if got := All().With("type", "wizard"); !reflect.DeepEqual(got, All()) {
		t.Errorf("an invalid value changed the filter: %+v", got)
	}
}

func TestEveryGroupHasValuesWithLabels(t *testing.T) {
	seen := map[int]bool{}
	for _, g := range Groups() {
		if g.Label == "" || len(g.Values) == 0 {
			t.Errorf("%s is empty", g.Name)
		}
		for _, v := range g.Values {
			p, ok := FacetIndex(g.Name, v)
			if !ok || seen[p] || p >= FacetLen() {
				t.Errorf("%s=%s has index %d", g.Name, v, p)
			}
			seen[p] = true
			if l := Label(g.Name, v); l == "" || l == v && v != "true" && strings.ToLower(l) == l {
				t.Errorf("%s=%s has no label", g.Name, v)
			}
		}
	}
	if len(seen) != FacetLen() {
		t.Errorf("%d of %d indexes", len(seen), FacetLen())
	}
}

func FuzzParse(f *testing.F) {
	for _, q := range []string{"", "state=nsw&q=x", "near=2042&sort=distance", "near=richmond", "max_fee=1,000.50",
		fmt.Sprintf("page=%d", 1<<62)} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		if got, err := Parse(v); err == nil {
			if again, err := Parse(got.Values()); err != nil || !reflect.DeepEqual(got, again) {
				t.Fatalf("%q: %+v, %+v, %v", query, got, again, err)
			}
		}
		got, _ := ParseLenient(v)
		if _, err := Parse(got.Values()); err != nil {
			t.Fatalf("%q: %+v: %v", query, got, err)
		}
	})
}
