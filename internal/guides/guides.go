// Package guides holds the articles: their format, the rules for publication, their text on a given day, and
// the therapists who help with their subject.
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

// Article is a parsed guide. Dates are calendar days at midnight UTC. Parse alone creates articles, and
// they are immutable.
type Article struct {
	Slug       string
	Title      string
	Summary    string         // at most 160 characters, without claims that need a source
	Issues     []string       // slugs of taxonomy.Issues; may be empty
	Panel      taxonomy.Panel // the crisis panel shown with it
	Find       search.Filter  // the search for therapists who help with its subject
	People     string         // that search in words after "people": "who help with affairs"
	Byline     Byline
	Published  time.Time
	Reviewed   time.Time // last checked against its sources
	Due        time.Time // when the next review is due
	Reviewer   *Reviewer // nil until a clinician has reviewed it
	Disclosure string    // conflicts of interest, and how the text was written
	Related    []string  // slugs
	Sources    []Source
	Minutes    int // reading time, at 200 words a minute
	Words      int

	takeaways []string // HTML with placeholders and references
	intro     string
	sections  []part
	help      string
	questions []part
	prose     []block // all blocks of text, for the rules
}

// part is a heading with the text below it.
type part struct {
	heading string
	html    string
	rates   bool // ends with the table of Medicare benefits
}

// Byline is the author with their credentials.
type Byline struct{ Name, Credentials string }

// Reviewer is the registered clinician who reviewed an article.
type Reviewer struct {
	Name         string
	Profession   string
	Registration string    // Ahpra number
	On           time.Time // the day of the review
}

// Source is a source of the article's facts.
type Source struct {
	ID        string
	Title     string // its content in our words
	Publisher string
	Seen      time.Time
	Address   string // without https://; "" for a page of this site
	Path      string // of a page of this site, otherwise ""
}

// Guide is an article rendered for a day, with amounts and numbered references.
type Guide struct {
	*Article
	Takeaways []template.HTML
	Intro     template.HTML
	Sections  []Section
	Help      template.HTML // when to get help
	Questions []Section
	Stale     bool // the review is overdue
	Undated   bool // the tables lack an amount for this day
}

// Section is a question with its answer.
type Section struct {
	ID       string
	Question string
	Body     template.HTML
	Rates    *Rates // nil without a table
}

// Clinical reports whether a clinician has reviewed the article. Only such articles may be indexed.
func (a *Article) Clinical() bool { return a.Reviewer != nil }

// Library holds the articles in display order. It is safe for concurrent readers.
type Library struct {
	all  []*Article
	slug map[string]*Article
}

// NewLibrary collects parsed articles. Duplicate slugs and unknown related guides are errors.
func NewLibrary(articles ...*Article) (*Library, error) {
	l := &Library{all: articles, slug: map[string]*Article{}}
	var problems []error
	for _, a := range articles {
		if l.slug[a.Slug] != nil {
			problems = append(problems, fmt.Errorf("guides: duplicate slug %s", a.Slug))
		}
		l.slug[a.Slug] = a
	}
	for _, a := range articles {
		for _, r := range a.Related {
			if l.slug[r] == nil || r == a.Slug {
				problems = append(problems, fmt.Errorf("guides: %s: unknown related guide %q", a.Slug, r))
			}
		}
	}
	return l, errors.Join(problems...)
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
