package view

import (
	"html/template"
	"strings"
	"sync"
)

// frame draws what stands around every page: header, footer and the files of the head. Pages share
// few of them, so each is rendered once and kept by all that it may show; a partial is given
// nothing else.
type frame struct {
	common *template.Template
	once   sync.Once
	parts  *template.Template
	err    error
	kept   Kept[frameKey, HTML]
}

type frameKey struct {
	partial         string
	active, source  string
	demo, dev, live bool
	viewer          Viewer
}

const halfFrames = 1 << 20

func (f *frame) funcs() template.FuncMap {
	return template.FuncMap{
		"header": func(c Chrome) (HTML, error) { return f.around("header", &c) },
		"footer": func(c Chrome) (HTML, error) { return f.around("footer", &c) },
		"files":  func(c Chrome) (HTML, error) { return f.around("files", &c) },
	}
}

func (f *frame) around(partial string, c *Chrome) (HTML, error) {
	if len(c.Tabs) > 0 { // the menu of a work area is its own
		return f.render(partial, *c)
	}
	key := frameKey{partial: partial, active: c.Active, source: c.Source, demo: c.Demo, dev: c.Dev, live: c.Live, viewer: c.Viewer}
	if html, ok := f.kept.Get(key); ok {
		return html, nil
	}
	html, err := f.render(partial, Chrome{Active: c.Active, Source: c.Source, Demo: c.Demo, Dev: c.Dev, Live: c.Live, Viewer: c.Viewer})
	if err == nil {
		f.kept.Put(key, html, len(html))
	}
	return html, err
}

func (f *frame) render(partial string, c Chrome) (HTML, error) {
	f.once.Do(func() { f.parts, f.err = f.common.Clone() })
	if f.err != nil {
		return "", f.err
	}
	var b strings.Builder
	if err := f.parts.ExecuteTemplate(&b, partial, c); err != nil {
		return "", err
	}
	return HTML(b.String()), nil
}
