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

// order is how the guides are listed: what most people ask first comes first.
var order = []string{
	"therapy-costs", "medicare-care-plans", "who-is-who", "first-consultation", "couples-or-individual", "rebuilding-trust",
}

// Parse reads one article, wherever its text is kept. The error names everything that is wrong.
func Parse(slug, text string) (*Article, error) {
	a := &Article{Slug: slug}
	head, body, err := splitFront(text)
	if err != nil {
		return nil, fmt.Errorf("guides: %s: %w", slug, err)
	}
	f := readFront(head)
	f.fill(a)
	wrong := append(f.wrong, readBody(a, f.lists["takeaways"], body)...)
	if len(wrong) == 0 {
		wrong = rules(a)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("guides: %s: %s", slug, strings.Join(wrong, "; "))
	}
	return a, nil
}

// Embedded is the library of the articles that come with the program.
func Embedded() (*Library, error) {
	return load(articles, order)
}

func load(files fs.FS, order []string) (*Library, error) {
	names, err := fs.Glob(files, "articles/*.md")
	if err != nil {
		return nil, err
	}
	read := map[string]*Article{}
	var wrong []error
	for _, name := range names {
		slug := strings.TrimSuffix(path.Base(name), ".md")
		text, err := fs.ReadFile(files, name)
		if err == nil {
			read[slug], err = Parse(slug, string(text))
		}
		wrong = append(wrong, err)
	}
	var all []*Article
	for _, slug := range order {
		if read[slug] == nil {
			wrong = append(wrong, fmt.Errorf("guides: there is no %s to be listed", slug))
			continue
		}
		all = append(all, read[slug])
	}
	if len(order) != len(names) {
		wrong = append(wrong, fmt.Errorf("guides: %d articles and %d in the order of the list", len(names), len(order)))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return NewLibrary(all...)
}
