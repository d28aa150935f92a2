package search

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/taxonomy"
)

// Preferences is what somebody answers on the way to a match. Every answer may be left out: then it counts
// for nobody and against nobody. Nothing of it is stored.
type Preferences struct {
	Issues    []string // at most three
	Format    string   // individual, couple, family, …
	State     string
	Mode      string   // video, phone, in-person
	Budget    Limit    // for one session
	Referral  bool     // for Medicare: what is left to pay counts instead of the fee, where it is less
	Available []string // week, evening, weekend
	Types     []string
	Language  string
	Gender    string
	Affirming string
}

// What each answer weighs. The page that explains the order is made of this table, so the two cannot
// part ways.
const (
	pointsFocus     = 3 // an issue that is somebody's focus
	pointsAlso      = 2 // an issue they also work with
	pointsBudget    = 3
	pointsLanguage  = 3
	pointsTimes     = 2 // each
	pointsType      = 2
	pointsGender    = 2
	pointsAffirming = 2
	pointsState     = 1
)

// Weight is one line of the published rule: what counts, and how much.
type Weight struct {
	What   string
	Points int
}

// Weights is the published rule of the match.
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

// Match is somebody who may suit: which wishes they meet, and which not, in the order of the questions.
type Match struct {
	*directory.Profile
	Points int
	Met    []string
	Missed []string

	say bool // the words are wanted, not only the points
}

// Matches ranks people by a wish as of now and gives the first most of them with their reasons. Only
// those are ranked who take new clients, offer the kind of session, and can be met in the way asked
// for: in person that is in the state asked for, too. The order is points, then who is free soonest,
// then one that changes with the weekday (RotationRank), so that among equals everybody is first in turn.
// Nobody pays for a place.
func Matches(people []*directory.Profile, w Preferences, now time.Time, most int) []Match {
	day := RotationDay(now)
	better := func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(waiting(a.Profile, now), waiting(b.Profile, now)),
			cmp.Compare(RotationRank(a.ID, day), RotationRank(b.ID, day)), cmp.Compare(a.ID, b.ID))
	}
	var out []Match // the best so far, in order
	for _, t := range people {
		if !w.possible(t) {
			continue
		}
		m := Match{Profile: t}
		w.weigh(&m, now)
		if len(out) == most && better(out[most-1], m) < 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, m, better)
		out = slices.Insert(out, at, m)
		out = out[:min(len(out), most)]
	}
	for i := range out {
		said := Match{Profile: out[i].Profile, say: true}
		w.weigh(&said, now)
		out[i] = said
	}
	return out
}

// waiting is how long until somebody's next free time, in whole hours: minutes would decide between
// people who are as good as equally soon.
func waiting(t *directory.Profile, now time.Time) int64 {
	if !t.Next.Any.After(now) {
		return 1 << 40
	}
	return int64(t.Next.Any.Sub(now) / time.Hour)
}

// possible says whether somebody could be booked for what is asked at all.
func (w *Preferences) possible(t *directory.Profile) bool {
	return t.Accepting &&
		(w.Format == "" || slices.ContainsFunc(t.Services, func(s directory.Service) bool { return s.Kind != directory.Consultation && s.Format == w.Format })) &&
		(w.Mode == "" || slices.Contains(t.Modes(), w.Mode)) &&
		(w.Mode != "in-person" || w.State == "" || t.State == w.State)
}

// weigh goes through the wishes in the order of the questions.
func (w *Preferences) weigh(m *Match, now time.Time) {
	t := m.Profile
	for _, issue := range w.Issues {
		focus, also := slices.Contains(t.Issues, issue), slices.Contains(t.AlsoIssues, issue)
		switch {
		case focus:
			m.met(pointsFocus, func() string { return Reason(t, "issue", issue) })
		case also:
			m.met(pointsAlso, func() string { return Reason(t, "issue", issue) })
		default:
			m.missed(func() string { return "Does not name " + lower(Label("issue", issue)) })
		}
	}
	w.weighPlace(m)
	w.weighMoney(m, now)
	for _, when := range w.Available {
		m.weigh(pointsTimes, freeAt(t, when, now), func() string { return timeWords[when][0] }, func() string { return timeWords[when][1] })
	}
	if len(w.Types) > 0 {
		m.weigh(pointsType, slices.Contains(w.Types, t.Type), t.Title, func() string { return Label("type", t.Type) + ", another profession than you prefer" })
	}
	if w.Language != "" {
		m.weigh(pointsLanguage, slices.Contains(t.Languages, w.Language), func() string { return Reason(t, "language", w.Language) },
			func() string { return "Does not name " + Label("language", w.Language) })
	}
	if w.Gender != "" {
		m.weigh(pointsGender, t.Gender == w.Gender, func() string { return Label("gender", w.Gender) }, func() string { return "Another gender than you prefer" })
	}
	if w.Affirming != "" {
		m.weigh(pointsAffirming, slices.Contains(t.Affirming, w.Affirming), func() string { return Reason(t, "affirming", w.Affirming) },
			func() string { return "Does not name experience with " + lower(Label("affirming", w.Affirming)) })
	}
}

var timeWords = map[string][2]string{
	"week":    {"Free within a week", "Nothing free within a week"},
	"evening": {"Free on an evening", "No evening free"},
	"weekend": {"Free on a weekend", "No weekend free"},
}

// freeAt says whether a time of the kind lies ahead, by the practice's wall clock.
func freeAt(t *directory.Profile, when string, now time.Time) bool {
	switch when {
	case "week":
		return t.Next.Any.After(now) && t.Next.Any.Before(now.Add(Week))
	case "evening":
		return t.Next.Evening.After(now)
	case "weekend":
		return t.Next.Weekend.After(now)
	}
	return false
}

func (w *Preferences) weighPlace(m *Match) {
	switch {
	case w.State == "":
	case m.State == w.State:
		m.met(pointsState, func() string { return Reason(m.Profile, "state", m.State) })
	default:
		m.missed(func() string {
			if slices.Contains(m.Modes(), "video") {
				return "Sees you by video, from " + strings.ToUpper(m.State)
			}
			return "In " + strings.ToUpper(m.State)
		})
	}
}

// weighMoney holds the budget against the lowest fee a client can really get, or with a referral
// against what is left after Medicare where that is less.
func (w *Preferences) weighMoney(m *Match, now time.Time) {
	if !w.Budget.Set {
		return
	}
	format := "individual"
	if w.Format == "couple" {
		format = w.Format
	}
	full, ok := directory.FeeOf(m.Profile, format)
	low, _ := directory.LowestFee(m.Profile, format)
	gap, rebated := directory.GapFor(m.Profile, format, now)
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

func (m *Match) weigh(points int, met bool, yes, no func() string) {
	if met {
		m.met(points, yes)
	} else {
		m.missed(no)
	}
}

func (m *Match) met(points int, why func() string) {
	m.Points += points
	if m.say {
		m.Met = append(m.Met, why())
	}
}

func (m *Match) missed(why func() string) {
	if m.say {
		m.Missed = append(m.Missed, why())
	}
}

// lower begins a label in lower case unless it is an abbreviation.
func lower(label string) string { return taxonomy.Within(label) }
