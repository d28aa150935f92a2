package find

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

type therapistsListPage struct {
	view.Chrome
	Action  string // where the form goes
	Query   string // canonical query of this search
	Heading string
	Found   []string  // what those found have in common, as short counts
	Words   view.HTML // partial "finder-words"
	Wishes  view.HTML // partial "finder-wishes"
	Sorts   []view.Option
	Sort    string // the one in force
	Groups  []view.FacetGroup
	Ticks   []view.Facet // reduced, free_consultation, accepting: Value is the parameter
	Total   int
	Chips   view.Chips
	Notes   []view.Notice
	Cards   view.HTML // partial "card" of each
	Pages   view.Pagination
	Zero    *zeroResults
	Crisis  view.CrisisPanel
	Partial bool
	Landing *landing // nil away from landing addresses

	Literal    bool             // words are searched for as they stand
	Understood *understoodWords // of a search in words; nil where there is nothing to say of it
}

// FiltersOn is how many filters are on.
func (p therapistsListPage) FiltersOn() int {
	n := len(p.Chips.Chips)
	if p.Understood != nil {
		n += len(p.Understood.Chips)
	}
	return n
}

// zeroResults says which one filter to loosen and what it would bring.
type zeroResults struct {
	Best   view.Link // the single change that helps most
	Others []view.Link
}

// cardsAPage keeps a page of results, with all that a landing page says besides, below 100 KB cold
// and 15 KB warm, as sent.
const cardsAPage = 10

// therapistsList is the directory, with filters from the query and, on landing addresses, from
// the path. Malformed filters are dropped with a note.
func (s *Pages) therapistsList(c *gin.Context) error {
	if s.NotModified(c) {
		return nil
	}
	q := c.Request.URL.Query()
	if err := s.fromPath(c, q); err != nil {
		return err
	}
	p, err := s.searched(c.Request.Context(), web.RequestOf(c), c.Request.URL.Path, q)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, s.views.therapistsList, p)
}

// searched is the page at an address, for a query that says also what the path does.
func (s *Pages) searched(ctx context.Context, req web.Request, path string, q url.Values) (
	p therapistsListPage, err error) {
	f, notes := search.ParseLenient(q)
	u, said := understand(f)
	f = u.Filter
	ask := f
	if !q.Has("per_page") {
		ask.PerPage = cardsAPage
	}
	page, err := s.Search.Search(ctx, ask)
	if err != nil {
		return p, err
	}
	if last := page.Pages(); page.Total > 0 && f.Page > last { // there are fewer pages than when the address was made
		f, ask = f.AtPage(last), ask.AtPage(last)
		if page, err = s.Search.Search(ctx, ask); err != nil {
			return p, err
		}
	}
	if p, err = s.listPage(req, f, page, notes); err != nil {
		return p, err
	}
	s.land(&p, path, f, page)
	p.showUnderstood(u, said)
	if page.Total == 0 {
		p.Zero, err = s.zero(ctx, f)
	}
	return p, err
}

// fromPath turns /therapists/{state}/{subject}/{issue} into filters; unknown words are 404.
func (s *Pages) fromPath(c *gin.Context, q url.Values) error {
	for _, name := range []string{"state", "subject", "issue"} {
		v := c.Param(name)
		if v == "" {
			continue
		}
		if name == "subject" && c.Param("issue") != "" {
			name = "type"
		}
		group := landingGroup(name, v)
		if group == "" {
			return fault.NotFound
		}
		q.Set(group, v)
	}
	if place := c.Param("place"); place != "" {
		f, err := search.Parse(url.Values{"near": {place}, "state": {c.Param("state")}})
		if err != nil || f.Near.State != c.Param("state") {
			return fault.NotFound
		}
		q.Set("near", place)
	}
	return nil
}

// landingGroups are what the parts of a landing address can name. Before an issue stands a type.
var landingGroups = map[string][]string{"state": {"state"}, "subject": {"type", "issue"}, "type": {"type"},
	"issue": {"issue"}}

func landingGroup(name, v string) string {
	f := search.Filter{}
	for _, group := range landingGroups[name] {
		if g, ok := search.GroupByName(group); ok && slices.Contains(g.Values, v) && f.With(group, v).Has(group, v) {
			return group
		}
	}
	return ""
}

// listPage words a search. notes are what was left out of it and why.
func (s *Pages) listPage(req web.Request, f search.Filter, page search.Page, notes []search.Note) (
	p therapistsListPage, err error) {
	path, title := listPath(f), listTitle(f)
	p = therapistsListPage{
		Chrome: s.Chrome(req, title, listDescription(title, page.Total), path), Action: "/therapists", Query: f.Encode(),
		Heading: title, Found: foundWords(page), Sorts: sortOptions(f), Sort: f.Sort,
		Total: page.Total, Chips: chips(f), Notes: noteNotices(notes), Partial: page.Partial,
		Pages: view.NewPagination(f.Page, page.Pages(), func(n int) string { return profile.ListURL(f.AtPage(n)) }),
	}
	p.Active, p.Live, p.Literal = "find", true, f.AsTyped
	p.Crisis.Panel, _ = taxonomy.Crisis(f.Q)
	if p.NoIndex = path == "/therapists" && (!f.Empty() || f.Page > 1) || page.Total == 0; p.NoIndex {
		p.Canonical = ""
	}
	p.count(f, page)
	if p.Words, err = s.views.words.Markup(finderWords{f.Q}); err != nil {
		return p, err
	}
	if p.Wishes, err = s.views.wishes.Markup(wishesOf(f, notes)); err != nil {
		return p, err
	}
	p.Cards, err = s.cardList(page.Results, f)
	return p, err
}

// count fills in the values of every group with their counts.
func (p *therapistsListPage) count(f search.Filter, page search.Page) {
	for i, g := range search.Groups() {
		switch g.Name {
		case "state", "price":
		case "reduced", "free_consultation", "accepting":
			p.Ticks = append(p.Ticks, view.Facet{Value: g.Name, Label: tickWords[g.Name],
				Count: page.Facets.Count(g.Name, "true"), On: len(f.Chosen(g.Name)) > 0})
		default:
			p.Groups = append(p.Groups, facetGroup(f, page, g, facetWords()[i]))
		}
	}
}

var tickWords = map[string]string{
	"reduced": "A reduced-fee place is left", "free_consultation": "Offers a free first call",
	"accepting": "Takes new clients",
}

func facetGroup(f search.Filter, page search.Page, g search.Group, words []view.Facet) view.FacetGroup {
	out := view.FacetGroup{Name: g.Name, Legend: g.Label, Open: g.Name == "type" || g.Name == "available"}
	chosen := f.Chosen(g.Name)
	out.Values = make([]view.Facet, 0, len(words))
	for i, n := range page.Facets.Of(g) {
		v := words[i]
		if v.Count, v.On = int(n), slices.Contains(chosen, v.Value); n > 0 || v.On {
			out.Values = append(out.Values, v)
		}
	}
	if len(out.Values) > 9 {
		out.Shown = 7
		out.Values = commonFirst(out.Values, out.Shown)
	}
	if g.Name == "issue" && (len(f.Issues) > 1 || f.AllIssues) {
		out.All = &view.Facet{Value: "all", Label: "Only people who help with all of these", On: f.AllIssues}
	}
	return out
}

// zero names the single filter whose loosening helps most, and the others.
func (s *Pages) zero(ctx context.Context, f search.Filter) (*zeroResults, error) {
	found, err := s.Search.Suggest(ctx, f)
	if err != nil {
		return nil, err
	}
	z := &zeroResults{}
	for _, sg := range found {
		l := view.Link{URL: profile.ListURL(sg.Filter),
			Text: view.Count(sg.Total, "therapist", "therapists") + " if you " + loosenWords(sg)}
		switch {
		case z.Best.URL == "":
			z.Best = l
		case len(z.Others) < 5:
			z.Others = append(z.Others, l)
		}
	}
	return z, nil
}
