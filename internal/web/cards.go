package web

import (
	"html"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/view"
)

// cardKey is everything that a card shows. Profiles are never changed in place, so the pointer
// stands for their version; what is left after Medicare changes at midnight somewhere, which is
// always on a quarter of an hour.
type cardKey struct {
	who     *directory.Therapist
	next    int64  // when the next free time is
	quarter int64  // of an hour, since 1970
	format  string // whose fee is shown
	away    string
	why     string
}

// halfCards bounds either half of the cards that are kept, in bytes.
const halfCards = 8 << 20

// cardBytes is what a card costs besides its markup, about.
const cardBytes = 200

// origin stands in a card while it is rendered for the search that it was found by, which is not
// kept with it: the card is kept as what stands before, between and behind. It is escaped nowhere.
const origin = "-the-search-they-came-from-"

// cardsOf is the kind of session whose fee the cards of a search show, and what their links end with.
func cardsOf(f directory.Filter) (format, from string) {
	if len(f.Formats) == 1 {
		format = f.Formats[0]
	}
	if q := f.Encode(); q != "" {
		from = "?from=" + urlQuery("?"+q)
	}
	return format, from
}

// cardsHTML renders the cards of a page of results.
func (s *Server) cardsHTML(list []directory.View, f directory.Filter) ([]view.HTML, error) {
	format, from := cardsOf(f)
	now := s.Clock.Now()
	out := make([]view.HTML, 0, len(list))
	for _, v := range list {
		card, err := s.cardHTML(v, format, from, now)
		if err != nil {
			return nil, err
		}
		out = append(out, card)
	}
	return out, nil
}

func (s *Server) cardHTML(v directory.View, format, from string, now time.Time) (view.HTML, error) {
	k := cardKey{who: v.Therapist, next: v.Next.Any.Unix(), quarter: now.Unix() / 900, format: format, why: strings.Join(v.Matched, "\n")}
	if v.HasKm {
		k.away = kmText(v.Km)
	}
	parts, ok := s.cards.Get(k)
	if !ok {
		whole, err := s.views.card.Markup(cardOf(v, format, origin, now))
		if err != nil {
			return "", err
		}
		if parts = strings.Split(string(whole), origin); len(parts) != 3 { // somebody wrote that in their profile
			return s.views.card.Markup(cardOf(v, format, from, now))
		}
		s.cards.Put(k, parts, len(whole)+len(k.why)+cardBytes)
	}
	return view.HTML(strings.Join(parts, html.EscapeString(from))), nil
}
