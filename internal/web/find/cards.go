package find

import (
	"crypto/rand"
	"html"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web/profile"
)

// cardKey holds everything a card shows except why the person was found and the search that its links
// lead back to. The gap after Medicare changes at a midnight, which is always on a quarter hour.
type cardKey struct {
	who     directory.Edition
	next    int64  // the next free time, Unix
	quarter int64  // quarter hours since 1970
	format  string // the kind of session whose fee is shown
	away    string // distance in words
	why     bool   // there are reasons
}

// cardsBytes bounds the cached cards.
const cardsBytes = 16 << 20

// fromMark and whyMark stand in a cached card for what differs from search to search. They are random,
// so that no profile can contain them, and need no escaping.
var fromMark, whyMark = rand.Text(), rand.Text()

// cardList renders the results of a search as the items of a list.
func (s *Pages) cardList(list []search.View, f search.Filter) (view.HTML, error) {
	format, from := profile.CardsOf(f)
	from = html.EscapeString(from)
	now := s.Clock.Now()
	var b strings.Builder
	b.Grow(len(list) * 3000) // about the size of a card
	for _, v := range list {
		card, err := s.card(v, format, now)
		if err != nil {
			return "", err
		}
		b.WriteString("<li>")
		before, after, _ := strings.Cut(string(card), whyMark)
		fillIn(&b, before, from)
		b.WriteString(html.EscapeString(strings.Join(v.Matched, " · ")))
		fillIn(&b, after, from)
		b.WriteString("</li>")
	}
	return view.HTML(b.String()), nil
}

// card returns the cached card of a result, with marks for what differs from search to search.
func (s *Pages) card(v search.View, format string, now time.Time) (view.HTML, error) {
	key := cardKey{who: v.Profile.Edition(), next: v.Next.Any.Unix(), quarter: now.Unix() / 900, format: format,
		why: len(v.Matched) > 0}
	if v.HasKm {
		key.away = profile.Distance(v.Km)
	}
	return s.cards.Get(key, func() (view.HTML, error) {
		card := profile.Card(v, format, fromMark, now)
		card.Why = nil
		if key.why {
			card.Why = []string{whyMark}
		}
		return s.views.card.Markup(card)
	})
}

// fillIn writes a part of a card with the search that its links lead back to.
func fillIn(b *strings.Builder, card, from string) {
	for {
		before, after, more := strings.Cut(card, fromMark)
		b.WriteString(before)
		if !more {
			return
		}
		b.WriteString(from)
		card = after
	}
}
