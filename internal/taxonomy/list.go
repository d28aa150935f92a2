package taxonomy

import "sync"

// Term is one entry of a list.
type Term struct {
	Index    int    // position in its list, stable within a build, for bitsets
	Slug     string // used in addresses and the API
	Label    string
	Plural   string   // of a profession ("Psychologists"); otherwise the label
	Group    string   // heading in long lists, or ""
	Parent   string   // slug of the broader term (panic: anxiety), or ""
	Code     string   // languages: ISO 639-3
	Focussed bool     // approaches: counts as a Medicare focussed psychological strategy (unconfirmed list)
	Panel    Panel    // issues: the crisis panel shown with it
	Synonyms []string // search words as people write them
}

// List is one closed list of terms in a fixed order.
type List struct {
	Name  string // API name: "issue", "approach", …
	Limit int    // the most terms it may hold, for bitsets: 64 or 128
	terms func() []Term
	index func() map[string]int
}

func newList(name string, limit int, read func() []Term) *List {
	l := &List{Name: name, Limit: limit, terms: sync.OnceValue(read)}
	l.index = sync.OnceValue(func() map[string]int {
		index := make(map[string]int, len(l.terms()))
		for i, t := range l.terms() {
			index[t.Slug] = i
		}
		return index
	})
	return l
}

// The lists of the directory. Issues may grow to 128 terms, every other list to 64.
var (
	Types        = newList("type", 64, typeTerms)
	Issues       = newList("issue", 128, table("issue"))
	Approaches   = newList("approach", 64, table("approach"))
	ClientGroups = newList("group", 64, table("group"))
	Languages    = newList("language", 64, table("language"))
	Genders      = newList("gender", 64, table("gender"))
	Affirming    = newList("affirming", 64, table("affirming")) // "experienced with": never a claim about the therapist
	Identities   = newList("identity", 64, table("identity"))   // self-described, consented, removable: never searched
	Faiths       = newList("faith", 64, table("faith"))
	Access       = newList("access", 64, table("access"))
	Modes        = newList("mode", 64, table("mode"))       // the three that can be booked
	Settings     = newList("setting", 64, table("setting")) // further ways of meeting, described but not booked by
	Formats      = newList("format", 64, table("format"))
	Funding      = newList("funding", 64, table("funding"))
)

// Lists returns all lists, in no particular order.
func Lists() []*List {
	return []*List{Types, Issues, Approaches, ClientGroups, Languages, Genders, Affirming, Identities, Faiths,
		Access, Modes, Settings, Formats, Funding}
}

// table reads a list from terms.tsv.
func table(list string) func() []Term {
	return func() []Term {
		var out []Term
		for _, r := range termRows() {
			if r["list"] != list {
				continue
			}
			t := Term{Index: len(out), Slug: r["slug"], Label: r["label"], Plural: r["label"], Group: r["group"],
				Parent: r["parent"], Synonyms: split(r["synonyms"])}
			switch list {
			case "issue":
				t.Panel = Panel(r["extra"])
			case "language":
				t.Code = r["extra"]
			case "approach":
				t.Focussed = r["extra"] != ""
			}
			out = append(out, t)
		}
		return out
	}
}

var termRows = sync.OnceValue(func() []map[string]string { return rows("terms.tsv") })

// All lists the terms in order. The slice is shared and must not be changed.
func (l *List) All() []Term { return l.terms() }

func (l *List) Len() int { return len(l.terms()) }

// BySlug finds a term by its exact slug.
func (l *List) BySlug(slug string) (Term, bool) {
	i, ok := l.index()[slug]
	if !ok {
		return Term{}, false
	}
	return l.terms()[i], true
}

// Has reports whether the list contains slug.
func (l *List) Has(slug string) bool {
	_, ok := l.index()[slug]
	return ok
}

// Index returns the position of a term, -1 if the list does not contain it.
func (l *List) Index(slug string) int {
	if i, ok := l.index()[slug]; ok {
		return i
	}
	return -1
}

// Label returns the label of a term, or the slug itself if it is unknown.
func (l *List) Label(slug string) string {
	if t, ok := l.BySlug(slug); ok {
		return t.Label
	}
	return slug
}

// Slugs lists the slugs in order. The slice is the caller's.
func (l *List) Slugs() []string {
	out := make([]string, l.Len())
	for i, t := range l.terms() {
		out[i] = t.Slug
	}
	return out
}

// Narrower lists a term and its children: a therapist who helps with panic helps with anxiety.
func (l *List) Narrower(slug string) []string {
	out := []string{slug}
	for _, t := range l.terms() {
		if t.Parent == slug {
			out = append(out, t.Slug)
		}
	}
	return out
}

// Section is a run of terms under one heading.
type Section struct {
	Heading string
	Terms   []Term
}

// Sections groups the terms under their headings, in order.
func (l *List) Sections() []Section {
	var out []Section
	for _, t := range l.terms() {
		if n := len(out); n == 0 || out[n-1].Heading != t.Group {
			out = append(out, Section{Heading: t.Group})
		}
		last := &out[len(out)-1]
		last.Terms = append(last.Terms, t)
	}
	return out
}
