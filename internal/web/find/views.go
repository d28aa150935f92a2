package find

import "wattle/internal/view"

// views are the area's pages and partials, each bound to the one struct it prints.
type views struct {
	home           view.Page[homePage]
	therapistsList view.Page[therapistsListPage]
	therapistShow  view.Page[therapistShowPage]
	suggest        view.Page[suggestPage]
	match          view.Page[matchPage]
	order          view.Page[orderPage]
	plain          map[string]view.Page[plainPage] // by path
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
		plain:          map[string]view.Page[plainPage]{},
		card:           view.ParsePartial[view.Card](s.Set, "card"),
		words:          view.ParseCached[finderWords](s.Set, "finder-words", finderBytes),
		wishes:         view.ParseCached[finderWishes](s.Set, "finder-wishes", finderBytes),
	}
	for path := range plainPages {
		s.views.plain[path] = view.Parse[plainPage](s.Set, path[1:])
	}
}
