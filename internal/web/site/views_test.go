package site

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wattle/internal/view/viewtest"
)

func TestEveryPageFitsItsType(t *testing.T) {
	s := newSite(t)
	viewtest.Check(t, s.web.Set)
	viewtest.CheckAllBound(t, s.web.Set)
}

func TestEveryFixtureOfTheGalleryCanBeLookedAt(t *testing.T) {
	s := newSite(t)
	list := s.get("/dev/gallery").want(t, 200)
	for _, f := range s.web.fixtures() {
		path := "/dev/gallery/" + f.Name
		if !strings.Contains(list.text, `href="`+path+`"`) {
			t.Errorf("the gallery does not lead to %s", f.Name)
		}
		status := 200
		if code, ok := strings.CutPrefix(f.Name, "error-"); ok {
			status, _ = strconv.Atoi(code)
		}
		t.Run(f.Name, func(t *testing.T) { sound(t, s.get(path).want(t, status)) })
	}
	s.get("/dev/gallery/none").want(t, 404)
}

// sound fails the test for what a whole page never holds: traces of a template that went wrong,
// ids twice, headings out of order, labels and descriptions that point nowhere, inline script or style.
func sound(t testing.TB, a reply) {
	t.Helper()
	where := a.Request.URL.Path
	a.text = withoutData(t, a.text)
	for _, trace := range []string{"<no value>", "ZgotmplZ", "{{", "}}", "%!", "<nil>", "\ufffd", "0001-01-01"} {
		if strings.Contains(a.text, trace) {
			t.Errorf("%s holds %q", where, trace)
		}
	}
	if got := a.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("%s is %s", where, got)
	}
	root, err := html.Parse(strings.NewReader(a.text))
	if err != nil {
		t.Fatal(err)
	}
	ids, refs := map[string]int{}, map[string]string{}
	headings, mains, level := 0, 0, 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "h1", "h2", "h3", "h4":
			if next := int(n.Data[1] - '0'); next > level+1 {
				t.Errorf("%s: <%s> %q follows a heading of level %d", where, n.Data, wordsOf(n), level)
			} else if level = next; level == 1 {
				headings++
			}
		case "main":
			mains++
		case "style":
			t.Errorf("%s holds a <style>", where)
		case "script":
			if attr(n, "src") == "" && attr(n, "type") != "application/ld+json" {
				t.Errorf("%s holds inline script", where)
			}
		}
		for _, at := range n.Attr {
			switch {
			case at.Key == "id":
				ids[at.Val]++
			case at.Key == "for", at.Key == "form", strings.HasPrefix(at.Key, "aria-") && (at.Key == "aria-labelledby" || at.Key == "aria-describedby" || at.Key == "aria-controls"):
				for _, id := range strings.Fields(at.Val) {
					refs[id] = n.Data + " " + at.Key
				}
			case at.Key == "href" && strings.HasPrefix(at.Val, "#") && len(at.Val) > 1 && where != "/dev/gallery/components":
				refs[at.Val[1:]] = "link"
			case at.Key == "style" || strings.HasPrefix(at.Key, "on"):
				t.Errorf("%s: %s has %s", where, n.Data, at.Key)
			}
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: the id %q stands %d times", where, id, n)
		}
	}
	for id, who := range refs {
		if ids[id] == 0 && id != "" {
			t.Errorf("%s: %s points to %q, which is not there", where, who, id)
		}
	}
	if headings != 1 || mains != 1 {
		t.Errorf("%s has %d h1 and %d main", where, headings, mains)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
