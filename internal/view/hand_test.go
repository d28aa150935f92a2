package view

import (
	"math/rand/v2"
	"strings"
	"testing"

	"wattle/static"
	"wattle/templates"
)

// desk is a hand, and the templates it is held to.
type desk struct {
	*Hand
	set    *Set
	layout Page[layoutPage]
}

type layoutPage struct {
	Chrome Chrome
	Body   string
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	assets, err := NewAssets(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(templates.FS, assets)
	if err != nil {
		t.Fatal(err)
	}
	page, err := set.common.Clone()
	if err == nil {
		_, err = page.New("pages/layout").Parse(`{{template "base" .}}{{define "main"}}{{.Body}}{{end}}`)
	}
	d := &desk{Hand: NewHand(set, assets), set: set, layout: Page[layoutPage]{"layout", page}}
	if err != nil || set.Err() != nil {
		t.Fatal(err, set.Err())
	}
	return d
}

// holds fails the test when what is written by hand is not what the template prints.
func (d *desk) holds(t testing.TB, method, file string, byHand func(*Writer), byTemplate func(*strings.Builder) error) {
	t.Helper()
	var want strings.Builder
	if err := byTemplate(&want); err != nil {
		t.Fatal(err)
	}
	w := NewWriter()
	defer w.Free()
	if byHand(w); w.Err() != nil {
		t.Fatal(w.Err())
	}
	if want.String() != string(w.Bytes()) {
		t.Errorf("%s in internal/view/hand.go does not write what templates/%s prints: a change of one is a change of both", method, file)
		differ(t, want.String(), string(w.Bytes()))
	}
}

func (d *desk) holdsPartial(t testing.TB, method, partial string, data any, byHand func(*Writer)) {
	t.Helper()
	d.holds(t, method, "partials/"+partial+".html", byHand, func(b *strings.Builder) error { return d.set.common.ExecuteTemplate(b, partial, data) })
}

func (d *desk) holdsLayout(t testing.TB, c Chrome) {
	t.Helper()
	d.holds(t, "Open, Close or head", "layouts/base.html", func(w *Writer) {
		d.Open(w, &c)
		w.Text("words")
		d.Close(w, &c)
	}, func(b *strings.Builder) error { return d.layout.Render(b, layoutPage{c, "words"}) })
}

var addresses = []string{"", "/", "/therapists?q=%E2%80%9C&x=a+b", "/a b?c=\"d\"'<e>", "/%zz%4", "/心?é=\x00\xff", "https://example.org/a?b=c&d", "javascript:alert(1)", "mailto:a@b", "?x", "#x", "//evil.test", "http://localhost:8080/é?\"", "https:evil", "HTTPS://x", "http:///a:b", "/x:y(z)*"}

func randomChrome(r *rand.Rand) Chrome {
	word := func() string { return awkward[r.IntN(len(awkward))] }
	c := Chrome{Title: word(), Description: word(), Canonical: addresses[r.IntN(len(addresses))], NoIndex: r.IntN(2) == 0, Active: []string{"", "find"}[r.IntN(2)],
		BodyClass: word(), Live: r.IntN(2) == 0, Demo: r.IntN(2) == 0, Dev: r.IntN(2) == 0, Source: []string{"", "https://example.org/source"}[r.IntN(2)], Home: "https://example.org"}
	for range r.IntN(3) {
		c.Crumbs = append(c.Crumbs, Link{URL: addresses[r.IntN(len(addresses))], Text: word()})
	}
	if r.IntN(2) == 0 {
		c.Kind, c.Picture = word(), Picture{URL: addresses[r.IntN(len(addresses))], Alt: word()}
	}
	if r.IntN(3) == 0 {
		c.JSONLD = map[string]any{"@type": word(), "items": []string{word(), "</script>"}}
	}
	return c
}

func TestTheLayoutByHandIsThatOfItsTemplate(t *testing.T) {
	d := newDesk(t)
	r := rand.New(rand.NewPCG(5, 5))
	d.holdsLayout(t, Chrome{})
	for range 300 {
		d.holdsLayout(t, randomChrome(r))
	}
}

func TestChipsAndPagesByHandAreThoseOfTheirTemplates(t *testing.T) {
	d := newDesk(t)
	r := rand.New(rand.NewPCG(6, 6))
	for range 300 {
		c := Chips{Clear: addresses[r.IntN(len(addresses))]}
		for range r.IntN(4) {
			c.Chips = append(c.Chips, Chip{Label: awkward[r.IntN(len(awkward))], Remove: addresses[r.IntN(len(addresses))]})
		}
		d.holdsPartial(t, "Chips", "chips", c, func(w *Writer) { d.Chips(w, c) })
		n := r.IntN(1500)
		p := NewPagination(1+r.IntN(n+1), n, func(int) string { return addresses[r.IntN(len(addresses))] })
		d.holdsPartial(t, "Pagination", "pagination", p, func(w *Writer) { d.Pagination(w, &p) })
	}
}

func TestALayoutThatIsNotWrittenByHandIsRefused(t *testing.T) {
	d := newDesk(t)
	w := NewWriter()
	defer w.Free()
	if d.Open(w, &Chrome{Flash: Notice{Text: "Done"}}); w.Err() == nil {
		t.Error("a notice on top was lost in silence")
	}
	other := NewWriter()
	defer other.Free()
	if d.Icon(other, "no-such-icon"); other.Err() == nil {
		t.Error("an icon was lost in silence")
	}
}

func FuzzMarkupByHandIsThatOfItsTemplates(f *testing.F) {
	d := newDesk(f)
	for i, a := range addresses {
		f.Add(a, awkward[i%len(awkward)], awkward[(i+5)%len(awkward)], i*331, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, address, one, two string, n int, on bool) {
		d.holdsLayout(t, Chrome{Title: one, Description: two, Canonical: address, NoIndex: on, BodyClass: two, Crumbs: []Link{{URL: address, Text: one}}, JSONLD: one, Kind: two, Picture: Picture{URL: address, Alt: one}})
		c := Chips{Chips: []Chip{{Label: one, Remove: address}}, Clear: address}
		d.holdsPartial(t, "Chips", "chips", c, func(w *Writer) { d.Chips(w, c) })
		p := Pagination{Pages: n, Prev: address, Next: address, Links: []Link{{URL: address, Text: one, Current: on}, {Text: two}}}
		d.holdsPartial(t, "Pagination", "pagination", p, func(w *Writer) { d.Pagination(w, &p) })
	})
}
