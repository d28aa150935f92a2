// Package match ranks therapists by a visitor's preferences, and finds therapists similar to one.
package match

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// Preferences are a visitor's answers to the match questions. Every answer is optional; one left out
// neither adds nor removes points. They are never stored.
type Preferences struct {
	Issues    []string // at most three
	Format    string   // individual, couple, family, …
	State     string
	Mode      string       // video, phone, in-person
	Budget    search.Limit // for one session
	Referral  bool         // for Medicare: the gap counts instead of the fee where it is lower
	Available []string     // week, evening, weekend
	Types     []string
	Language  string
	Gender    string
	Affirming string
}

// Points per answer. The page that explains the order is rendered from this table.
const (
	pointsFocus     = 3 // an issue in the therapist's focus
	pointsAlso      = 2 // an issue the therapist also works with
	pointsBudget    = 3
	pointsLanguage  = 3
	pointsTimes     = 2 // each
	pointsType      = 2
	pointsGender    = 2
	pointsAffirming = 2
	pointsState     = 1
)

// Weight is one line of the published rule.
type Weight struct {
	What   string
	Points int
}

// Weights returns the published rule of the match.
func Weights() []Weight {
	return []Weight{
		{"Each thing you named that is a focus of theirs", pointsFocus},
		{"Each thing you named that they also work with", pointsAlso},
		{"A session that fits your budget", pointsBudget},
		{"Your language", pointsLanguage},
		{"Each of the times you asked for that is free", pointsTimes},
		{"The profession you prefer", pointsType},
		{"The gender you prefer", pointsGender},
		{"Experience with the community you named", pointsAffirming},
		{"Being in your state", pointsState},
	}
}

// Candidate is a therapist with the preferences it meets and misses, in the order of the questions.
type Candidate struct {
	*directory.Profile
	Points int
	Met    []string
	Missed []string

	explain bool // collect reasons as well as points
}

// Rank orders people by preferences as of now and returns the first limit of them with reasons. Only
// therapists qualify who accept new clients, offer the format and can be met in the mode asked for; in
// person also means in the state asked for. The order is points, then the soonest free time, then the
// daily rotation (RotationRank). Places cannot be bought.
func Rank(people []*directory.Profile, w Preferences, now time.Time, limit int) []Candidate {
	day := search.RotationDay(now)
	compare := func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points),
			cmp.Compare(hoursUntilFree(a.Profile, now), hoursUntilFree(b.Profile, now)),
			cmp.Compare(search.RotationRank(a.ID, day), search.RotationRank(b.ID, day)), cmp.Compare(a.ID, b.ID))
	}
	var out []Candidate // the best so far, sorted
	for _, t := range people {
		if !w.possible(t) {
			continue
		}
		m := Candidate{Profile: t}
		w.weigh(&m, now)
		if len(out) == limit && compare(out[limit-1], m) < 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, m, compare)
		out = slices.Insert(out, at, m)
		out = out[:min(len(out), limit)]
	}
	for i := range out {
		explained := Candidate{Profile: out[i].Profile, explain: true}
		w.weigh(&explained, now)
		out[i] = explained
	}
	return out
}

// hoursUntilFree returns the whole hours until the next free time. A finer unit would rank people apart
// who are equally soon in practice.
func hoursUntilFree(t *directory.Profile, now time.Time) int64 {
	if !t.Next.Any.After(now) {
		return 1 << 40
	}
	return int64(t.Next.Any.Sub(now) / time.Hour)
}

// possible reports whether the therapist could be booked for what is asked.
func (w *Preferences) possible(t *directory.Profile) bool {
	return t.Accepting &&
		(w.Format == "" || slices.Contains(t.Formats(), w.Format)) &&
		(w.Mode == "" || slices.Contains(t.Modes(), w.Mode)) &&
		(w.Mode != "in-person" || w.State == "" || t.State == w.State)
}

// weigh adds up the preferences in the order of the questions.
func (w *Preferences) weigh(m *Candidate, now time.Time) {
	t := m.Profile
	for _, issue := range w.Issues {
		focus, also := slices.Contains(t.Issues, issue), slices.Contains(t.AlsoIssues, issue)
		switch {
		case focus:
			m.met(pointsFocus, func() string { return search.Reason(t, "issue", issue) })
		case also:
			m.met(pointsAlso, func() string { return search.Reason(t, "issue", issue) })
		default:
			m.missed(func() string { return "Does not name " + lower(search.Label("issue", issue)) })
		}
	}
	w.weighPlace(m)
	w.weighMoney(m, now)
	for _, when := range w.Available {
		m.weigh(pointsTimes, search.Free(t.Next, when, nil, now), text(timeWords[when][0]), text(timeWords[when][1]))
	}
	if len(w.Types) > 0 {
		m.weigh(pointsType, slices.Contains(w.Types, t.Type), t.Title,
			func() string { return search.Label("type", t.Type) + ", another profession than you prefer" })
	}
	if w.Language != "" {
		m.weigh(pointsLanguage, slices.Contains(t.Languages, w.Language),
			func() string { return search.Reason(t, "language", w.Language) },
			func() string { return "Does not name " + search.Label("language", w.Language) })
	}
	if w.Gender != "" {
		m.weigh(pointsGender, t.Gender == w.Gender, func() string { return search.Label("gender", w.Gender) },
			text("Another gender than you prefer"))
	}
	if w.Affirming != "" {
		m.weigh(pointsAffirming, slices.Contains(t.Affirming, w.Affirming),
			func() string { return search.Reason(t, "affirming", w.Affirming) },
			func() string { return "Does not name experience with " + lower(search.Label("affirming", w.Affirming)) })
	}
}

func text(s string) func() string { return func() string { return s } }

var timeWords = map[string][2]string{
	"week":    {"Free within a week", "Nothing free within a week"},
	"evening": {"Free on an evening", "No evening free"},
	"weekend": {"Free on a weekend", "No weekend free"},
}

func (w *Preferences) weighPlace(m *Candidate) {
	switch {
	case w.State == "":
	case m.State == w.State:
		m.met(pointsState, func() string { return search.Reason(m.Profile, "state", m.State) })
	default:
		m.missed(func() string {
			if slices.Contains(m.Modes(), "video") {
				return "Sees you by video, from " + strings.ToUpper(m.State)
			}
			return "In " + strings.ToUpper(m.State)
		})
	}
}

// weighMoney compares the budget with the lowest fee available or, with a referral, with the gap where
// that is lower.
func (w *Preferences) weighMoney(m *Candidate, now time.Time) {
	if !w.Budget.Set {
		return
	}
	format := "individual"
	if w.Format == "couple" {
		format = w.Format
	}
	full, ok := directory.FeeOf(m.Profile, format)
	low, _ := directory.LowestFee(m.Profile, format)
	gap, rebated := search.GapFor(m.Profile, format, now)
	rebated = rebated && w.Referral
	switch {
	case !ok:
		m.missed(func() string { return "Names no fee for this" })
	case full <= w.Budget.Cents:
		m.met(pointsBudget, func() string { return full.String() + " a session" })
	case rebated && gap <= w.Budget.Cents:
		m.met(pointsBudget, func() string { return gap.String() + " after Medicare, of " + full.String() })
	case low <= w.Budget.Cents:
		m.met(pointsBudget, func() string { return "A reduced place at " + low.String() })
	case rebated:
		m.missed(func() string { return gap.String() + " after Medicare, above your budget" })
	default:
		m.missed(func() string { return low.String() + " a session, above your budget" })
	}
}

func (m *Candidate) weigh(points int, met bool, yes, no func() string) {
	if met {
		m.met(points, yes)
	} else {
		m.missed(no)
	}
}

func (m *Candidate) met(points int, why func() string) {
	m.Points += points
	if m.explain {
		m.Met = append(m.Met, why())
	}
}

func (m *Candidate) missed(why func() string) {
	if m.explain {
		m.Missed = append(m.Missed, why())
	}
}

// lower starts a label in lower case unless it is an abbreviation.
func lower(label string) string { return taxonomy.Within(label) }
