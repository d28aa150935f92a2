package view

import (
	"html/template"
	"strings"
	"sync"
)

// frame renders what surrounds every page: header, footer and the links to files in the head. They
// take as long as a fifth of a page of results and differ little between pages, so each is cached by
// everything it shows: its partial is given nothing else.
type frame struct {
	common *template.Template
	parts  func() (*template.Template, error) // a copy: an executed template cannot be cloned
	cache  Cache[frameKey, HTML]
}

type frameKey struct {
	partial         string
	active, source  string
	demo, dev, live bool
	viewer          Viewer
}

const frameBytes = 2 << 20

func newFrame() *frame {
	f := &frame{cache: NewCache[frameKey, HTML](frameBytes)}
	f.parts = sync.OnceValues(func() (*template.Template, error) { return f.common.Clone() })
	return f
}

func (f *frame) funcs() template.FuncMap {
	part := func(partial string) func(Chrome) (HTML, error) {
		return func(c Chrome) (HTML, error) { return f.part(partial, c) }
	}
	return template.FuncMap{"header": part("header"), "footer": part("footer"), "files": part("files")}
}

func (f *frame) part(partial string, c Chrome) (HTML, error) {
	if len(c.Tabs) > 0 { // the menu of a work area belongs to its page
		return f.render(partial, c)
	}
	key := frameKey{partial, c.Active, c.Source, c.Demo, c.Dev, c.Live, c.Viewer}
	return f.cache.Get(key, func() (HTML, error) {
		return f.render(partial, Chrome{Active: c.Active, Source: c.Source, Demo: c.Demo, Dev: c.Dev, Live: c.Live,
			Viewer: c.Viewer})
	})
}

func (f *frame) render(partial string, c Chrome) (HTML, error) {
	parts, err := f.parts()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = parts.ExecuteTemplate(&b, partial, c)
	return HTML(b.String()), err
}
