package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/guides"
	"wattle/internal/money"
	"wattle/internal/taxonomy"
	"wattle/internal/web"
)

// guideJSON is a guide in a list, with people who help with its subject.
type guideJSON struct {
	Slug       string        `json:"slug"`
	Title      string        `json:"title"`
	Summary    string        `json:"summary"`
	Issues     []string      `json:"issues"`
	Minutes    int           `json:"reading_minutes"`
	Author     authorJSON    `json:"author"`
	Published  string        `json:"published_on"`
	Checked    string        `json:"checked_on"`
	Due        string        `json:"check_due_on"`
	Overdue    bool          `json:"overdue"`
	Reviewer   *reviewerJSON `json:"reviewer"`
	Therapists []card        `json:"therapists"`
	Reason     string        `json:"therapists_reason,omitempty"`
	URL        string        `json:"url"`
}

type authorJSON struct {
	Name        string `json:"name"`
	Credentials string `json:"credentials"`
}

type reviewerJSON struct {
	Name         string `json:"name"`
	Profession   string `json:"profession"`
	Registration string `json:"registration"`
	ReviewedOn   string `json:"reviewed_on"`
}

// guideDetail is the whole guide; texts are HTML of p, ul, ol, li, strong, em, a and sup.
type guideDetail struct {
	guideJSON
	Takeaways    []string           `json:"takeaways"`
	Introduction string             `json:"introduction"`
	Sections     []guideSectionJSON `json:"sections"`
	Help         string             `json:"when_to_get_help"`
	CrisisLines  []crisisLineJSON   `json:"crisis_lines"`
	Questions    []guideSectionJSON `json:"questions"`
	Sources      []guideSourceJSON  `json:"sources"`
	Disclosure   string             `json:"disclosure"`
	Related      []string           `json:"related"`
}

type guideSectionJSON struct {
	ID       string     `json:"id"`
	Question string     `json:"question"`
	HTML     string     `json:"html"`
	Rates    *ratesJSON `json:"medicare_rates,omitempty"`
}

type ratesJSON struct {
	Since string        `json:"since"`
	Until string        `json:"until"`
	Rows  []rateRowJSON `json:"rows"`
}

type rateRowJSON struct {
	Profession string      `json:"profession"`
	Fee        money.Cents `json:"schedule_fee_cents"`
	Benefit    money.Cents `json:"benefit_cents"`
}

type crisisLineJSON struct {
	Name   string `json:"name"`
	Number string `json:"number"`
	Text   string `json:"text,omitempty"`
	Hours  string `json:"hours"`
	URL    string `json:"url,omitempty"`
}

type guideSourceJSON struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	SeenOn    string `json:"seen_on"`
	Address   string `json:"address"`
}

// guidesList lists every guide with its people.
func (s *API) guidesList(c *gin.Context) error {
	if err := noQuery(c); err != nil {
		return err
	}
	results := []guideJSON{}
	for _, a := range s.Guides.Library.All() {
		results = append(results, s.guideLineJSON(c, a.At(guides.Today(s.Clock.Now()))))
	}
	return web.WriteJSON(c, http.StatusOK, struct {
		Total   int         `json:"total"`
		Results []guideJSON `json:"results"`
	}{len(results), results})
}

func (s *API) guideShow(c *gin.Context) error {
	if err := noQuery(c); err != nil {
		return err
	}
	a, err := s.Guides.Library.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	g := a.At(guides.Today(s.Clock.Now()))
	out := guideDetail{guideJSON: s.guideLineJSON(c, g), Introduction: string(g.Intro),
		Sections: sectionsJSON(g.Sections), Help: string(g.Help),
		CrisisLines: []crisisLineJSON{}, Questions: sectionsJSON(g.Questions), Disclosure: g.Disclosure,
		Related: append([]string{}, g.Related...)}
	for _, t := range g.Takeaways {
		out.Takeaways = append(out.Takeaways, string(t))
	}
	for _, l := range taxonomy.Services(a.Panel) {
		out.CrisisLines = append(out.CrisisLines, crisisLineJSON{l.Name, l.Number, l.Text, l.Hours, l.URL})
	}
	for _, src := range g.Sources {
		address := src.Address
		if src.Path != "" {
			address = s.BaseURL + src.Path
		}
		seen := src.Seen.Format(time.DateOnly)
		out.Sources = append(out.Sources, guideSourceJSON{src.ID, src.Title, src.Publisher, seen, address})
	}
	return web.WriteJSON(c, http.StatusOK, out)
}

func (s *API) guideLineJSON(c *gin.Context, g guides.Guide) guideJSON {
	people, err := s.Guides.People(c.Request.Context(), g.Article)
	if err != nil {
		s.Degraded(c, "guide without people", err)
	}
	out := guideJSON{Slug: g.Slug, Title: g.Title, Summary: g.Summary, Issues: append([]string{}, g.Issues...),
		Minutes: g.Minutes, Author: authorJSON(g.Byline), Published: g.Published.Format(time.DateOnly),
		Checked: g.Reviewed.Format(time.DateOnly), Due: g.Due.Format(time.DateOnly), Overdue: g.Stale,
		Therapists: []card{}, Reason: people.Reason, URL: s.BaseURL + "/guides/" + g.Slug}
	if r := g.Reviewer; r != nil {
		out.Reviewer = &reviewerJSON{r.Name, r.Profession, r.Registration, r.On.Format(time.DateOnly)}
	}
	for _, v := range people.Views {
		out.Therapists = append(out.Therapists, newCard(v, people.Filter, s.Clock.Now(), s.BaseURL))
	}
	return out
}

func sectionsJSON(list []guides.Section) []guideSectionJSON {
	out := []guideSectionJSON{}
	for _, sec := range list {
		j := guideSectionJSON{ID: sec.ID, Question: sec.Question, HTML: string(sec.Body)}
		if r := sec.Rates; r != nil {
			j.Rates = &ratesJSON{Since: r.Since.Format(time.DateOnly), Until: r.Until.Format(time.DateOnly)}
			for _, row := range r.Rows {
				j.Rates.Rows = append(j.Rates.Rows, rateRowJSON{row.Who, row.Fee, row.Benefit})
			}
		}
		out = append(out, j)
	}
	return out
}
