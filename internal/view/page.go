// Package view turns a page's data into HTML: a template bound to one Go type, the pure functions
// templates may call, the pieces shared by all pages, and the static files they ask for.
package view

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// Set is everything pages have in common: layouts, partials and functions, parsed once. Pages are
// parsed into copies of it. It also remembers which pages were bound, so that tests can check all.
type Set struct {
	files  fs.FS
	common *template.Template
	frame  *frame
	bound  []Bound
	errs   []error
}

// Bound is a page or a partial as the checking test needs it: its name, its template and the zero value
// of its type.
type Bound struct {
	Name     string
	Template *template.Template
	Zero     any
}

// NewSet parses layouts/*.html and partials/*.html of files. Template functions find static files
// through assets.
func NewSet(files fs.FS, assets *Assets) (*Set, error) {
	f := newFrame()
	common := template.New("").Funcs(Funcs(assets)).Funcs(f.funcs())
	f.common = common
	for _, dir := range []string{"layouts", "partials"} {
		names, err := fs.Glob(files, dir+"/*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if err := parseInto(common, files, name, strings.TrimSuffix(path.Base(name), ".html")); err != nil {
				return nil, err
			}
		}
	}
	set := &Set{files: files, common: common, frame: f}
	for _, name := range []string{"header", "footer", "files"} {
		ParsePartial[Chrome](set, name)
	}
	return set, nil
}

func parseInto(t *template.Template, files fs.FS, file, as string) error {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	if _, err := t.New(as).Parse(string(text)); err != nil {
		return fmt.Errorf("view: %s: %w", file, err)
	}
	return nil
}

// Err reports every page that could not be parsed; nil when all were. Ask it once, after the last
// Parse and before serving.
func (s *Set) Err() error { return errors.Join(s.errs...) }

// Bound lists the pages parsed so far.
func (s *Set) Bound() []Bound { return s.bound }

// Files lists the pages that exist under pages/, by the names Parse knows them by.
func (s *Set) Files() ([]string, error) {
	var names []string
	err := fs.WalkDir(s.files, "pages", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, ".html") {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(p, "pages/"), ".html"))
		}
		return err
	})
	sort.Strings(names)
	return names, err
}

// Page is one template bound to the type of its data, so that the wrong struct does not compile.
type Page[T any] struct {
	name string
	tmpl *template.Template
}

// Parse binds pages/NAME.html to T. A page that cannot be parsed is reported by set.Err, and
// rendering it fails.
func Parse[T any](set *Set, name string) Page[T] {
	t, err := set.common.Clone()
	if err == nil {
		err = parseInto(t, set.files, "pages/"+name+".html", "pages/"+name)
	}
	if err != nil {
		set.errs = append(set.errs, err)
		return Page[T]{name: name}
	}
	page := t.Lookup("pages/" + name)
	set.bound = append(set.bound, Bound{name, page, *new(T)})
	return Page[T]{name, page}
}

// HTML is markup that templates print as it is.
type HTML = template.HTML

// Partial is a partial bound to the type of its data and rendered apart from any page, so that it can
// be cached.
type Partial[T any] struct{ tmpl *template.Template }

// ParsePartial binds partials/NAME.html to T. One that does not exist is reported by set.Err.
func ParsePartial[T any](set *Set, name string) Partial[T] {
	t, err := set.common.Clone()
	if err == nil && t.Lookup(name) == nil {
		err = fmt.Errorf("view: there is no partial %q", name)
	}
	if err != nil {
		set.errs = append(set.errs, err)
		return Partial[T]{}
	}
	set.bound = append(set.bound, Bound{"partials/" + name, t.Lookup(name), *new(T)})
	return Partial[T]{t.Lookup(name)}
}

// Markup renders the partial.
func (p Partial[T]) Markup(data T) (HTML, error) {
	var b strings.Builder
	if err := p.tmpl.Execute(&b, data); err != nil {
		return "", fmt.Errorf("view: %w", err)
	}
	return HTML(b.String()), nil
}

// CachedPartial is a partial that is rendered once for each value of its data.
type CachedPartial[T comparable] struct {
	partial Partial[T]
	Cache[T, HTML]
}

// ParseCached binds partials/NAME.html to T and caches what it renders, within a bound of bytes.
func ParseCached[T comparable](set *Set, name string, bytes uint64) CachedPartial[T] {
	return CachedPartial[T]{ParsePartial[T](set, name), NewCache[T, HTML](bytes)}
}

// Markup renders the partial, or returns what it rendered for the same data before.
func (p CachedPartial[T]) Markup(data T) (HTML, error) {
	return p.Get(data, func() (HTML, error) { return p.partial.Markup(data) })
}

// Render appends the page to b only when all of it could be rendered: no one sees half a page.
func (p Page[T]) Render(b *bytes.Buffer, data T) error {
	if p.tmpl == nil {
		return fmt.Errorf("view: page %q was not parsed", p.name)
	}
	had := b.Len()
	if err := p.tmpl.Execute(b, data); err != nil {
		b.Truncate(had)
		return fmt.Errorf("view: %w", err)
	}
	return nil
}
