package guides

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed articles/*.md
var articles embed.FS

// order is the display order: the most common questions first.
var order = []string{
	"therapy-costs", "medicare-care-plans", "who-is-who", "first-consultation", "couples-or-individual",
	"rebuilding-trust",
}

// Parse reads an article. The error lists every problem.
func Parse(slug, text string) (*Article, error) {
	a := &Article{Slug: slug}
	head, body, err := splitFront(text)
	if err != nil {
		return nil, fmt.Errorf("guides: %s: %w", slug, err)
	}
	f := readFront(head)
	f.fill(a)
	problems := append(f.problems, readBody(a, f.lists["takeaways"], body)...)
	if len(problems) == 0 {
		problems = rules(a)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("guides: %s: %s", slug, strings.Join(problems, "; "))
	}
	return a, nil
}

// Embedded returns the library of the embedded articles.
func Embedded() (*Library, error) {
	return load(articles, order)
}

func load(files fs.FS, order []string) (*Library, error) {
	names, err := fs.Glob(files, "articles/*.md")
	if err != nil {
		return nil, err
	}
	read := map[string]*Article{}
	var problems []error
	for _, name := range names {
		slug := strings.TrimSuffix(path.Base(name), ".md")
		text, err := fs.ReadFile(files, name)
		if err == nil {
			read[slug], err = Parse(slug, string(text))
		}
		problems = append(problems, err)
	}
	var all []*Article
	for _, slug := range order {
		if read[slug] == nil {
			problems = append(problems, fmt.Errorf("guides: order lists %s, which does not exist", slug))
			continue
		}
		all = append(all, read[slug])
	}
	if len(order) != len(names) {
		problems = append(problems, fmt.Errorf("guides: %d articles, %d in order", len(names), len(order)))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return NewLibrary(all...)
}
