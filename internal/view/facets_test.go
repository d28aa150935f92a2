package view

import (
	"math/rand/v2"
	"strings"
	"testing"

	"wattle/static"
	"wattle/templates"
)

// bothWays renders groups by the partial and by hand.
func bothWays(t testing.TB) func(groups []FacetGroup) (byTemplate, byHand string) {
	t.Helper()
	assets, err := NewAssets(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(templates.FS, assets)
	if err != nil {
		t.Fatal(err)
	}
	list := facetList(assets)
	return func(groups []FacetGroup) (string, string) {
		var b strings.Builder
		for _, g := range groups {
			if len(g.Values) == 0 {
				continue
			}
			if err := set.common.ExecuteTemplate(&b, "facets", g); err != nil {
				t.Fatal(err)
			}
		}
		html, err := list(groups)
		if err != nil {
			t.Fatal(err)
		}
		return b.String(), string(html)
	}
}

func differ(t testing.TB, byTemplate, byHand string) {
	t.Helper()
	for i := range min(len(byTemplate), len(byHand)) {
		if byTemplate[i] != byHand[i] {
			from := max(0, i-60)
			t.Fatalf("at %d the template has\n%q\nby hand\n%q", i, byTemplate[from:min(len(byTemplate), i+60)], byHand[from:min(len(byHand), i+60)])
		}
	}
	if len(byTemplate) != len(byHand) {
		t.Fatalf("the template has %d bytes, by hand %d", len(byTemplate), len(byHand))
	}
}

// words hold everything that must be escaped, and what must not.
var awkward = []string{"", "anxiety", "Grief and loss", "a+b", `"quoted"`, "it's", "<b>&amp;", "Siobhán", "心理", "x\x00y", "bad\xffutf8", "A-B_C", "--", "K-kelvin", "LGBTQIA+", "250-"}

func randomGroup(r *rand.Rand) FacetGroup {
	word := func() string { return awkward[r.IntN(len(awkward))] }
	g := FacetGroup{Name: word(), Legend: word(), Radio: r.IntN(4) == 0, Open: r.IntN(2) == 0, Shown: r.IntN(6)}
	for range r.IntN(12) {
		f := Facet{Value: word(), Label: word(), Count: r.IntN(3_000_000) - 1000, On: r.IntN(4) == 0, Section: awkward[r.IntN(3)]}
		if r.IntN(2) == 0 {
			f = NewFacet(g.Name, f.Value, f.Label, f.Section)
		}
		g.Values = append(g.Values, f)
	}
	if r.IntN(3) == 0 {
		g.All = &Facet{Value: word(), Label: word(), On: r.IntN(2) == 0}
	}
	return g
}

func TestTheFilterListEqualsItsTemplate(t *testing.T) {
	render := bothWays(t)
	gallery, err := NewGallery()
	if err != nil {
		t.Fatal(err)
	}
	byTemplate, byHand := render(gallery.Facets)
	differ(t, byTemplate, byHand)
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		byTemplate, byHand := render([]FacetGroup{randomGroup(r), randomGroup(r)})
		differ(t, byTemplate, byHand)
	}
}

func FuzzTheFilterListEqualsItsTemplate(f *testing.F) {
	render := bothWays(f)
	for i, w := range awkward {
		f.Add(w, awkward[(i+3)%len(awkward)], awkward[(i+7)%len(awkward)], i*977, i%3, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, name, value, label string, count, shown int, on bool) {
		g := FacetGroup{Name: name, Legend: label, Shown: max(0, shown), Values: []Facet{{Value: value, Label: label, Count: count, On: on}, {Value: label, Label: value, Section: name}},
			All: &Facet{Value: value, Label: label, On: on}}
		byTemplate, byHand := render([]FacetGroup{g})
		differ(t, byTemplate, byHand)
	})
}
