package meili

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// why lists the reasons why a therapist meets a text.
func (r reading) why(t *directory.Profile) []string {
	var out []string
	for _, u := range r.units {
		if s := reason(t, u); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// reason checks what the engine checks, in the same order: terms as written, name, place, terms with typos, headline,
// bio.
func reason(t *directory.Profile, u taxonomy.Unit) string {
	if s := termReason(t, u.Found); s != "" {
		return s
	}
	if nearest(u.Text, t.GivenName+" "+t.FamilyName) != "" {
		return search.FoundByName
	}
	if nearest(u.Text, placeWords(t)) != "" {
		return "Practises in " + t.Suburb
	}
	if len(u.Found) == 0 {
		if s := termReason(t, misspelt(t, u.Text)); s != "" {
			return s
		}
	}
	if word := nearest(u.Text, meaningful(t.Headline)); word != "" {
		return "Says “" + word + "” in the headline"
	}
	if word := nearest(u.Text, meaningful(t.Bio)); word != "" {
		return "Says “" + word + "” in the profile"
	}
	return ""
}

func termReason(t *directory.Profile, terms []taxonomy.Found) string {
	for _, f := range terms {
		slugs := []string{f.Slug}
		if f.List == taxonomy.Issues.Name {
			slugs = taxonomy.Issues.Narrower(f.Slug)
		}
		for _, slug := range slugs {
			if slices.Contains(search.Traits(t, f.List), slug) {
				return search.ReasonText(f.List, slug)
			}
		}
	}
	return ""
}

// nearest is the word of a text with the fewest typos, "" if all have too many.
func nearest(word, text string) (best string) {
	most := taxonomy.MaxTypos(utf8.RuneCountInString(word))
	for w := range strings.FieldsSeq(taxonomy.Normalise(text)) {
		if away := taxonomy.Typos(word, w, most); away <= most {
			best, most = w, away-1
		}
		if most < 0 {
			break
		}
	}
	return best
}

// misspelt is the first term of a therapist that a word with typos may mean.
func misspelt(t *directory.Profile, word string) []taxonomy.Found {
	for _, l := range taxonomy.Lists() {
		if l == taxonomy.Identities {
			continue
		}
		for _, slug := range search.Traits(t, l.Name) {
			if nearest(word, strings.Join(taxonomy.SingleWords(l, slug), " ")) != "" {
				return []taxonomy.Found{{List: l.Name, Slug: slug}}
			}
		}
	}
	return nil
}
