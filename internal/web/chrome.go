package web

import (
	"wattle/internal/view"
)

// Chrome is what the layout needs of a page; canonical "" means a private page, which is not indexed.
func (k *Kit) Chrome(req Request, title, description, canonical string) view.Chrome {
	c := view.Chrome{Title: title, Description: description, Viewer: req.Viewer, Home: k.BaseURL, Source: k.SourceURL,
		Dev: k.Development, Demo: k.Directory.Fictional(), NoIndex: canonical == ""}
	if canonical != "" {
		c.Canonical = k.BaseURL + canonical
	}
	return c
}

// Pictured gives a page the picture of a link to it; page is its path.
func (k *Kit) Pictured(c *view.Chrome, page, kind, alt string, p Picture) {
	c.Kind, c.Picture = kind, view.Picture{URL: k.BaseURL + page + "/card/" + pictureFile(p), Alt: alt}
}

// TitleOf is a page's title. Where its form has errors, that comes first, as the first thing a screen
// reader says.
func TitleOf(title string, f view.Form) string {
	if f.Failed() {
		return "Error: " + title
	}
	return title
}
