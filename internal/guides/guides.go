// Package guides holds the articles: how they are written, what an article must have before anybody
// reads it, what it says on a given day, and the people who help with its subject.
package guides

import (
	"errors"
	"fmt"
	"html/template"
	"slices"
	"time"

	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// Article is one guide as its writer left it. Dates are calendar days, at midnight UTC. It is made
// by Parse alone, and never changed afterwards.
type Article struct {
	Slug       string
	Title      string
	Summary    string         // at most 160 characters, with no claim that would need a source
	Issues     []string       // slugs of taxonomy.Issues that it is about; may be none
	Panel      taxonomy.Panel // the crisis services shown with it
	Find       search.Filter  // who helps with its subject
	People     string         // the same in words, as after "people": "who help with affairs"
	Byline     Byline
	Published  time.Time
	Reviewed   time.Time // when it was last held against its sources
	Due        time.Time // when that is to be done again
	Reviewer   *Reviewer // nil until a named clinician has read it: never made up
	Disclosure string    // conflict of interest, and how the text was made
	Related    []string  // slugs
	Sources    []Source
	Minutes    int // to read it, at 200 words a minute
	Words      int

	takeaways []string // HTML with figures and references still to be filled in
	intro     string
	sections  []part
	help      string
	questions []part
	prose     []block // every block of text, for the rules
}

// part is a heading with what stands below it.
type part struct {
	heading string
	html    string
	rates   bool // the table of Medicare benefits ends it
}

// Byline says who wrote an article and what they are.
type Byline struct{ Name, Credentials string }

// Reviewer is the registered clinician who answers for an article.
type Reviewer struct {
	Name         string
	Profession   string
	Registration string    // Ahpra number
	On           time.Time // when they read it
}

// Source is where a fact was read.
type Source struct {
	ID        string
	Title     string // what was read there, in our words
	Publisher string
	Seen      time.Time
	Address   string // as text, without https://; "" where it is a page of this site
	Path      string // a page of this site, "" elsewhere
}

// Guide is an article as of a day: amounts are filled in from the dated tables, references lead to
// the list of sources.
type Guide struct {
	*Article
	Takeaways []template.HTML
	Intro     template.HTML
	Sections  []Section
	Help      template.HTML // when to get help
	Questions []Section
	Stale     bool // past the day on which it was due to be read again
	Undated   bool // it names an amount that the tables do not have for this day
}

// Section answers a question.
type Section struct {
	ID       string
	Question string
	Body     template.HTML
	Rates    *Rates // nil where none stand there
}

// Clinical reports whether a clinician has read the article. Nothing else may be indexed.
func (a *Article) Clinical() bool { return a.Reviewer != nil }

// Library is every article, in the order in which they are listed. It is safe for many readers.
type Library struct {
	all  []*Article
	slug map[string]*Article
}

// NewLibrary takes in articles that were parsed, wherever they are kept. It fails when two share a
// slug or one names a related guide that is not there.
func NewLibrary(articles ...*Article) (*Library, error) {
	l := &Library{all: articles, slug: map[string]*Article{}}
	var wrong []error
	for _, a := range articles {
		if l.slug[a.Slug] != nil {
			wrong = append(wrong, fmt.Errorf("guides: %s is there twice", a.Slug))
		}
		l.slug[a.Slug] = a
	}
	for _, a := range articles {
		for _, r := range a.Related {
			if l.slug[r] == nil || r == a.Slug {
				wrong = append(wrong, fmt.Errorf("guides: %s names the related guide %q, which is not another one", a.Slug, r))
			}
		}
	}
	return l, errors.Join(wrong...)
}

// All lists the articles. The slice is the caller's.
func (l *Library) All() []*Article { return slices.Clone(l.all) }

// Get finds an article by its slug, or returns fault.NotFound.
func (l *Library) Get(slug string) (*Article, error) {
	if a := l.slug[slug]; a != nil {
		return a, nil
	}
	return nil, fault.New(fault.NotFound, "There is no such guide.")
}
