package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
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
func (s *Server) home(c *gin.Context) error {
	if s.notModified(c, directory.Everybody()) {
		return nil
	}
	page, err := s.Directory.Search(ctx(c), directory.Filter{PerPage: 1})
	if err != nil {
		return err
	}
	p := homePage{
		Chrome: s.chrome("", "Find a therapist in Australia by state, type and budget, see who they really are, and book a free 15-minute call.", "/"),
		Form:   view.NewForm(), States: stateOptions("Anywhere in Australia"), Issues: issueOptions("Anything, or not sure"),
		Listed: page.Total, Accepting: page.Facets.Count("accepting", "true"), Reduced: page.Facets.Count("reduced", "true"),
		ThisWeek:   page.Facets.Count("available", "week"),
		IssueLinks: s.facetLinks(page, "issue", 12), TypeLinks: s.facetLinks(page, "type", 9), StateLinks: s.facetLinks(page, "state", 8),
	}
	for _, a := range s.Guides.Library.All() {
		p.Guides = append(p.Guides, view.Link{URL: "/guides/" + a.Slug, Text: a.Title})
	}
	return render(s, c, http.StatusOK, s.views.home, p)
}

// facetLinks are the values of a group that lead to somebody, in the group's own order, the most
// frequent kept when there are more than most.
func (s *Server) facetLinks(page directory.Page, group string, most int) []view.Link {
	var links []view.Link
	for _, f := range commonest(facetValues(page, group), most) {
		u := "/therapists?" + directory.Filter{}.With(group, f.Value).Encode()
		if group == "state" {
			u = "/therapists/" + f.Value
		}
		links = append(links, view.Link{URL: u, Text: f.Label, Note: view.Number(f.Count)})
	}
	return links
}

type therapistsListPage struct {
	view.Chrome
	Action  string // where the form goes
	Query   string // canonical query of this search
	Heading string
	Found   []string // what those found have in common, as short counts
	Form    view.Form
	Words   view.HTML // partial "finder-words"
	Wishes  view.HTML // partial "finder-wishes"
	Sorts   []view.Option
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
func (s *Server) therapistsList(c *gin.Context) error {
	q := c.Request.URL.Query()
	if err := s.fromPath(c, q); err != nil {
		return err
	}
	f, notes := directory.ParseLenient(q)
	if s.notModified(c, f) {
		return nil
	}
	u, said := understand(f)
	f = u.Filter
	ask := f
	if !q.Has("per_page") {
		ask.PerPage = cardsAPage
	}
	page, err := s.Directory.Search(ctx(c), ask)
	if err != nil {
		return err
	}
	p, err := s.listPage(f, page, notes)
	if err != nil {
		return err
	}
	s.land(c, &p, f, page)
	p.showUnderstood(u, said)
	if page.Total == 0 {
		if p.Zero, err = s.zero(c, f); err != nil {
			return err
		}
	}
	return render(s, c, http.StatusOK, s.views.therapistsList, p)
}

// fromPath turns /therapists/{state}/{subject}/{issue} into filters; unknown words are 404.
func (s *Server) fromPath(c *gin.Context, q url.Values) error {
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
		f, err := directory.Parse(url.Values{"near": {place}, "state": {c.Param("state")}})
		if err != nil || f.Near.State != c.Param("state") {
			return fault.NotFound
		}
		q.Set("near", place)
	}
	return nil
}

// landingGroups are what the parts of a landing address can name. Before an issue stands a type.
var landingGroups = map[string][]string{"state": {"state"}, "subject": {"type", "issue"}, "type": {"type"}, "issue": {"issue"}}

func landingGroup(name, v string) string {
	f := directory.Filter{}
	for _, group := range landingGroups[name] {
		if g, ok := directory.GroupByName(group); ok && contains(g.Values, v) && f.With(group, v).Has(group, v) {
			return group
		}
	}
	return ""
}

// notModified answers a repeated anonymous search before any searching: the read model's version,
// the canonical query and the minute decide what the page says.
func (s *Server) notModified(c *gin.Context, f directory.Filter) bool {
	if !s.Directory.Fresh() {
		return false // nobody knows what has changed
	}
	tag := fmt.Sprintf(`W/"%s-%x-%d-%s"`, s.Directory.Version(), sum64(c.Request.URL.Path+"?"+f.Encode()+"|"+c.Request.URL.RawQuery),
		s.Clock.Now().Unix()/60, s.Version)
	c.Header("Cache-Control", "private, no-cache")
	c.Header("ETag", tag)
	if c.GetHeader("If-None-Match") != tag {
		return false
	}
	c.Status(http.StatusNotModified)
	c.Writer.WriteHeaderNow()
	return true
}

// listPage words a search. notes are what was left out of it and why.
func (s *Server) listPage(f directory.Filter, page directory.Page, notes []directory.Note) (therapistsListPage, error) {
	path := listPath(f)
	p := therapistsListPage{
		Chrome: s.chrome(listTitle(f), listDescription(f, page.Total), path), Action: "/therapists", Query: f.Encode(), Heading: listTitle(f),
		Found: foundWords(page), Form: listForm(f, notes), Sorts: sortOptions(f),
		Total: page.Total, Chips: chips(f), Notes: noteNotices(notes), Partial: page.Partial,
		Pages: view.NewPagination(f.Page, page.Pages(), func(n int) string { return listURL(f.AtPage(n)) }),
	}
	p.Active, p.Live, p.Literal = "find", true, f.AsTyped
	p.Crisis.Panel, _ = taxonomy.Crisis(f.Q)
	if p.NoIndex = path == "/therapists" && (!f.Empty() || f.Page > 1) || page.Total == 0; p.NoIndex {
		p.Canonical = ""
	}
	for _, g := range directory.Groups() {
		switch g.Name {
		case "state", "price":
		case "reduced", "free_consultation", "accepting":
			p.Ticks = append(p.Ticks, view.Facet{Value: g.Name, Label: tickWords[g.Name], Count: page.Facets.Count(g.Name, "true"), On: len(f.Chosen(g.Name)) > 0})
		default:
			p.Groups = append(p.Groups, facetGroup(f, page, g))
		}
	}
	var err error
	if p.Words, err = kept(&s.keptWords, s.views.words, finderWords{f.Q}); err != nil {
		return p, err
	}
	if p.Wishes, err = kept(&s.keptWishes, s.views.wishes, wishesOf(p.Form, p.Literal)); err != nil {
		return p, err
	}
	p.Cards, err = s.cardsHTML(page.Results, f)
	return p, err
}

var tickWords = map[string]string{
	"reduced": "A reduced-fee place is left", "free_consultation": "Offers a free first call", "accepting": "Takes new clients",
}

func facetGroup(f directory.Filter, page directory.Page, g directory.FilterGroup) view.FacetGroup {
	out := view.FacetGroup{Name: g.Name, Legend: g.Label, Open: g.Name == "type" || g.Name == "available"}
	chosen, words := f.Chosen(g.Name), facetWords()[g.Name]
	out.Values = make([]view.Facet, 0, len(words))
	for i, n := range page.Facets.Of(g) {
		v := words[i]
		if v.Count, v.On = int(n), contains(chosen, v.Value); v.Count > 0 || v.On {
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
func (s *Server) zero(c *gin.Context, f directory.Filter) (*zeroResults, error) {
	found, err := s.Directory.Suggest(ctx(c), f)
	if err != nil {
		return nil, err
	}
	z := &zeroResults{}
	for _, sg := range found {
		l := view.Link{URL: listURL(sg.Filter), Text: view.Count(sg.Total, "therapist", "therapists") + " if you " + loosenWords(sg)}
		switch {
		case z.Best.URL == "":
			z.Best = l
		case len(z.Others) < 5:
			z.Others = append(z.Others, l)
		}
	}
	return z, nil
}

type therapistShowPage struct {
	view.Chrome
	T           *directory.Therapist
	Name        string
	Title       string
	Portrait    view.Portrait
	Facts       []view.Fact
	Checked     string // "Registration checked 1 Nov 2026"
	Price       view.Price
	Bio         []string // paragraphs
	Focus       []string // labels
	Also        []string
	Details     []view.Row
	Credentials []credentialRow
	Fees        []feeRow
	Rebated     bool // a fee after Medicare is shown
	Reduced     *reducedLine
	Policy      string
	Free        *freeOffer
	Zone        string      // "Sydney time"
	Back        string      // the search they came from
	Full        bool        // accepting, but no free time
	Alike       []view.Link // people like this one who are cheaper, sooner or nearer
	Others      view.Link   // people like this one who can be booked
	CodeLink    view.Link
}

type credentialRow struct {
	Name    string // "Registration with Ahpra"
	By      string // whose register was looked in
	Number  string
	Checked string
	Next    string
	Rows    []view.Row
	Check   view.Link // where anybody can look it up
}

type feeRow struct {
	Name, Minutes, Fee, After, Modes, Note string
}

type reducedLine struct {
	Fee, For string
	Left     int
}

type freeOffer struct {
	Minutes int
	URL     string
	Days    []offerDay // the next few times, each leading to the details form
}

// offerDay is one day's first times: one each of morning, afternoon and evening.
type offerDay struct {
	Day   string
	Times []view.Link
}

// therapistShow is the profile, from the read model; free times come from Postgres.
func (s *Server) therapistShow(c *gin.Context) error {
	v, err := s.shown(c, c.Param("slug"))
	if err != nil {
		return err
	}
	p := s.profile(v)
	if free, ok := v.FreeConsult(); ok && v.Accepting {
		cal, err := s.Booking.Slots(ctx(c), booking.SlotQuery{TherapistID: v.ID, Service: free.Slug, Days: 60})
		if err != nil {
			return err
		}
		p.Free = s.offer(v, free, cal)
		p.Full = len(p.Free.Days) == 0
	}
	from, near := "", directory.Place{}
	if f, ok := cameFrom(c); ok {
		p.Back, from, near = listURL(f), fromQuery(f), f.Near
	}
	if alike, err := s.Directory.Similar(ctx(c), v, near); err == nil { // a search that fails takes no profile away
		p.Alike = alikeLinks(alike, from)
	}
	c.Header("Cache-Control", "private, no-cache")
	return render(s, c, http.StatusOK, s.views.therapistShow, p)
}

// cameFrom is the search that led to a profile.
func cameFrom(c *gin.Context) (directory.Filter, bool) {
	back, err := url.Parse(c.Query("from"))
	if err != nil || back.Path != "" || back.Host != "" {
		return directory.Filter{}, false
	}
	f, _ := directory.ParseLenient(back.Query())
	return f, true
}

// fromQuery is what a profile's address says of the search that leads to it.
func fromQuery(f directory.Filter) string {
	if q := f.Encode(); q != "" {
		return "?from=" + urlQuery("?"+q)
	}
	return ""
}

// offerDays is how many days a profile shows the first times of.
const offerDays = 3

func (s *Server) offer(v directory.View, free directory.Service, cal booking.Calendar) *freeOffer {
	o := &freeOffer{Minutes: free.Minutes, URL: "/therapist/" + v.Slug + "/book?service=" + free.Slug}
	for _, d := range cal.Days {
		if len(d.Slots) == 0 {
			continue
		}
		if len(o.Days) == offerDays {
			break
		}
		day := offerDay{Day: view.Day(d.Slots[0].Starts)}
		for _, part := range view.GroupTimes(startsOf([]booking.CalendarDay{d}), nil, "")[0].Parts {
			at := part.Times[0].Start
			q := url.Values{"service": {free.Slug}, "mode": {modeAt(d, at)}, "at": {view.ISO(at)}}
			day.Times = append(day.Times, view.Link{URL: "/therapist/" + v.Slug + "/book?" + q.Encode(), Text: view.Clock(at)})
		}
		o.Days = append(o.Days, day)
	}
	return o
}

// modeAt is the first mode in which a time can be booked; the details form says it and lets it be
// changed.
func modeAt(d booking.CalendarDay, at time.Time) string {
	for _, sl := range d.Slots {
		if sl.Starts.Equal(at) {
			return sl.Modes[0]
		}
	}
	return ""
}

// therapistPortrait draws the portrait of a listed therapist.
func (s *Server) therapistPortrait(c *gin.Context) error {
	slug, ok := strings.CutSuffix(c.Param("file"), ".svg")
	if !ok {
		return fault.NotFound
	}
	if example := fixtureTherapist(); s.Dev != nil && slug == example.Slug {
		c.Data(http.StatusOK, "image/svg+xml", portraitOf(example))
		return nil
	}
	v, err := s.shown(c, slug)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, max-age=3600") // no shared cache keeps the face of somebody who left
	c.Data(http.StatusOK, "image/svg+xml", portraitOf(v.Therapist))
	return nil
}

// shown finds a listed therapist by the slug of an address.
func (s *Server) shown(c *gin.Context, slug string) (directory.View, error) {
	if !plainSlug(slug) {
		return directory.View{}, fault.NotFound
	}
	return s.Directory.Show(ctx(c), slug)
}
