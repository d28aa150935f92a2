package guides

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// front is the front matter of an article: "key: value" lines and lists of "- item" lines. Unknown,
// missing and repeated keys are errors.
type front struct {
	values   map[string]string
	lists    map[string][]string
	problems []string
}

// The keys of the front matter.
var (
	valueKeys = []string{"title", "summary", "issues", "panel", "therapists", "people", "byline", "published",
		"reviewed", "due", "reviewer", "disclosure", "related"}
	listKeys     = []string{"takeaways", "sources"}
	optionalKeys = []string{"issues", "panel", "related", "reviewer"}
)

// splitFront separates the front matter, between two lines "---", from the text.
func splitFront(text string) (head, body string, err error) {
	rest, ok := strings.CutPrefix(text, "---\n")
	head, body, found := strings.Cut(rest, "\n---\n")
	if !ok || !found {
		return "", "", fmt.Errorf(`it must begin with front matter between two lines "---"`)
	}
	return head, body, nil
}

func readFront(head string) *front {
	f := &front{values: map[string]string{}, lists: map[string][]string{}}
	list := "" // the open list
	for i, line := range strings.Split(head, "\n") {
		if item, ok := strings.CutPrefix(line, "- "); ok && list != "" {
			f.lists[list] = append(f.lists[list], strings.TrimSpace(item))
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		_, again := f.values[key]
		switch {
		case !ok:
			f.add("line %d of the front matter is neither \"key: value\" nor \"- item\" of a list", i+2)
		case again || len(f.lists[key]) > 0:
			f.add("%s is given twice", key)
		case slices.Contains(listKeys, key) && value == "":
			list = key
			continue
		case slices.Contains(valueKeys, key) && value != "":
			f.values[key] = value
		default:
			f.add("there is no %q that takes %q", key, value)
		}
		list = ""
	}
	for _, key := range valueKeys {
		if f.values[key] == "" && !slices.Contains(optionalKeys, key) {
			f.add("%s is missing", key)
		}
	}
	return f
}

func (f *front) add(format string, args ...any) {
	f.problems = append(f.problems, fmt.Sprintf(format, args...))
}

// fields splits a value such as "Name | Profession" into n parts.
func (f *front) fields(key, value string, n int) []string {
	parts := strings.Split(value, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if len(parts) != n || slices.Contains(parts, "") {
		f.add("%s must have %d parts separated by bars, got %q", key, n, value)
		return make([]string, n)
	}
	return parts
}

func (f *front) slugs(key string) (out []string) {
	if f.values[key] == "" {
		return nil
	}
	for _, s := range strings.Split(f.values[key], ",") {
		out = append(out, strings.TrimSpace(s))
	}
	return out
}

func (f *front) date(key, value string) time.Time {
	t, err := time.Parse(time.DateOnly, value)
	if err != nil {
		f.add("%s: %q is not a day such as 2026-11-25", key, value)
	}
	return t
}

// fill copies the front matter into the article.
func (f *front) fill(a *Article) {
	v := f.values
	a.Title, a.Summary, a.People, a.Disclosure = v["title"], v["summary"], v["people"], v["disclosure"]
	a.Issues, a.Related, a.Panel = f.slugs("issues"), f.slugs("related"), taxonomy.Panel(v["panel"])
	a.Published, a.Reviewed, a.Due = f.date("published", v["published"]), f.date("reviewed",
		v["reviewed"]), f.date("due", v["due"])
	by := f.fields("byline", v["byline"], 2)
	a.Byline = Byline{by[0], by[1]}
	if v["reviewer"] != "" {
		r := f.fields("reviewer", v["reviewer"], 4)
		a.Reviewer = &Reviewer{r[0], r[1], r[2], f.date("reviewer", r[3])}
	}
	q, err := url.ParseQuery(v["therapists"])
	if err == nil {
		a.Find, err = search.Parse(q)
	}
	if err != nil {
		f.add("therapists: %q is not a search: %v", v["therapists"], err)
	}
	for _, line := range f.lists["sources"] {
		a.Sources = append(a.Sources, f.source(line))
	}
}

// source parses "id | title | publisher | day seen | address". The address is text such as
// wentwest.com.au or the path of a page of this site.
func (f *front) source(line string) Source {
	p := f.fields("a source", line, 5)
	s := Source{ID: p[0], Title: p[1], Publisher: p[2], Seen: f.date("a source", p[3]), Address: p[4]}
	if strings.HasPrefix(s.Address, "/") {
		s.Address, s.Path = "", s.Address
	}
	return s
}
