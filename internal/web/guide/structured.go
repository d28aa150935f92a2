package guide

import (
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

// guideData is what search engines may read of a guide (schema.org): the page, the article and the
// way to it, each of them visible on the page. No ratings, and only people named there. Only a
// clinician's review is called one.
func (s *Pages) guideData(g guides.Guide) web.Thing {
	at := s.BaseURL + "/guides/" + g.Slug
	page := web.Thing{"@type": "MedicalWebPage", "@id": at, "url": at, "name": g.Title, "description": g.Summary,
		"inLanguage":      "en-AU",
		"medicalAudience": web.Thing{"@type": "MedicalAudience", "audienceType": "Patient"},
		"mainEntity":      web.Thing{"@id": at + "#article"}, "breadcrumb": web.Thing{"@id": at + "#breadcrumb"}}
	article := web.Thing{"@type": "Article", "@id": at + "#article", "headline": g.Title, "abstract": g.Summary,
		"inLanguage":    "en-AU",
		"datePublished": view.ISODate(g.Published), "dateModified": view.ISODate(g.Reviewed),
		"author": web.Thing{"@type": "Organization", "name": g.Byline.Name}, "mainEntityOfPage": web.Thing{"@id": at}}
	if r := g.Reviewer; r != nil {
		page["lastReviewed"] = view.ISODate(r.On)
		page["reviewedBy"] = web.Thing{"@type": "Person", "name": r.Name, "jobTitle": r.Profession,
			"identifier": r.Registration}
	}
	var about []web.Thing
	for _, issue := range g.Issues {
		about = append(about, web.Thing{"@type": "Thing", "name": search.Label("issue", issue)})
	}
	if about != nil {
		article["about"] = about
	}
	crumbs := web.Breadcrumbs(s.BaseURL, []view.Link{{URL: "/", Text: "Home"}, {URL: "/guides", Text: "Guides"},
		{URL: "/guides/" + g.Slug, Text: g.Title}})
	crumbs["@id"] = at + "#breadcrumb"
	return web.Graph(page, article, crumbs)
}
