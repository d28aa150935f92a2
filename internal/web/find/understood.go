package find

import (
	"wattle/internal/search"
	"wattle/internal/search/words"
	"wattle/internal/view"
	"wattle/internal/web/profile"
)

// understoodWords tells what a search in words was taken to ask for, so that nothing of it happens
// silently; or that the words are searched for as they stand.
type understoodWords struct {
	Said  string
	Chips []view.Chip // what was understood, each with the page without it
	Other string      // the same words the other way: as they stand, or read again
	AsIs  bool        // they are searched for as they stand
}

// understand reads the words of a search. asked is what came with the address.
func understand(asked search.Filter) (words.Understanding, *understoodWords) {
	u := words.Understand(asked)
	if asked.Q == "" {
		return u, nil
	}
	other := asked.AtPage(1)
	other.AsTyped = !asked.AsTyped
	out := &understoodWords{Said: asked.Q, Other: profile.ListURL(other)}
	if asked.AsTyped {
		out.AsIs = true
		if !words.Understand(other).Any() {
			return u, nil // read again they would say nothing else
		}
		return u, out
	}
	for _, v := range u.Values() {
		out.Chips = append(out.Chips, view.Chip{Label: u.Label(v),
			Remove: profile.ListURL(u.Filter.Without(v.Group, v.Value))})
	}
	if len(out.Chips) == 0 {
		return u, nil
	}
	return u, out
}

// showUnderstood puts what was understood on the page. Its chips are not shown again below.
func (p *therapistsListPage) showUnderstood(u words.Understanding, said *understoodWords) {
	p.Notes = append(p.Notes, noteNotices(u.Notes)...)
	p.Understood = said
	if !u.Any() {
		return
	}
	p.NoIndex, p.Canonical = true, ""
	values := u.Values()
	kept := p.Chips.Chips[:0:0]
	for i, v := range append(wordChip(u.Filter), u.Filter.Active()...) {
		if !hasValue(values, v, u) {
			kept = append(kept, p.Chips.Chips[i])
		}
	}
	p.Chips.Chips = kept
}

// wordChip is the place of the words among the chips.
func wordChip(f search.Filter) []search.Value {
	if f.Q == "" {
		return nil
	}
	return []search.Value{{Group: "q", Value: f.Q}}
}

func hasValue(values []search.Value, v search.Value, u words.Understanding) bool {
	for _, w := range values {
		if w == v || w.Group == "near" && v.Group == "near" && v.Value == u.Filter.Near.Label() {
			return true
		}
	}
	return false
}
