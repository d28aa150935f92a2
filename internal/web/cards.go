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

// usualCard is how long a card is, about.
const usualCard = 3 << 10

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
	return format, fromQuery(f)
}

// cardsHTML renders the cards of a page of results as the items of a list.
func (s *Server) cardsHTML(list []directory.View, f directory.Filter) (view.HTML, error) {
	format, from := cardsOf(f)
	now := s.Clock.Now()
	var b strings.Builder
	b.Grow(len(list) * usualCard)
	for _, v := range list {
		b.WriteString("<li>")
		if err := s.writeCard(&b, v, format, from, now); err != nil {
			return "", err
		}
		b.WriteString("</li>")
	}
	return view.HTML(b.String()), nil
}

func (s *Server) writeCard(b *strings.Builder, v directory.View, format, from string, now time.Time) error {
	k := cardKey{who: v.Therapist, next: v.Next.Any.Unix(), quarter: now.Unix() / 900, format: format, why: strings.Join(v.Matched, "\n")}
	if v.HasKm {
		k.away = kmText(v.Km)
	}
	parts, ok := s.keptCards.Get(k)
	if !ok {
		whole, err := s.views.card.Markup(cardOf(v, format, origin, now))
		if err != nil {
			return err
		}
		if parts = strings.Split(string(whole), origin); len(parts) != 3 { // somebody wrote that in their profile
			whole, err = s.views.card.Markup(cardOf(v, format, from, now))
			b.WriteString(string(whole))
			return err
		}
		s.keptCards.Put(k, parts, len(whole)+len(k.why)+cardBytes)
	}
	from = html.EscapeString(from)
	for i, part := range parts {
		if i > 0 {
			b.WriteString(from)
		}
		b.WriteString(part)
	}
	return nil
}
