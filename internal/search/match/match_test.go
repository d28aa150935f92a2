package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/search"
)

var matchNow = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// matchable is a therapist in Sydney therapist meets everything the tables below ask for.
func matchable(id int64, change ...func(*directory.Profile)) *directory.Profile {
	t := &directory.Profile{ID: id, State: "nsw", Type: "counsellor", Gender: "woman", Zone: "Australia/Sydney",
		Accepting: true, Issues: []string{"anxiety"}, AlsoIssues: []string{"sleep"},
		Languages: []string{"english", "arabic"}, Affirming: []string{"lgbtqia"},
		Services: []directory.Service{{Slug: "individual", Kind: directory.Session, Format: "individual", Minutes: 50,
			Fee: 150_00, Modes: []string{"video", "in-person"}}, {Slug: directory.FreeConsultation,
			Kind: directory.Consultation, Minutes: 15, Modes: []string{"phone"}}},
		Next: directory.Next{Any: matchNow.Add(26 * time.Hour), Evening: matchNow.Add(50 * time.Hour)}}
	for _, c := range change {
		c(t)
	}
	return t
}

func budget(dollars money.Cents) search.Limit { return search.Limit{Set: true, Cents: dollars * 100} }

func TestMatchPointsAndReasons(t *testing.T) {
	psych := func(t *directory.Profile) {
		t.Type, t.Credentials = "psychologist", []directory.Credential{{Kind: "ahpra", RegistrationType: "General"}}
	}
	reduced := func(left int) func(*directory.Profile) {
		return func(t *directory.Profile) { t.Reduced = &directory.Reduced{Fee: 90_00, Left: left} }
	}
	for name, c := range map[string]struct {
		prefs     Preferences
		therapist func(*directory.Profile)
		points    int
		met       string
		missed    string
	}{
		"nothing asked":              {Preferences{}, nil, 0, "", ""},
		"a focus":                    {Preferences{Issues: []string{"anxiety"}}, nil, 3, "Helps with anxiety", ""},
		"done as well":               {Preferences{Issues: []string{"sleep"}}, nil, 2, "Also works with sleep", ""},
		"not named":                  {Preferences{Issues: []string{"anger"}}, nil, 0, "", "Does not name anger"},
		"several":                    {Preferences{Issues: []string{"anxiety", "sleep", "anger"}}, nil, 5, "Helps with anxiety|Also works with sleep", "Does not name anger"},
		"the state":                  {Preferences{State: "nsw"}, nil, 1, "In New South Wales", ""},
		"another state, by video":    {Preferences{State: "vic"}, nil, 0, "", "Sees you by video, from NSW"},
		"within the budget":          {Preferences{Budget: budget(150)}, nil, 3, "$150 a session", ""},
		"above the budget":           {Preferences{Budget: budget(149)}, nil, 0, "", "$150 a session, above your budget"},
		"a reduced place":            {Preferences{Budget: budget(100)}, reduced(1), 3, "A reduced place at $90", ""},
		"no reduced place left":      {Preferences{Budget: budget(100)}, reduced(0), 0, "", "$150 a session, above your budget"},
		"no Medicare without papers": {Preferences{Budget: budget(100)}, psych, 0, "", "$150 a session, above your budget"},
		"no Medicare for counsellors": {Preferences{Budget: budget(100), Referral: true}, nil, 0, "",
			"$150 a session, above your budget"},
		"after Medicare":          {Preferences{Budget: budget(100), Referral: true}, psych, 3, "$48.45 after Medicare, of $150", ""},
		"above it after Medicare": {Preferences{Budget: budget(40), Referral: true}, psych, 0, "", "$48.45 after Medicare, above your budget"},
		"a language":              {Preferences{Language: "arabic"}, nil, 3, "Speaks Arabic", ""},
		"another language":        {Preferences{Language: "greek"}, nil, 0, "", "Does not name Greek"},
		"times":                   {Preferences{Available: []string{"week", "evening", "weekend"}}, nil, 4, "Free within a week|Free on an evening", "No weekend free"},
		"a profession":            {Preferences{Types: []string{"counsellor", "psychotherapist"}}, nil, 2, "Counsellor", ""},
		"another profession":      {Preferences{Types: []string{"psychologist"}}, nil, 0, "", "Counsellor, another profession than you prefer"},
		"a gender":                {Preferences{Gender: "woman"}, nil, 2, "Woman", ""},
		"another gender":          {Preferences{Gender: "man"}, nil, 0, "", "Another gender than you prefer"},
		"experience":              {Preferences{Affirming: "lgbtqia"}, nil, 2, "*", ""},
	} {
		therapist := matchable(1)
		if c.therapist != nil {
			c.therapist(therapist)
		}
		got := Rank([]*directory.Profile{therapist}, c.prefs, matchNow, 9)
		if len(got) != 1 || got[0].Points != c.points || c.met != "*" && strings.Join(got[0].Met, "|") != c.met ||
			strings.Join(got[0].Missed, "|") != c.missed {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestMatchesExcludesTherapistsWhoCannotBeBooked(t *testing.T) {
	for name, c := range map[string]struct {
		prefs     Preferences
		therapist func(*directory.Profile)
		want      bool
	}{
		"by video":                  {Preferences{Mode: "video"}, nil, true},
		"by phone, which it is not": {Preferences{Mode: "phone"}, nil, false},
		"in person here":            {Preferences{Mode: "in-person", State: "nsw"}, nil, true},
		"in person far away":        {Preferences{Mode: "in-person", State: "wa"}, nil, false},
		"by video from far away":    {Preferences{Mode: "video", State: "wa"}, nil, true},
		"couples":                   {Preferences{Format: "couple"}, nil, false},
		"full":                      {Preferences{}, func(t *directory.Profile) { t.Accepting = false }, false},
	} {
		therapist := matchable(1)
		if c.therapist != nil {
			c.therapist(therapist)
		}
		if got := len(Rank([]*directory.Profile{therapist}, c.prefs, matchNow, 9)) == 1; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestMatchesSortsByPointsThenSoonest(t *testing.T) {
	late := func(t *directory.Profile) { t.Next.Any = matchNow.Add(80 * time.Hour) }
	never := func(t *directory.Profile) { t.Next = directory.Next{} }
	also := func(t *directory.Profile) { t.Issues, t.AlsoIssues = nil, []string{"anxiety"} }
	people := []*directory.Profile{matchable(1, never), matchable(2, also), matchable(3, late), matchable(4)}
	var order []int64
	for _, m := range Rank(people, Preferences{Issues: []string{"anxiety"}}, matchNow, 9) {
		order = append(order, m.ID)
	}
	if !slices.Equal(order, []int64{4, 3, 1, 2}) {
		t.Errorf("%v", order)
	}
}

func TestTiedMatchesRotateDaily(t *testing.T) {
	var people []*directory.Profile
	for id := range int64(40) {
		people = append(people, matchable(id+1))
	}
	first, orders := map[int64]bool{}, map[string]bool{}
	for day := range 7 {
		now := matchNow.AddDate(0, 0, day)
		for _, p := range people {
			p.Next.Any = now.Add(26 * time.Hour)
		}
		got := Rank(people, Preferences{}, now, 40)
		reversed := slices.Clone(people)
		slices.Reverse(reversed)
		again := Rank(reversed, Preferences{}, now, 40)
		var ids []int64
		for i, m := range got {
			ids = append(ids, m.ID)
			if again[i].ID != m.ID {
				t.Fatal("the order depends on the input order")
			}
		}
		first[ids[0]] = true
		orders[fmt.Sprint(ids)] = true
	}
	if len(orders) != 7 || len(first) < 5 {
		t.Errorf("%d orders, %d firsts", len(orders), len(first))
	}
}

func TestLimitKeepsTheBestMatches(t *testing.T) {
	var people []*directory.Profile
	for id := range int64(60) {
		people = append(people, matchable(id+1, func(p *directory.Profile) {
			p.Next.Any = matchNow.Add(time.Duration(id*7%11) * 5 * time.Hour)
			if id%3 == 0 {
				p.Issues = nil
			}
		}))
	}
	prefs := Preferences{Issues: []string{"anxiety"}, Budget: budget(150)}
	all := Rank(people, prefs, matchNow, 60)
	for n := range 20 {
		few := Rank(people, prefs, matchNow, n+1)
		for i := range few {
			if len(few) != n+1 || few[i].ID != all[i].ID || len(few[i].Met) == 0 {
				t.Fatalf("limit %d: match %d is %d", n+1, i, few[i].ID)
			}
		}
	}
}

func TestPublishedWeightsAddUp(t *testing.T) {
	for _, w := range Weights() {
		if w.Points < 1 || w.What == "" {
			t.Errorf("%+v", w)
		}
	}
	all := Preferences{Issues: []string{"anxiety", "sleep"}, State: "nsw", Budget: budget(150),
		Available: []string{"week"}, Types: []string{"counsellor"}, Language: "arabic", Gender: "woman", Affirming: "lgbtqia"}
	want := 0
	for _, w := range Weights() {
		want += w.Points
	}
	if got := Rank([]*directory.Profile{matchable(1)}, all, matchNow, 9)[0]; got.Points != want ||
		len(got.Missed) != 0 {
		t.Errorf("%d points of %d: %v", got.Points, want, got.Missed)
	}
}
