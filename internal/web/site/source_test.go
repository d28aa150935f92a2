package site

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// everyPage are the addresses of every page there is: the public ones, one nobody serves, and all
// others from the gallery's fixtures.
func everyPage(s *site) []string {
	list := append(slices.Clone(publicPages), "/nowhere", "/booking/none?t=none", "/dev/gallery")
	for _, f := range s.web.fixtures() {
		list = append(list, "/dev/gallery/"+f.Name)
	}
	return list
}

// offers are the links of a page to the source code.
func offers(t *testing.T, text string) (list []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data == "a" && wordsOf(n) == "Source code" {
			list = append(list, n)
		}
	}
	return list
}

func TestEveryPageOffersTheSourceWhereItsAddressIsKnown(t *testing.T) {
	const address = "https://code.example.org/wattle?a=1&b=2"
	s := newSite(t, func(w *Server) { w.SourceURL = address })
	pages := map[string]string{"the page of last resort": string(s.web.Fallback())}
	for _, path := range everyPage(s) {
		pages[path] = s.get(path).text
	}
	for where, text := range pages {
		list := offers(t, text)
		if len(list) != 1 || attr(list[0], "href") != address || attr(list[0], "rel") != "noopener" || attr(list[0], "target") != "" {
			t.Errorf("%s offers the source %d times, or wrongly", where, len(list))
			continue
		}
		if strings.Count(text, "code.example.org") != 1 {
			t.Errorf("%s names the address elsewhere than in its link", where)
		}
	}
	if len(pages) < 50 {
		t.Errorf("only %d pages were looked at", len(pages))
	}
}

func TestWithoutAnAddressNoPageOffersTheSource(t *testing.T) {
	s := newSite(t)
	for _, path := range everyPage(s) {
		if list := offers(t, s.get(path).text); len(list) > 0 {
			t.Errorf("%s offers the source at %q", path, attr(list[0], "href"))
		}
	}
}
