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
	p := homePage{
		Chrome: s.Chrome(web.RequestOf(c), "", "Find a therapist in Australia by state, type and budget, see who they really are, and book a free 15-minute call.", "/"),
		Form:   view.NewForm(), States: stateOptions("Anywhere in Australia"), Issues: issueOptions("Anything, or not sure"),
		Listed: page.Total, Accepting: page.Facets.Count("accepting", "true"), Reduced: page.Facets.Count("reduced", "true"),
		ThisWeek:   page.Facets.Count("available", "week"),
		IssueLinks: s.facetLinks(page, "issue", 12), TypeLinks: s.facetLinks(page, "type", 9), StateLinks: s.facetLinks(page, "state", 8),
	}
	for _, a := range s.Library.All() {
		p.Guides = append(p.Guides, view.Link{URL: "/guides/" + a.Slug, Text: a.Title})
	}
	return web.Render(c, http.StatusOK, s.views.home, p)
}

// facetLinks are the values of a group that lead to somebody, in the group's own order, the most
// frequent kept when there are more than most.
func (s *Pages) facetLinks(page search.Page, group string, most int) []view.Link {
	var links []view.Link
	for _, f := range commonest(facetValues(page, group), most) {
		u := "/therapists?" + search.Filter{}.With(group, f.Value).Encode()
		if group == "state" {
			u = "/therapists/" + f.Value
		}
		links = append(links, view.Link{URL: u, Text: f.Label, Note: view.Number(f.Count)})
	}
	return links
}
