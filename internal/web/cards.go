package web

import (
	"html"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/view"
)

// cardKey is everything that a card shows but why somebody was found. What is left after Medicare
// changes at midnight somewhere, which is always on a quarter of an hour.
type cardKey struct {
	who     directory.Edition
	next    int64  // when the next free time is
	quarter int64  // of an hour, since 1970
	format  string // whose fee is shown
	away    string
}

// halfCards bounds either half of the cards that are kept, in bytes.
const halfCards = 8 << 20

// cardBytes is what a card costs besides its markup, about.
const cardBytes = 200

// origin stands in a card while it is rendered for the search that it was found by, which is not
// kept with it: the card is kept as what stands before, between and behind. It is escaped nowhere.
const origin = "-the-search-they-came-from-"

// whyHere stands in a card in the place of why somebody was found, which is not kept with it either.
const whyHere = "-why-they-are-here-"

// cardsOf is the kind of session whose fee the cards of a search show, and what their links end with.
func cardsOf(f search.Filter) (format, from string) {
	if len(f.Formats) == 1 {
		format = f.Formats[0]
	}
	return format, fromQuery(f)
}

// cardList is the cards of a page of results.
type cardList struct {
	s      *Server
	list   []search.View
	filter search.Filter
}

// Any says whether there are cards.
func (c cardList) Any() bool { return len(c.list) > 0 }

// Markup is the cards as the items of a list.
func (c cardList) Markup() (view.HTML, error) {
	w := view.NewWriter()
	defer w.Free()
	c.s.writeCards(w, c.list, c.filter)
	return view.HTML(w.Bytes()), w.Err()
}

// writeCards writes cards as the items of a list.
func (s *Server) writeCards(w *view.Writer, list []search.View, f search.Filter) {
	format, from := cardsOf(f)
	now := s.Clock.Now()
	for _, v := range list {
		w.WriteString("<li>")
		if err := s.writeCard(w, v, format, from, now); err != nil {
			w.Fail(err)
		}
		w.WriteString("</li>")
	}
}

func (s *Server) writeCard(b *view.Writer, v search.View, format, from string, now time.Time) error {
	k := cardKey{who: v.Profile.Edition(), next: v.Next.Any.Unix(), quarter: now.Unix() / 900, format: format}
	if v.HasKm {
		k.away = kmText(v.Km)
	}
	parts, ok := s.keptCards.Get(k)
	if !ok {
		card := cardOf(v, format, origin, now)
		card.Why = []string{whyHere}
		whole, err := s.views.card.Markup(card)
		if err != nil {
			return err
		}
		if parts, ok = s.cardParts(string(whole)); !ok { // somebody wrote that in their profile
			whole, err = s.views.card.Markup(cardOf(v, format, from, now))
			b.WriteString(string(whole))
			return err
		}
		s.keptCards.Put(k, parts, len(whole)+cardBytes)
	}
	from = html.EscapeString(from)
	var line [240]byte // longer than most
	for i, part := range parts {
		switch {
		case i == len(parts)-1:
			b.Write(s.views.why.Append(line[:0], v.Matched))
		case i > 0:
			b.WriteString(from)
		}
		b.WriteString(part)
	}
	return nil
}

// cardParts is what is kept of a card: what stands before, between and behind the addresses, and behind
// the line that says why somebody was found.
func (s *Server) cardParts(whole string) (parts []string, ok bool) {
	parts = strings.Split(whole, origin)
	if len(parts) != 3 {
		return nil, false
	}
	before, behind, ok := strings.Cut(parts[2], string(s.views.why.Append(nil, []string{whyHere})))
	return append(parts[:2], before, behind), ok
}
