package web

import (
	"wattle/internal/view"
)

// Structured data for search engines (schema.org, JSON-LD). Only what stands on the page as well,
// and never a rating: testimonials about care are unlawful advertising (National Law, section 133).

// Thing is one schema.org object.
type Thing map[string]any

// Graph is several things about one page.
func Graph(things ...Thing) Thing {
	return Thing{"@context": "https://schema.org", "@graph": things}
}

// Breadcrumbs are the way to a page, the page last.
func Breadcrumbs(base string, crumbs []view.Link) Thing {
	var items []Thing
	for i, c := range crumbs {
		items = append(items, Thing{"@type": "ListItem", "position": i + 1, "name": c.Text, "item": base + c.URL})
	}
	return Thing{"@type": "BreadcrumbList", "itemListElement": items}
}
