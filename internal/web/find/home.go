package find

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

type homePage struct {
	view.Chrome
	Form       view.Form
	States     []view.Option
	Issues     []view.Option
	Listed     int // therapists listed
	Accepting  int
	Reduced    int // therapists with a reduced place left
	ThisWeek   int // with a free time within seven days
	IssueLinks []view.Link
	TypeLinks  []view.Link
	StateLinks []view.Link
	Guides     []view.Link
}

// home counts from the read model; it does no SQL.
func (s *Pages) home(c *gin.Context) error {
	if s.NotModified(c) {
		return nil
	}
	page, err := s.Search.Search(c.Request.Context(), search.Filter{PerPage: 1})
	if err != nil {
		return err
	}
	find := func(group string) func(string) string {
		return func(value string) string { return "/therapists?" + search.Filter{}.With(group, value).Encode() }
	}
	p := homePage{
		Chrome: s.Chrome(web.RequestOf(c), "", "Find a therapist in Australia by state, type and budget, "+
			"see who they really are, and book a free 15-minute call.", "/"),
		Form: view.NewForm(), States: stateOptions("Anywhere in Australia"), Issues: issueOptions("Anything, or not sure"),
		Listed: page.Total, Accepting: page.Facets.Count("accepting", "true"), Reduced: page.Facets.Count("reduced", "true"),
		ThisWeek:   page.Facets.Count("available", "week"),
		IssueLinks: facetLinks(page, "issue", 12, 1, find("issue")), TypeLinks: facetLinks(page, "type", 9, 1, find("type")),
		StateLinks: facetLinks(page, "state", 8, 1, func(value string) string { return "/therapists/" + value }),
	}
	for _, a := range s.Library.All() {
		p.Guides = append(p.Guides, view.Link{URL: "/guides/" + a.Slug, Text: a.Title})
	}
	return web.Render(c, http.StatusOK, s.views.home, p)
}

// facetLinks are the values of a group with at least so many people, in the group's own order; the most
// frequent where there are more than most.
func facetLinks(page search.Page, group string, most, least int, address func(value string) string) []view.Link {
	var links []view.Link
	for _, f := range commonest(facetValues(page, group), most) {
		if f.Count >= least {
			links = append(links, view.Link{URL: address(f.Value), Text: f.Label, Note: view.Number(f.Count)})
		}
	}
	return links
}
