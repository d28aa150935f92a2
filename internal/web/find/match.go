package find

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/search/match"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// mostMatches is how many people a match shows: enough to choose from, few enough to read.
const mostMatches = 6

// The match takes its answers by POST, so that they stand in no address, history or log.
type matchPage struct {
	view.Chrome
	Form    view.Form
	Issues  []view.Option
	States  []view.Option
	Formats []view.Option
	Modes   []view.Option
	Times   []view.Option
	Types   []view.Option
	Langs   []view.Option
	Genders []view.Option
	With    []view.Option
	Weights []match.Weight

	Asked   bool
	Matches []matchFound
	Crisis  view.CrisisPanel
}

// matchFound is one person of a match: a card with what is met, and what is not.
type matchFound struct {
	Card   view.Card
	Missed []string
}

func (s *Pages) match(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	return web.Render(c, http.StatusOK, s.views.match, s.matchPage(web.RequestOf(c), view.NewForm()))
}

// matchFind answers the questions. What cannot be read comes back in its form.
func (s *Pages) matchFind(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := c.Request.ParseForm(); err != nil {
		return fault.New(fault.Malformed, "We could not read that.")
	}
	wish, err := readWish(c.Request.PostForm)
	p := s.matchPage(web.RequestOf(c), view.FormOf(c.Request.PostForm, err))
	if err != nil {
		p.Title = web.TitleOf(p.Title, p.Form)
		return web.Render(c, http.StatusUnprocessableEntity, s.views.match, p)
	}
	found, views, err := match.Find(c.Request.Context(), s.Search, wish, mostMatches)
	if err != nil {
		return err
	}
	p.Asked, p.Title = true, "People who may suit you"
	p.Crisis.Panel = matchCrisis(wish.Issues)
	for i, m := range found {
		format := search.Filter{Formats: formatsOf(wish.Format)}.Format()
		card := profile.Card(views[i], format, "", s.Clock.Now()) // the answers stay out of its address
		p.Matches = append(p.Matches, matchFound{card, m.Missed})
	}
	return web.Render(c, http.StatusOK, s.views.match, p)
}

func formatsOf(format string) []string {
	if format == "" {
		return nil
	}
	return []string{format}
}

// matchCrisis is the panel for answers that may mean danger.
func matchCrisis(issues []string) taxonomy.Panel {
	for _, i := range issues {
		if panel, ok := taxonomy.Crisis(search.Label("issue", i)); ok {
			return panel
		}
	}
	return taxonomy.PanelNone
}

func (s *Pages) matchPage(req web.Request, f view.Form) matchPage {
	p := matchPage{
		Chrome: s.Chrome(req, "Find who may suit you",
			"Seven questions, each of which you may leave out. You see who may suit you, with the reasons. Nothing is stored.",
			"/match"),
		Form: f, Issues: issueOptions("Nothing, or not sure"), States: stateOptions("Anywhere in Australia"),
		Formats: valueOptions("format", "No preference", "individual", "couple", "family", "child-with-parent", "group"),
		Modes:   valueOptions("mode", "Any way", "video", "phone", "in-person"),
		Times: []view.Option{{Value: "week", Label: "Within a week"}, {Value: "evening", Label: "Evenings, from 5 pm"},
			{Value: "weekend", Label: "Weekends"}},
		Types: allOptions("type", "No preference"), Langs: allOptions("language", "No preference"),
		Genders: allOptions("gender", "No preference"),
		With:    allOptions("affirming", "Nothing in particular"), Weights: match.Weights(),
	}
	p.Active = "match"
	return p
}

func valueOptions(group, none string, values ...string) []view.Option {
	out := []view.Option{{Label: none}}
	for _, v := range values {
		out = append(out, view.Option{Value: v, Label: search.Label(group, v)})
	}
	return out
}

func allOptions(group, none string) []view.Option {
	g, _ := search.GroupByName(group)
	return valueOptions(group, none, g.Values...)
}

// readWish reads the answers by the rules of the directory's filter: one list of what may be asked.
// Empty answers are no answers.
func readWish(form url.Values) (match.Preferences, error) {
	q := url.Values{}
	for from, to := range map[string]string{"issue": "issue", "also": "issue", "format": "format", "state": "state",
		"mode": "mode", "budget": "max_fee", "available": "available", "type": "type", "language": "language", "gender": "gender",
		"affirming": "affirming"} {
		for _, v := range form[from] {
			if v = strings.TrimSpace(v); v != "" {
				q.Add(to, v)
			}
		}
	}
	f, err := search.Parse(q)
	if err != nil {
		return match.Preferences{}, inMatch(err)
	}
	return match.Preferences{Issues: f.Issues, Format: first(f.Formats), State: first(f.States), Mode: first(f.Modes),
		Budget: f.MaxFee, Referral: form.Get("referral") == "true",
		Available: f.Available, Types: f.Types, Language: first(f.Languages), Gender: first(f.Genders),
		Affirming: first(f.Affirming)}, nil
}

// inMatch names the fields as they stand in the form, and makes a slip of it: nothing is wrong with
// the request but an answer.
func inMatch(err error) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	slip := fault.New(fault.Invalid, e.Message)
	for _, f := range e.Fields {
		name := f.Name
		if name == "max_fee" {
			name = "budget"
		}
		slip = slip.With(name, f.Message)
	}
	return slip
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
