package indextest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/search"
	"wattle/internal/search/words"
	"wattle/internal/taxonomy"
)

// need is one thing that the author of a query looks for.
type need func(*directory.Profile) bool

// graded is a query as people type it, and the needs that a reader would understand.
type graded struct {
	query string
	needs []need
}

func helps(issue string) need {
	narrower := taxonomy.Issues.Narrower(issue)
	return func(t *directory.Profile) bool {
		return slices.ContainsFunc(t.AllIssues(), func(i string) bool { return slices.Contains(narrower, i) })
	}
}

func trait(group string, values ...string) need {
	return func(t *directory.Profile) bool {
		return slices.ContainsFunc(search.Traits(t, group), func(v string) bool { return slices.Contains(values, v) })
	}
}

func in(suburb string) need {
	return func(t *directory.Profile) bool { return taxonomy.Normalise(t.Suburb) == taxonomy.Normalise(suburb) }
}

func code(postcode string) need {
	return func(t *directory.Profile) bool { return t.Postcode == postcode }
}

// called is met by a name with every word.
func called(name string) need {
	return func(t *directory.Profile) bool {
		have := strings.Fields(taxonomy.Normalise(t.GivenName + " " + t.FamilyName))
		for w := range strings.FieldsSeq(taxonomy.Normalise(name)) {
			if !slices.Contains(have, w) {
				return false
			}
		}
		return true
	}
}

func under(limit money.Cents, format string) need {
	return func(t *directory.Profile) bool {
		low, ok := directory.LowestFee(t, format)
		return ok && low <= limit
	}
}

func either(a, b need) need {
	return func(t *directory.Profile) bool { return a(t) || b(t) }
}

var (
	psychologist = trait("type", "clinical-psychologist", "psychologist", "provisional-psychologist")
	couples      = either(trait("format", "couple"), helps("relationship"))
)

// gradedSet is what people type, with typos, American and Australian spelling, plurals, names and places.
var gradedSet = []graded{
	{"anxiety", []need{helps("anxiety")}},
	{"anxeity", []need{helps("anxiety")}},
	{"anxious all the time", []need{helps("anxiety")}},
	{"panic attacks", []need{helps("panic")}},
	{"panic attack", []need{helps("panic")}},
	{"depresion", []need{helps("depression")}},
	{"feeling flat and empty", []need{helps("depression")}},
	{"cant sleep", []need{helps("sleep")}},
	{"insomnia", []need{helps("sleep")}},
	{"insomina", []need{helps("sleep")}},
	{"my husband cheated on me", []need{helps("infidelity")}},
	{"cheating", []need{helps("infidelity")}},
	{"infidelity counselor", []need{helps("infidelity"), trait("type", "counsellor")}},
	{"adhd", []need{helps("adhd")}},
	{"ADHD assessment", []need{helps("assessment")}},
	{"autistic adults", []need{helps("autism"), trait("group", "adults")}},
	{"OCD", []need{helps("ocd")}},
	{"ocd erp", []need{helps("ocd"), either(trait("approach", "erp"), helps("ocd"))}},
	{"grief", []need{helps("grief")}},
	{"greif and loss", []need{helps("grief")}},
	{"bereavement", []need{helps("grief")}},
	{"postnatal depression", []need{helps("perinatal")}},
	{"burnout", []need{helps("burnout")}},
	{"burnt out", []need{helps("burnout")}},
	{"eating disorder", []need{helps("eating-disorders")}},
	{"eating disorders", []need{helps("eating-disorders")}},
	{"gambling", []need{helps("gambling")}},
	{"alcohol", []need{helps("alcohol-drugs")}},
	{"trauma", []need{helps("trauma")}},
	{"ptsd emdr", []need{helps("trauma"), trait("approach", "emdr")}},
	{"anger management", []need{helps("anger")}},
	{"low self esteem", []need{helps("self-esteem")}},
	{"coming out", []need{helps("lgbtqia")}},
	{"chronic pain", []need{helps("pain")}},
	{"menopause", []need{helps("women")}},
	{"bullying at work", []need{helps("career")}},
	{"anxiety and depression", []need{helps("anxiety"), helps("depression")}},
	{"trauma and eating disorders", []need{helps("trauma"), helps("eating-disorders")}},
	{"grief anxiety", []need{helps("grief"), helps("anxiety")}},
	{"adhd anxiety", []need{helps("adhd"), helps("anxiety")}},
	{"psychologist", []need{psychologist}},
	{"psychologists", []need{psychologist}},
	{"phsycologist", []need{psychologist}},
	{"psycholgist", []need{psychologist}},
	{"clinical psychologist", []need{trait("type", "clinical-psychologist")}},
	{"counselor", []need{trait("type", "counsellor")}},
	{"councillor", []need{trait("type", "counsellor")}},
	{"social worker", []need{trait("type", "social-worker", "mental-health-social-worker")}},
	{"psychiatrist", []need{trait("type", "psychiatrist")}},
	{"psychologist anxiety nsw", []need{psychologist, helps("anxiety"), trait("state", "nsw")}},
	{"child psychologist", []need{psychologist, trait("group", "children")}},
	{"mandarin", []need{trait("language", "mandarin")}},
	{"mandarin speaking psychologist", []need{psychologist, trait("language", "mandarin")}},
	{"arabic counsellor", []need{trait("language", "arabic"), trait("type", "counsellor")}},
	{"vietnamese", []need{trait("language", "vietnamese")}},
	{"emdr", []need{trait("approach", "emdr")}},
	{"cognitive behavioral therapy", []need{trait("approach", "cbt")}},
	{"cognitive behavioural therapy", []need{trait("approach", "cbt")}},
	{"couples counselling", []need{couples}},
	{"couple counseling", []need{couples}},
	{"marriage counselling", []need{couples}},
	{"couples counselling brisbane under 150", []need{couples, in("Brisbane"), under(150_00, "couple")}},
	{"newtown", []need{in("Newtown")}},
	{"anxiety cairns", []need{helps("anxiety"), in("Cairns")}},
	{"depression alice springs", []need{helps("depression"), in("Alice Springs")}},
	{"bentleigh east", []need{in("Bentleigh East")}},
	{"Parramata", []need{in("Parramatta")}},
	{"0870", []need{code("0870")}},
	{"huynh", []need{called("huynh")}},
	{"Mei-Hua", []need{called("mei hua")}},
	{"li na", []need{called("li na")}},
	{"el khatib", []need{called("el khatib")}},
	{"fatima", []need{called("fatima")}},
	{"hasan", []need{either(called("hassan"), called("hasan"))}},
	{"obrien", []need{either(called("obrien"), called("o brien"))}},
	{"Kowalczik", []need{called("kowalczyk")}},
	{"gonzalez", []need{called("gonzalez")}},
	{"bulk billing", []need{trait("funding", "bulk-bill")}},
	{"ndis", []need{either(trait("funding", "ndis-self-managed", "ndis-plan-managed", "ndis-agency-managed"), helps("chronic-illness"))}},
	{"female psychologist", []need{psychologist, trait("gender", "woman")}},
	{"online therapy for teens", []need{trait("mode", "video"), trait("group", "teens")}},
	{"therapist who speaks greek", []need{trait("language", "greek")}},
}

// grade is 3 for a therapist who meets every need, less for one who meets some.
func (g graded) grade(t *directory.Profile) int {
	met := 0
	for _, n := range g.needs {
		if n(t) {
			met++
		}
	}
	if met == len(g.needs) {
		return 3
	}
	return min(2, 3*met/len(g.needs))
}

// Score is how well an index answered one query.
type Score struct {
	Query string
	NDCG  float64 // of the first ten; 1 is the best possible order
	Best  int     // how many in the directory meet every need
}

// Grade searches for every query of the graded set as the site does, with the filters read from the words first, and
// scores the answers against the best possible order. A place is met only in the suburb itself, though the site
// searches around it. Queries that no one in the directory meets are left out.
func Grade(ctx context.Context, x search.Index, all []*directory.Profile, now time.Time) ([]Score, error) {
	byID := make(map[int64]*directory.Profile, len(all))
	for _, t := range all {
		byID[t.ID] = t
	}
	var out []Score
	for _, g := range gradedSet {
		f := search.All()
		f.Q = g.query
		f = words.Understand(f).Filter
		r, err := x.Search(ctx, f, now)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", g.query, err)
		}
		var got, ideal []int
		best := 0
		for _, h := range r.Hits[:min(10, len(r.Hits))] {
			got = append(got, g.grade(byID[h.ID]))
		}
		for _, t := range all {
			n := g.grade(t)
			ideal = append(ideal, n)
			if n == 3 {
				best++
			}
		}
		slices.SortFunc(ideal, func(a, b int) int { return b - a })
		if most := dcg(ideal[:min(10, len(ideal))]); most > 0 {
			out = append(out, Score{g.query, dcg(got) / most, best})
		}
	}
	return out, nil
}

func dcg(grades []int) (sum float64) {
	for i, g := range grades {
		sum += (math.Exp2(float64(g)) - 1) / math.Log2(float64(i+2))
	}
	return sum
}

// Mean returns the mean of the scores and the worst five.
func Mean(scores []Score) (mean float64, worst []Score) {
	for _, s := range scores {
		mean += s.NDCG / float64(len(scores))
	}
	worst = slices.SortedFunc(slices.Values(scores), func(a, b Score) int { return cmp.Compare(a.NDCG, b.NDCG) })
	return mean, worst[:min(5, len(worst))]
}

// Queries are the texts of the graded set.
func Queries() []string {
	out := make([]string, len(gradedSet))
	for i, g := range gradedSet {
		out[i] = g.query
	}
	return out
}
