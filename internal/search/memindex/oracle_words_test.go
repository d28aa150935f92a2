package memindex

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// wordMatch is how a therapist meets the words of a search: the rank, and for each unit met the reasons that
// may be given for it.
type wordMatch struct {
	rank    float64
	reasons [][]string
}

// explains says that the reasons given are one for each unit, each once.
func (m wordMatch) explains(given []string) bool {
	i := 0
	for _, allowed := range m.reasons {
		next := i < len(given) && slices.Contains(allowed, given[i])
		repeated := slices.ContainsFunc(given[:i], func(s string) bool { return slices.Contains(allowed, s) })
		switch {
		case next:
			i++
		case !repeated:
			return false
		}
	}
	return i == len(given)
}

// matchWords looks at every word of every listed therapist: those who meet the most units of the text. It is
// nil where the words do not count: only stop words, or words of danger that no one meets.
func matchWords(all []*directory.Profile, q string) (out map[int64]wordMatch, partial bool) {
	units := taxonomy.Units(q)
	if len(units) == 0 {
		return nil, false
	}
	most := 0
	out = map[int64]wordMatch{}
	for _, t := range all {
		if t.Listing != directory.Listed {
			continue
		}
		var m wordMatch
		for _, u := range units {
			if rank, reasons := meetUnit(t, u); reasons != nil {
				m.rank += rank
				m.reasons = append(m.reasons, reasons)
			}
		}
		if len(m.reasons) > most {
			most = len(m.reasons)
			clear(out)
		}
		if len(m.reasons) == most && most > 0 {
			out[t.ID] = m
		}
	}
	if _, risk := taxonomy.Crisis(q); risk && most == 0 {
		return nil, false
	}
	return out, most > 0 && most < len(units)
}

// meetUnit finds the best way in which a therapist meets a unit: typos first, then the field. The reasons are
// those of every way that is as good.
func meetUnit(t *directory.Profile, u taxonomy.Unit) (best float64, reasons []string) {
	way := func(typos, field int, reason string) {
		rank := float64(typos*1000 + field)
		if reasons == nil || rank < best {
			best, reasons = rank, nil
		}
		if rank == best {
			reasons = append(reasons, reason)
		}
	}
	state, _ := region.StateBySlug(t.State)
	for field, text := range []string{t.GivenName + " " + t.FamilyName, t.Suburb + " " + t.Postcode + " " + t.State + " " + state.Name, t.Headline, t.Bio} {
		for _, w := range strings.Fields(taxonomy.Normalise(text)) {
			meaning := taxonomy.Expand(w)
			title := len(meaning.Types) > 0
			if typos, ok := typosOf(u, w, title); ok && !meaning.Empty() && (!title || field == inName) {
				way(typos, field, [4]string{search.FoundByName, "Practises in " + t.Suburb, "Says “" + w + "” in the headline", "Says “" + w + "” in the profile"}[field])
			}
		}
	}
	for _, l := range taxonomy.Lists() {
		for _, slug := range search.Traits(t, l.Name) {
			if typos, ok := typosOfTerm(u, l, slug); ok {
				way(typos, inTerms, search.ReasonText(l.Name, slug))
			}
		}
	}
	return best, reasons
}

// typosOf counts the typos between a unit and a word; ok is false where they are too many. A recognised unit
// and the name of a profession are taken as written.
func typosOf(u taxonomy.Unit, word string, title bool) (typos int, ok bool) {
	if u.Text == word {
		return 0, true
	}
	most := taxonomy.MaxTypos(utf8.RuneCountInString(u.Text))
	if len(u.Found) > 0 || title || most == 0 {
		return 0, false
	}
	typos, known := counted[[2]string{u.Text, word}]
	if !known {
		typos = taxonomy.Typos(u.Text, word, most)
		counted[[2]string{u.Text, word}] = typos
	}
	return typos, typos <= most
}

var counted = map[[2]string]int{} // no test is parallel

// typosOfTerm does the same for a unit and a term.
func typosOfTerm(u taxonomy.Unit, l *taxonomy.List, slug string) (least int, ok bool) {
	for _, f := range u.Found {
		if f.List == l.Name && (f.Slug == slug || l == taxonomy.Issues && slices.Contains(taxonomy.Issues.Narrower(f.Slug), slug)) {
			return 0, true
		}
	}
	for _, w := range taxonomy.SingleWords(l, slug) {
		if typos, within := typosOf(u, w, false); within && len(u.Found) == 0 && (!ok || typos < least) {
			least, ok = typos, true
		}
	}
	return least, ok
}
