package view

import (
	"strings"
	"testing"

	"wattle/static"
	"wattle/templates"
)

// Header, footer and the links to files show only what their cache key holds.
func TestCachedFramesEqualTheirTemplates(t *testing.T) {
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
				got, err := set.frame.part(partial, c)
				if err != nil || string(got) != want.String() {
					t.Errorf("%s of %+v: %v\n%s\nthe template has\n%s", partial, c, err, got, want.String())
				}
			}
		}
	}
}
