package meili

import (
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// document is a profile as the engine stores it: what filters, sorts and words need and nothing else. All of
// it is on the public page.
type document map[string]any

// The searchable attributes, the best first.
const (
	inName     = "name"
	inTerms    = "terms"
	inPlace    = "place"
	inHeadline = "headline"
	inBio      = "bio"
)

// Further attributes. Those of the filter groups have the names of the groups.
const (
	atID        = "id"
	atNames     = "names"     // the single words of the name, to filter by
	atPractises = "practises" // the profession Medicare goes by
	atZone      = "zone"
	atPostcode  = "postcode"
	atGapFee    = "gap_fee"     // cents of the individual session a gap is of
	atGapLength = "gap_minutes" // its minutes
	atGeo       = "_geo"
)

// instants are the attributes of the next free times, in microseconds since 1970. A missing instant is left
// out and sorts last. They are instants and not flags, because a flag goes stale with the clock.
var instants = [3]string{"next_any", "next_evening", "next_weekend"}

// turns are the attributes of the rotation rank, one for each day of the week.
var turns = [7]string{"turn_sun", "turn_mon", "turn_tue", "turn_wed", "turn_thu", "turn_fri", "turn_sat"}

// formats are the two session formats whose fee a search can be about, lowFee the attributes of their lowest
// fee in cents.
var (
	formats = [2]string{"individual", "couple"}
	lowFee  = [2]string{"low_individual", "low_couple"}
)

// traitGroups are the filter groups whose values depend on the profile alone.
func traitGroups() (out []string) {
	for _, g := range search.Groups() {
		if g.Static() {
			out = append(out, g.Name)
		}
	}
	return out
}

func documentOf(t *directory.Profile) document {
	d := document{
		atID: t.ID, atZone: t.Zone, atPostcode: t.Postcode, atPractises: t.Practises(),
		atGeo:      map[string]float64{"lat": t.Lat, "lng": t.Lng},
		inName:     taxonomy.Normalise(t.GivenName + " " + t.FamilyName),
		inTerms:    termWords(t),
		inPlace:    placeWords(t),
		inHeadline: meaningful(t.Headline),
		inBio:      meaningful(t.Bio),
	}
	d[atNames] = strings.Fields(d[inName].(string))
	for _, g := range traitGroups() {
		d[g] = orEmpty(search.Traits(t, g))
	}
	for i, at := range []time.Time{t.Next.Any, t.Next.Evening, t.Next.Weekend} {
		if !at.IsZero() {
			d[instants[i]] = at.UnixMicro()
		}
	}
	for day, attribute := range turns {
		d[attribute] = search.RotationRank(t.ID, time.Weekday(day))
	}
	for i, format := range formats {
		if low, ok := directory.LowestFee(t, format); ok {
			d[lowFee[i]] = int64(low)
		}
	}
	if s, ok := directory.FeeService(t, "individual"); ok && s.Format == "individual" {
		d[atGapFee], d[atGapLength] = int64(s.Fee), s.Minutes
	}
	return d
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func placeWords(t *directory.Profile) string {
	s, _ := region.StateBySlug(t.State)
	return taxonomy.Normalise(strings.Join([]string{t.Suburb, t.Postcode, t.State, s.Name}, " "))
}

// termWords are the single words for a profile's issues, languages, approaches and other terms, so that the
// engine forgives typos in them. A term that is spelt correctly becomes a filter instead.
func termWords(t *directory.Profile) string {
	seen := map[string]bool{}
	var out []string
	for _, l := range taxonomy.Lists() {
		if l == taxonomy.Identities {
			continue // never searched
		}
		for _, slug := range search.Traits(t, l.Name) {
			for _, w := range taxonomy.SingleWords(l, slug) {
				if !seen[w] {
					seen[w] = true
					out = append(out, w)
				}
			}
		}
	}
	return strings.Join(out, " ")
}

// meaningful drops stop words and professions from a text. Only credentials lead to a profession: "once worked
// beside a psychologist" is not found as one, not even with a typo.
func meaningful(text string) string {
	var out []string
	for word := range strings.FieldsSeq(taxonomy.Normalise(text)) {
		if m := taxonomy.Expand(word); !m.Empty() && len(m.Types) == 0 {
			out = append(out, word)
		}
	}
	return strings.Join(out, " ")
}
