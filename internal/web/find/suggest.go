package find

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/search/words"
	"wattle/internal/web"
)

// suggestPage is the list below the search box: a fragment, for our own script alone.
type suggestPage struct {
	Groups []suggestGroup
	Count  int
}

type suggestGroup struct {
	Name  string
	Label string
	Items []suggestItem
}

// suggestItem is one suggestion: words for the box, or a page to go to.
type suggestItem struct {
	N                 int
	Label, Note, Text string
	URL               string
}

var suggestLabels = map[string]string{"issue": "Helps with", "type": "Profession", "place": "Suburb",
	"person": "Therapist", "crisis": "Before anything else"}

// suggest completes what is being typed into the search box. Nothing of it is kept or logged, here
// or by caches.
func (s *Pages) suggest(c *gin.Context) error {
	list, err := words.Complete(c.Request.Context(), s.Search, c.Query("q"))
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, s.views.suggest, suggestions(list))
}

func suggestions(list []words.Completion) suggestPage {
	p := suggestPage{Count: len(list)}
	for i, done := range list {
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Name != done.Group {
			p.Groups = append(p.Groups, suggestGroup{Name: done.Group, Label: suggestLabels[done.Group]})
		}
		item := suggestItem{N: i, Label: done.Label, Note: done.Note, Text: done.Text}
		switch done.Group {
		case "person":
			item.URL = "/therapist/" + done.Slug
		case "crisis":
			item.URL = "/crisis"
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Items = append(g.Items, item)
	}
	return p
}
