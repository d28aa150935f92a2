package site

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// visitor is a browser without JavaScript: it follows links, fills forms and sends them, and finds
// every page it gets to be sound. It never keeps a cookie, for there are none.
type visitor struct {
	*site
	t    testing.TB
	page reply
	root *html.Node
}

func (s *site) visitor(t testing.TB) *visitor { return &visitor{site: s, t: t} }

// open goes to an address; redirects are followed as a browser does.
func (v *visitor) open(address string) *visitor {
	v.t.Helper()
	return v.show(v.get(strings.TrimPrefix(address, v.base)))
}

func (v *visitor) show(a reply) *visitor {
	v.t.Helper()
	for range 5 {
		if len(a.Header.Values("Set-Cookie")) > 0 {
			v.t.Errorf("%s sets a cookie", a.Request.URL)
		}
		if a.StatusCode < 300 || a.StatusCode > 399 {
			break
		}
		to, err := a.Location()
		if err != nil {
			v.t.Fatal(err)
		}
		a = v.get(to.RequestURI())
	}
	v.page = a
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		sound(v.t, a)
	}
	root, err := html.Parse(strings.NewReader(a.text))
	if err != nil {
		v.t.Fatal(err)
	}
	v.root = root
	return v
}

// sees fails the test unless the page has the status and the words, as a reader sees them.
func (v *visitor) sees(status int, words ...string) *visitor {
	v.t.Helper()
	v.page.want(v.t, status)
	text := wordsOf(v.root)
	for _, w := range words {
		if !strings.Contains(text, w) {
			v.t.Errorf("%s does not say %q:\n%s", v.page.Request.URL, w, text)
		}
	}
	return v
}

// lacks fails the test when the page says one of the words.
func (v *visitor) lacks(words ...string) *visitor {
	v.t.Helper()
	text := wordsOf(v.root)
	for _, w := range words {
		if strings.Contains(text, w) {
			v.t.Errorf("%s says %q", v.page.Request.URL, w)
		}
	}
	return v
}

// wordsOf is what a node says, its white space made single.
func wordsOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "title":
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && (d.Data == "textarea" || d.Data == "input") && attr(d, "type") != "hidden":
			b.WriteString(" [" + attr(d, "value") + "] ")
		case d.Type == html.ElementNode && d.DataAtom != 0:
			b.WriteString(" ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// wordsOfText is what a page says.
func wordsOfText(text string) string {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return text
	}
	return wordsOf(root)
}

// link finds the address of the first link that says the words.
func (v *visitor) link(words string) string {
	v.t.Helper()
	for n := range v.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" && strings.Contains(wordsOf(n), words) {
			return attr(n, "href")
		}
	}
	v.t.Fatalf("%s has no link %q:\n%s", v.page.Request.URL, words, wordsOf(v.root))
	return ""
}

// follow takes a link of the page; links elsewhere are not followed.
func (v *visitor) follow(words string) *visitor {
	v.t.Helper()
	to, err := v.page.Request.URL.Parse(v.link(words))
	if err != nil || to.Host != v.page.Request.URL.Host {
		v.t.Fatalf("the link %q leads to %v: %v", words, to, err)
	}
	return v.open(to.RequestURI())
}

// filled is a form with its answers.
type filled struct {
	*visitor
	node   *html.Node
	values url.Values
	radios map[string][]string
}

// form finds the form whose button says the words, with what it would send as it stands.
func (v *visitor) form(button string) *filled {
	v.t.Helper()
	for n := range v.root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		for b := range n.Descendants() {
			if b.Type == html.ElementNode && b.Data == "button" && strings.Contains(wordsOf(b), button) {
				f := &filled{v, n, url.Values{}, map[string][]string{}}
				f.collect()
				return f
			}
		}
	}
	v.t.Fatalf("%s has no form with the button %q:\n%s", v.page.Request.URL, button, wordsOf(v.root))
	return nil
}

// collect reads the successful controls, those of other places that name the form among them.
func (f *filled) collect() {
	inside := map[*html.Node]bool{}
	for n := range f.node.Descendants() {
		inside[n] = true
	}
	for n := range f.root.Descendants() {
		owner := attr(n, "form")
		if n.Type != html.ElementNode || attr(n, "name") == "" || !(inside[n] && owner == "" || owner != "" && owner == attr(f.node, "id")) {
			continue
		}
		name, value := attr(n, "name"), attr(n, "value")
		switch {
		case n.Data == "textarea":
			f.values.Set(name, strings.TrimSpace(textOf(n)))
		case n.Data == "select":
			f.values.Set(name, chosen(n))
		case n.Data == "input" && attr(n, "type") == "radio":
			f.radios[name] = append(f.radios[name], value)
			if has(n, "checked") {
				f.values.Set(name, value)
			}
		case n.Data == "input" && attr(n, "type") == "checkbox":
			f.radios[name] = append(f.radios[name], value)
			if has(n, "checked") {
				f.values.Add(name, value)
			}
		case n.Data == "input":
			f.values.Set(name, value)
		}
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func chosen(n *html.Node) (value string) {
	first := true
	for o := range n.Descendants() {
		if o.Type == html.ElementNode && o.Data == "option" && (first || has(o, "selected")) {
			value, first = attr(o, "value"), false
		}
	}
	return value
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// set answers a question of the form; it must be there, and a choice must be one of those offered.
func (f *filled) set(name, value string) *filled {
	f.t.Helper()
	if choices, ok := f.radios[name]; ok {
		if !slices.Contains(choices, value) {
			f.t.Fatalf("%s does not offer %q for %s, only %q", f.page.Request.URL, value, name, choices)
		}
	} else if _, ok := f.values[name]; !ok {
		f.t.Fatalf("%s has no question %q, only %v", f.page.Request.URL, name, f.values)
	}
	f.values.Set(name, value)
	return f
}

// pick answers a question with the nth choice offered.
func (f *filled) pick(name string, n int) *filled {
	f.t.Helper()
	if len(f.radios[name]) <= n {
		f.t.Fatalf("%s offers only %d choices for %s", f.page.Request.URL, len(f.radios[name]), name)
	}
	return f.set(name, f.radios[name][n])
}

// send submits the form as a browser does and shows what comes.
func (f *filled) send() *visitor {
	f.t.Helper()
	action, err := f.page.Request.URL.Parse(attr(f.node, "action"))
	if err != nil {
		f.t.Fatal(err)
	}
	if !strings.EqualFold(attr(f.node, "method"), "post") {
		action.RawQuery = f.values.Encode()
		return f.open(action.RequestURI())
	}
	return f.show(f.postForm(action.RequestURI(), f.values))
}

// postForm sends a form as a browser on our own page does.
func (s *site) postForm(path string, values url.Values, headers ...string) reply {
	s.t.Helper()
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded", "Origin", s.base, "Sec-Fetch-Site", "same-origin"}, headers...)
	return s.ask("POST", path, strings.NewReader(values.Encode()), headers...)
}
