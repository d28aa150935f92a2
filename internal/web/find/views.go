package find

import (
	"wattle/internal/view"
)

// views are the area's pages and partials, each bound to the one struct it prints.
type views struct {
	home           view.Page[homePage]
	therapistsList view.Page[therapistsListPage]
	therapistShow  view.Page[therapistShowPage]
	suggest        view.Page[suggestPage]
	match          view.Page[matchPage]
	order          view.Page[orderPage]
	crisis         view.Page[plainPage]
	privacy        view.Page[plainPage]
	terms          view.Page[plainPage]
	accessibility  view.Page[plainPage]
	card           view.Partial[view.Card]
	words          view.CachedPartial[finderWords]
	wishes         view.CachedPartial[finderWishes]
}

func (s *Pages) bind() {
	s.views = views{
		home:           view.Parse[homePage](s.Set, "home"),
		therapistsList: view.Parse[therapistsListPage](s.Set, "directory/list"),
		therapistShow:  view.Parse[therapistShowPage](s.Set, "directory/show"),
		suggest:        view.Parse[suggestPage](s.Set, "directory/suggest"),
		match:          view.Parse[matchPage](s.Set, "directory/match"),
		order:          view.Parse[orderPage](s.Set, "directory/order"),
		crisis:         view.Parse[plainPage](s.Set, "crisis"),
		privacy:        view.Parse[plainPage](s.Set, "privacy"),
		terms:          view.Parse[plainPage](s.Set, "terms"),
		accessibility:  view.Parse[plainPage](s.Set, "accessibility"),
		card:           view.ParsePartial[view.Card](s.Set, "card"),
		words:          view.ParseCached[finderWords](s.Set, "finder-words", finderBytes),
		wishes:         view.ParseCached[finderWishes](s.Set, "finder-wishes", finderBytes),
	}
}
