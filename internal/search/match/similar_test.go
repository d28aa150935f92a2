package match

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/search"
)

var tenOClock = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// like is a counsellor at $180 for anxiety and grief, by video and in person, free at ten; change
// varies her.
func like(id int64, change func(*search.View)) search.View {
	t := &directory.Profile{ID: id, Accepting: true, Type: "counsellor", State: "nsw",
		Issues: []string{"anxiety", "grief"}, Approaches: []string{"cbt"}, Languages: []string{"english", "greek"},
		Lat: -33.90, Lng: 151.18, Services: []directory.Service{
			{Slug: directory.FreeConsultation, Kind: directory.Consultation, Format: "individual", Minutes: 15, Modes: []string{"video"}},
			{Slug: "individual-50", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 180_00,
				Modes: []string{"video", "in-person"}}}}
	v := search.View{Profile: t, Next: directory.Next{Any: tenOClock}}
	if change != nil {
		change(&v)
	}
	return v
}

func at(fee int, hours int, km float64) func(*search.View) {
	return func(v *search.View) {
		v.Services[1].Fee = money.Cents(fee) * 100
		v.Next.Any = tenOClock.Add(time.Duration(hours) * time.Hour)
		v.Lat += km / 111
	}
}

func and(changes ...func(*search.View)) func(*search.View) {
	return func(v *search.View) {
		for _, c := range changes {
			c(v)
		}
	}
}

func TestAlternativesAreSimilarAndBetterInOneWay(t *testing.T) {
	here := search.Place{Text: "here", Lat: -33.90 + 10.0/111, Lng: 151.18}
	issues := func(list ...string) func(*search.View) { return func(v *search.View) { v.Issues = list } }
	full := func(v *search.View) { v.Accepting = false }
	phone := func(v *search.View) { v.Services[0].Modes, v.Services[1].Modes = []string{"phone"}, []string{"phone"} }
	noCall := func(v *search.View) { v.Services = v.Services[1:] }
	also := func(v *search.View) { v.Issues, v.AlsoIssues = []string{"sleep"}, []string{"anxiety", "grief"} }
	reduced := func(v *search.View) { v.Reduced = &directory.Reduced{Fee: 60_00, Left: 1} }
	for _, c := range []struct {
		what string
		pool []func(*search.View)
		near search.Place
		want string
	}{
		{"no candidates", nil, here, ""},
		{"an equal therapist is no alternative", []func(*search.View){nil}, here, ""},
		{"cheaper", []func(*search.View){at(120, 5, 0)}, here, "cheaper 2"},
		{"a saving of nine dollars does not count", []func(*search.View){at(171, 5, 0)}, here, ""},
		{"a reduced place counts while it is left", []func(*search.View){and(at(180, 5, 0), reduced)}, here, "cheaper 2"},
		{"sooner", []func(*search.View){at(180, -1, 0)}, here, "sooner 2"},
		{"sooner needs a free call to book", []func(*search.View){and(at(180, -1, 0), noCall)}, here, ""},
		{"nearer", []func(*search.View){at(180, 5, 6)}, here, "nearer 2"},
		{"nearer needs a place", []func(*search.View){at(180, 5, 6)}, search.Place{}, ""},
		{"farther on the other side is not nearer", []func(*search.View){at(180, 5, 25)}, here, ""},
		{"one for each way", []func(*search.View){at(120, 5, 0), at(180, -1, 0), at(180, 5, 6)}, here, "cheaper 2, sooner 3, nearer 4"},
		{"one therapist appears once", []func(*search.View){at(120, -1, 6)}, here, "cheaper 2"},
		{"the second best takes the next way", []func(*search.View){at(120, -2, 6), at(180, -1, 0)}, here, "cheaper 2, sooner 3"},
		{"the cheapest of equally similar ones", []func(*search.View){at(140, 5, 0), at(120, 5, 0)}, here, "cheaper 3"},
		{"similarity before price", []func(*search.View){and(at(100, 5, 0), issues("anxiety")), at(150, 5, 0)}, here, "cheaper 3"},
		{"issues outside the focus count", []func(*search.View){and(at(120, 5, 0), also)}, here, "cheaper 2"},
		{"an issue must be shared", []func(*search.View){and(at(20, -5, 6), issues("ocd"))}, here, ""},
		{"not without a place for new clients", []func(*search.View){and(at(20, -5, 6), full)}, here, ""},
		{"a mode must be shared", []func(*search.View){and(at(20, -5, 6), phone)}, here, ""},
	} {
		var pool []search.View
		for i, change := range c.pool {
			pool = append(pool, like(int64(i+2), change))
		}
		v := like(1, nil)
		var got []string
		for _, a := range Alternatives(v, append(pool, v), c.near, time.Tuesday) {
			got = append(got, fmt.Sprint(a.Way, " ", a.ID))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", c.what, s, c.want)
		}
	}
}

func TestAnyFreeTimeIsSoonerThanNone(t *testing.T) {
	v := like(1, func(v *search.View) { v.Next.Any = time.Time{} })
	if got := Alternatives(v, []search.View{like(2, nil)}, search.Place{}, time.Tuesday); len(got) != 1 || got[0].Way != Sooner {
		t.Errorf("%+v", got)
	}
}

func TestTiedAlternativesRotateDaily(t *testing.T) {
	var pool []search.View
	for id := int64(2); id < 12; id++ {
		pool = append(pool, like(id, at(120, 5, 0)))
	}
	chosen := map[int64]bool{}
	for day := range time.Weekday(7) {
		got := Alternatives(like(1, nil), pool, search.Place{}, day)
		if len(got) != 1 {
			t.Fatalf("%v: %d alternatives", day, len(got))
		}
		chosen[got[0].ID] = true
	}
	if len(chosen) < 4 {
		t.Errorf("only %d of ten tied alternatives appear within a week", len(chosen))
	}
}
