package web

import (
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/view"
)

// guideData is what search engines may read of a guide (schema.org): the page, the article and the
// way to it, each of them visible on the page. No ratings, and nobody who is not named there. Only a
// clinician's review is called one.
func (s *Server) guideData(g guides.Guide) thing {
	at := s.BaseURL + "/guides/" + g.Slug
	page := thing{"@type": "MedicalWebPage", "@id": at, "url": at, "name": g.Title, "description": g.Summary, "inLanguage": "en-AU",
		"medicalAudience": thing{"@type": "MedicalAudience", "audienceType": "Patient"},
		"mainEntity":      thing{"@id": at + "#article"}, "breadcrumb": thing{"@id": at + "#breadcrumb"}}
	article := thing{"@type": "Article", "@id": at + "#article", "headline": g.Title, "abstract": g.Summary, "inLanguage": "en-AU",
		"datePublished": view.ISODate(g.Published), "dateModified": view.ISODate(g.Reviewed),
		"author": thing{"@type": "Organization", "name": g.Byline.Name}, "mainEntityOfPage": thing{"@id": at}}
	if r := g.Reviewer; r != nil {
		page["lastReviewed"] = view.ISODate(r.On)
		page["reviewedBy"] = thing{"@type": "Person", "name": r.Name, "jobTitle": r.Profession, "identifier": r.Registration}
	}
	var about []thing
	for _, issue := range g.Issues {
		about = append(about, thing{"@type": "Thing", "name": search.Label("issue", issue)})
	}
	if about != nil {
		article["about"] = about
	}
	crumbs := breadcrumbs(s.BaseURL, []view.Link{{URL: "/", Text: "Home"}, {URL: "/guides", Text: "Guides"}, {URL: "/guides/" + g.Slug, Text: g.Title}})
	crumbs["@id"] = at + "#breadcrumb"
	return graph(page, article, crumbs)
}
