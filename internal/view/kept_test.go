package view

import (
	"strings"
	"testing"

	"wattle/static"
	"wattle/templates"
)

func TestWhatIsKeptIsBounded(t *testing.T) {
	k := Kept[int, string]{Half: 1000}
	for i := range 500 {
		k.Put(i, "x", 100)
		if _, ok := k.Get(0); !ok {
			t.Fatal("what is asked for all the time is not kept")
		}
	}
	if n := k.Len(); n > 20 {
		t.Errorf("%d pieces of 100 bytes are kept within twice 1000", n)
	}
	if _, ok := k.Get(1); ok {
		t.Error("what nobody asks for is kept for ever")
	}
}

// Header, footer and the head's files show nothing but what they are kept by.
func TestTheFrameOfAPageIsThatOfItsTemplates(t *testing.T) {
	assets, err := NewAssets(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(templates.FS, assets)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := set.common.Clone()
	if err != nil {
		t.Fatal(err)
	}
	full := Chrome{Title: "Title", Description: "Words", Canonical: "https://example.org/", NoIndex: true, BodyClass: "wide", Home: "https://example.org",
		Flash: Notice{Kind: "ok", Text: "Done"}, Crumbs: []Link{{URL: "/", Text: "Home"}}, JSONLD: map[string]string{"a": "b"}}
	for _, change := range []func(*Chrome){func(*Chrome) {}, func(c *Chrome) { c.Active = "find" }, func(c *Chrome) { c.Demo = true }, func(c *Chrome) { c.Dev = true },
		func(c *Chrome) { c.Live = true }, func(c *Chrome) { c.Source = "https://example.org/source" }, func(c *Chrome) { c.Viewer = Viewer{Name: "Ada", Role: "client"} },
		func(c *Chrome) { c.Viewer.Role, c.Active = "admin", "account" }, func(c *Chrome) { c.Tabs = []Link{{URL: "/admin", Text: "Queue", Icon: "menu"}} }} {
		c := full
		change(&c)
		for _, partial := range []string{"header", "footer", "files"} {
			var want strings.Builder
			if err := plain.ExecuteTemplate(&want, partial, c); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				got, err := set.frame.around(partial, &c)
				if err != nil || string(got) != want.String() {
					t.Errorf("%s of %+v: %v\n%s\nthe template has\n%s", partial, c, err, got, want.String())
				}
			}
		}
	}
}
