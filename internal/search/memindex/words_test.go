package memindex

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// cast is a small directory in which each way to be found occurs once.
func cast() []*directory.Profile {
	make := func(id int64, kind, given, family string, change func(*directory.Profile)) *directory.Profile {
		t := &directory.Profile{ID: id, Slug: fmt.Sprint("p-", id), Type: kind, GivenName: given, FamilyName: family, State: "nsw", Suburb: "Newtown", Postcode: "2042",
			Zone: "Australia/Sydney", Gender: "woman", Next: directory.Next{Any: start.Add(time.Duration(id) * time.Hour)}}
		change(t)
		return t
	}
	return []*directory.Profile{
		make(1, "psychologist", "Mei", "Nguyen", func(t *directory.Profile) { t.Issues = []string{"anxiety"}; t.Languages = []string{"mandarin"} }),
		make(2, "counsellor", "Tomasz", "Kowalski", func(t *directory.Profile) {
			t.Issues = []string{"grief"}
			t.Bio = "I once worked beside a psychologist, and with anxious people. Brief therapy."
		}),
		make(3, "clinical-psychologist", "Grace", "Martin", func(t *directory.Profile) { t.AlsoIssues = []string{"panic"}; t.Approaches = []string{"emdr"} }),
		make(4, "social-worker", "Ngaire", "Marten", func(t *directory.Profile) {
			t.State, t.Suburb, t.Postcode = "vic", "Brunswick", "3056"
			t.Headline = "Grief and loss"
		}),
		make(5, "provisional-psychologist", "Siobhán", "O'Brien", func(t *directory.Profile) { t.Issues = []string{"infidelity", "sex-intimacy"} }),
		make(6, "psychotherapist", "Leila", "Haddad", func(t *directory.Profile) { t.Issues = []string{"digital"}; t.Bio = "Relationships and emdr." }),
	}
}

func find(t *testing.T, x *Index, q string) ([]int64, search.Result) {
	t.Helper()
	f := search.All()
	f.Q = q
	r, err := x.Search(context.Background(), f, start)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, h := range r.Hits {
		ids = append(ids, h.ID)
	}
	if len(ids) != r.Total {
		t.Fatalf("%q: %d of %d", q, len(ids), r.Total)
	}
	return ids, r
}

func built(t *testing.T) *Index {
	t.Helper()
	x := New()
	if err := x.Replace(context.Background(), (cast())); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestWhatWordsFind(t *testing.T) {
	x := built(t)
	for q, want := range map[string][]int64{
		"":                          {1, 2, 3, 4, 5, 6},
		"therapist":                 {1, 2, 3, 4, 5, 6}, // a stop word
		"nguyen":                    {1},
		"Nguyn":                     {1}, // one typo from five letters
		"mei":                       {1},
		"mee":                       nil, // none below
		"siobhan obrien":            {5},
		"O’Brien":                   {5},
		"kowalsky":                  {2},
		"martin":                    {3, 4}, // as written first
		"marten":                    {4, 3},
		"anxiety":                   {1, 3}, // panic is anxiety
		"anxeity":                   {1, 3},
		"worry":                     {1, 3},
		"panic attacks":             {3},
		"grief":                     {2, 4}, // by term before by headline; not "brief"
		"cheating":                  {5},
		"porn":                      {5, 6}, // intimacy or screens
		"emdr":                      {3, 6}, // by term before by profile
		"psychologist":              {1, 3, 5},
		"phsycologist":              {1, 3, 5},
		"psycholgist":               {1, 3, 5},
		"clinical psychologist":     {3},
		"psychologist anxiety":      {1, 3},
		"anxiety psychologists nsw": {1, 3},
		"counsellor":                {2},
		"councillor":                {2},
		"mandarin":                  {1},
		"brunswick":                 {4},
		"grief 3056":                {4},
		"newtown grief":             {2},
		"zzzzzzzz":                  nil,
	} {
		got, r := find(t, x, q)
		if !slices.Equal(got, want) || r.Partial {
			t.Errorf("%q finds %v (partial %v), want %v", q, got, r.Partial, want)
		}
	}
}

func TestTheMostWordsWinWhenNoOneHasAll(t *testing.T) {
	x := built(t)
	if got, r := find(t, x, "nguyen emdr zzzzzzzz"); !slices.Equal(got, []int64{1, 3, 6}) || !r.Partial {
		t.Errorf("%v, partial %v", got, r.Partial)
	}
	f := search.All().With("state", "vic")
	f.Q = "anxiety mandarin"
	r, err := x.Search(context.Background(), f, start)
	if err != nil || r.Total != 0 || r.Partial || r.Facets.Count("state", "nsw") != 1 {
		t.Errorf("words are judged apart from filters: %+v, %v", r, err)
	}
}

func TestReasonsAreGiven(t *testing.T) {
	x := built(t)
	for q, want := range map[string][]string{
		"Nguyn worry mandarin": {"Found by name", "Helps with anxiety", "Speaks Mandarin"},
		"tomasz brief":         {"Found by name", "Says “brief” in the profile"},
		"grief brunswick":      {"Says “grief” in the headline", "Practises in Brunswick"},
	} {
		_, r := find(t, x, q)
		if len(r.Hits) != 1 || !slices.Equal(r.Hits[0].Matched, want) {
			t.Errorf("%q: %+v, want %v", q, r.Hits, want)
		}
	}
}

func TestTyposAreCounted(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"grief", "grief", 0}, {"grief", "greif", 1}, {"grief", "brief", 1}, {"nguyen", "nguyn", 1}, {"martin", "martins", 1}, {"abcdef", "badcfe", 3}, {"ab", "xy", 2}} {
		if got := taxonomy.Typos(c.a, c.b, 3); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if leastTypos(letters(c.a), letters(c.b)) > c.want {
			t.Errorf("%s, %s: the letters are further apart than the words", c.a, c.b)
		}
	}
}

func TestChangesAreApplied(t *testing.T) {
	ctx := context.Background()
	x := built(t)
	all := cast()
	all[1].FamilyName = "Szymanski"
	all[2].Issues = []string{"ocd"} // the words stay
	if err := x.Apply(ctx, all[1:3], []int64{5, 99}); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string][]int64{"": {1, 2, 3, 4, 6}, "kowalski": nil, "szymanski": {2}, "ocd": {3}, "obrien": nil} {
		if got, _ := find(t, x, q); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", q, got, want)
		}
	}
	if err := x.Replace(ctx, (all[:2])); err != nil {
		t.Fatal(err)
	}
	if got, _ := find(t, x, ""); !slices.Equal(got, []int64{1, 2}) || x.Len() != 2 {
		t.Errorf("after Replace: %v", got)
	}
}

// After thousands of changes, with slots freed and used again, the index still equals looking at everyone.
func TestManyChangesLeaveTheIndexExact(t *testing.T) {
	ctx := context.Background()
	x, all := New(), population(600, 21)
	if err := x.Replace(ctx, (listed(all))); err != nil {
		t.Fatal(err)
	}
	for round := range 12 {
		other := population(600, uint64(100+round))
		for i := range all {
			if (i+round)%3 > 0 {
				all[i] = other[i]
			}
		}
		var gone []int64
		for _, p := range all {
			if p.Listing != directory.Listed {
				gone = append(gone, p.ID)
			}
		}
		if err := x.Apply(ctx, listed(all), gone); err != nil {
			t.Fatal(err)
		}
	}
	if x.Len() != len(listed(all)) || len(x.table.ids) > 600 {
		t.Fatalf("%d listed in %d slots", x.Len(), len(x.table.ids))
	}
	r := rand.New(rand.NewPCG(77, 11))
	for i := range 20 {
		judge(t, x, listed(all), randomFilter(r), clocks[i%len(clocks)])
	}
}

func TestWordsOfDangerNeverLeadToAnEmptyPage(t *testing.T) {
	x := built(t)
	for _, q := range []string{"i want to kill myself", "suicide", "self harm", "he hits me"} {
		if got, _ := find(t, x, q); len(got) == 0 {
			t.Errorf("%q finds no one", q)
		}
	}
}

// Searching goes on while the directory changes; run with -race.
func TestSearchWhileTheDirectoryChanges(t *testing.T) {
	ctx := context.Background()
	x, all := New(), listed(population(300, 4))
	if err := x.Replace(ctx, (all)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for w := range 4 {
		go func() {
			f := search.All()
			f.Q = []string{"", "nguyen", "grief", "emdr psychologist"}[w]
			for range 200 {
				if _, err := x.Search(ctx, f, start); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	other := listed(population(300, 5))
	for i := range 100 {
		if err := x.Apply(ctx, other[i:i+20], []int64{all[i].ID}); err != nil {
			t.Fatal(err)
		}
		if i%40 == 0 {
			if err := x.Replace(ctx, (all)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}
