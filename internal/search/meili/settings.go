package meili

import (
	"strings"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"wattle/internal/taxonomy"
)

// unlimited is more than the therapists there will be: totals stay exact and the last page reachable.
const unlimited = 5_000_000

// settingsFor are the index's settings. Ranking is that of the embedded index: the sort of the query, then
// words, typos, field, the soonest time, and one day's rotation, which a search changes into that of its own
// day. From 1.36 on a word's position within its field can be left out; before, the engine ranks by it too.
func settingsFor(v version) *meilisearch.Settings {
	field := "attributeRank"
	if v.before(1, 36) {
		field = "attribute"
	}
	prefix := "disabled" // words are whole words: "mee" finds no Meera
	return &meilisearch.Settings{
		SearchableAttributes: []string{inName, inTerms, inPlace, inHeadline, inBio},
		DisplayedAttributes:  []string{atID, instants[0], lowFee[0], lowFee[1], atGeo},
		FilterableAttributes: filterable(),
		SortableAttributes:   append([]string{atID, instants[0], lowFee[0], lowFee[1], atGeo}, turns[:]...),
		RankingRules: []string{"sort", "words", "typo", field, instants[0] + ":asc", turns[0] + ":asc",
			atID + ":asc"},
		ProximityPrecision: meilisearch.ByAttribute, // the distance between words does not rank
		StopWords:          taxonomy.StopWords(),
		Synonyms:           synonyms(),
		PrefixSearch:       &prefix,
		TypoTolerance: &meilisearch.TypoTolerance{Enabled: true, DisableOnWords: []string{}, DisableOnAttributes: []string{},
			MinWordSizeForTypos: meilisearch.MinWordSizeForTypos{OneTypo: 5, TwoTypos: 9}},
		Pagination: &meilisearch.Pagination{MaxTotalHits: unlimited},
	}
}

func filterable() []string {
	out := []string{atID, atNames, atPractises, atZone, atPostcode, atGapFee, atGapLength, atGeo}
	out = append(append(append(out, instants[:]...), lowFee[:]...), traitGroups()...)
	return out
}

// synonyms lead from every word by which a term is known to the word of its label, one way each:
// "insomnia" is sleep, while "sleep" alone is not insomnia in particular. Phrases that are written as
// the taxonomy knows them become filters before the engine sees them.
func synonyms() map[string][]string {
	out := map[string][]string{}
	for _, l := range taxonomy.Lists() {
		if l == taxonomy.Identities {
			continue
		}
		for _, t := range l.All() {
			label := taxonomy.Normalise(t.Label)
			if strings.Contains(label, " ") {
				continue
			}
			for _, s := range t.Synonyms {
				if word := taxonomy.Normalise(s); word != label && word != "" {
					out[word] = append(out[word], label)
				}
			}
		}
	}
	return out
}
