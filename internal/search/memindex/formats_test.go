package memindex

import (
	"context"
	"math/rand/v2"
	"net/url"
	"testing"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
)

// practising offers sessions at fees in dollars; 0 is none.
func practising(id int64, individual, couple money.Cents) *directory.Profile {
	t := person(rand.New(rand.NewPCG(1, uint64(id))), id, region.Places()[:1])
	t.Listing, t.Reduced, t.Services = directory.Listed, nil, nil
	t.Type, t.Credentials = "clinical-psychologist", holds(rand.New(rand.NewPCG(1, 1)), "psychologist")
	for format, dollars := range map[string]money.Cents{"individual": individual, "couple": couple} {
		if dollars > 0 {
			t.Services = append(t.Services, directory.Service{Slug: format, Name: format, Kind: directory.Session, Format: format, Minutes: 50, Fee: dollars * 100, Modes: []string{"video"}})
		}
	}
	return t
}

// The count of a session format is what choosing it alone would find: it uses the fee of that format, whatever
// format is chosen now.
func TestEachFormatIsCountedByItsOwnFee(t *testing.T) {
	x := New()
	err := x.Replace(context.Background(), ([]*directory.Profile{practising(1, 140, 220), practising(2, 200, 150), practising(3, 0, 170), practising(4, 120, 0), practising(5, 100, 300)}))
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][3]int{ // found, individual, couple
		"":                                     {5, 4, 4},
		"format=couple":                        {4, 4, 4},
		"max_fee=160":                          {3, 3, 1},
		"max_fee=160&format=couple":            {1, 3, 1},
		"max_fee=160&format=individual":        {3, 3, 1},
		"max_fee=160&format=couple,individual": {3, 3, 1},
		"max_fee=160&format=family":            {0, 3, 1},
		"max_fee=250&format=individual":        {4, 4, 3},
		"max_gap=30&format=couple":             {0, 2, 0},
		"max_gap=30":                           {2, 2, 0},
		"max_gap=30&max_fee=110&format=couple": {0, 1, 0},
		"max_gap=900&format=couple":            {0, 4, 0},
	} {
		v, _ := url.ParseQuery(query)
		f, err := search.Parse(v)
		if err != nil {
			t.Fatal(err)
		}
		r, err := x.Search(context.Background(), f, start)
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]int{r.Total, r.Facets.Count("format", "individual"), r.Facets.Count("format", "couple")}; got != want {
			t.Errorf("%q finds and counts %v, want %v", query, got, want)
		}
	}
}

func TestTheCountOfAFormatIsWhatChoosingItFinds(t *testing.T) {
	x := New()
	if err := x.Replace(context.Background(), (listed(population(500, 21)))); err != nil {
		t.Fatal(err)
	}
	g, _ := search.GroupByName("format")
	r, counted := rand.New(rand.NewPCG(3, 21)), 0
	for range 150 {
		f := randomFilter(r)
		res, err := x.Search(context.Background(), f, start)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range g.Values {
			alone, err := x.Search(context.Background(), f.Without("format", "").With("format", v), start)
			if err != nil {
				t.Fatal(err)
			}
			if n := res.Facets.Count("format", v); n != alone.Total {
				t.Errorf("%q counts %d beside %s, which finds %d", f.Encode(), n, v, alone.Total)
			}
			if f.MaxFee.Set || f.MaxGap.Set {
				counted += alone.Total
			}
		}
	}
	if counted < 100 {
		t.Errorf("only %d people were counted within a limit", counted)
	}
}
