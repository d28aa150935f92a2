package find

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/money"
	"wattle/internal/search"
	"wattle/internal/search/match"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/internal/web"
)

// orderPage is the published rule, printed from what decides.
type orderPage struct {
	view.Chrome
	Sorts       []search.SortRule
	Weights     []match.Weight
	Within      int         // kilometres around a place, when no distance is chosen
	OneSlip     int         // letters of a word from which one slip is forgiven
	TwoSlips    int         // and two
	Zone        string      // whose midnight begins the day
	Reasons     int         // at most, on a result
	MinSaving   money.Cents // the smallest difference in fee that counts as cheaper
	Alike       int         // of each kind, among whom people like another are looked for
	Corrections string      // address for mistakes; "" where the operator has set none
}

func (s *Pages) order(c *gin.Context) error {
	c.Header("Cache-Control", "private, no-cache")
	return web.Render(c, http.StatusOK, s.views.order, s.orderPage(web.RequestOf(c)))
}

func (s *Pages) orderPage(req web.Request) orderPage {
	p := orderPage{
		Chrome: s.Chrome(req, "How results are ordered",
			"The whole rule by which people are found here and put in order: what decides, "+
				"how equals take turns, and what is never used.", web.OrderPath),
		Sorts: search.SortRules(), Weights: match.Weights(), Within: search.DefaultWithinKm,
		OneSlip: lettersFor(1), TwoSlips: lettersFor(2), Zone: search.RotationCity(), Reasons: search.MaxReasons,
		MinSaving: match.MinSaving, Alike: search.MaxPerPage, Corrections: s.Corrections,
	}
	p.Active = "order"
	return p
}

// lettersFor is how long a word must be to be forgiven so many slips.
func lettersFor(slips int) int {
	for letters := 1; ; letters++ {
		if taxonomy.MaxTypos(letters) >= slips {
			return letters
		}
	}
}
