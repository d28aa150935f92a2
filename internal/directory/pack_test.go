package directory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/region"
)

// fill gives every field of a value something that is not its zero value, so that a field which is
// added to a profile and forgotten in its packing is found.
func fill(r *rand.Rand, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.UnixMicro(1 + r.Int64N(4e15)).UTC()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(r, v.Field(i))
			}
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(r, v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(4), 4))
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case v.Kind() == reflect.String:
		v.SetString(strings.Repeat(fmt.Sprintf("né %x ", r.Int64()), 1+r.IntN(9)))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Float64:
		v.SetFloat(-180 + 360*r.Float64())
	case v.CanInt():
		v.SetInt(r.Int64N(1<<40) - 1<<39)
	default:
		panic("a profile has a field of a kind that is new: " + v.Type().String())
	}
}

// thin makes some of a profile's fields empty again.
func thin(r *rand.Rand, v reflect.Value) {
	for i := range v.NumField() {
		if f := v.Field(i); v.Type().Field(i).IsExported() && r.IntN(3) == 0 {
			f.SetZero()
		}
	}
}

func TestWhatIsPackedIsUnpackedTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sample := strings.Repeat("I like clear goals and a slow first hour. ", 40)
	for name, b := range map[string]*book{"no sample": newBook(nil), "a sample": newBook([]byte(sample))} {
		var one reader
		for i := range 500 {
			want := &Therapist{}
			fill(r, reflect.ValueOf(want).Elem())
			want.mark = r.Uint64()
			if i > 0 {
				thin(r, reflect.ValueOf(want).Elem())
			}
			if i%3 == 0 {
				want.Bio = sample[r.IntN(100):][:r.IntN(800)]
			}
			packed := b.record(want)
			if got := packed.therapist(); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s:\n got %+v\nwant %+v", name, got, want)
			}
			if packed.slug() != want.Slug {
				t.Fatalf("%s: slug %q, want %q", name, packed.slug(), want.Slug)
			}
			brief := *want
			brief.Bio = ""
			if got := one.read(packed).clone(); !reflect.DeepEqual(got, &brief) {
				t.Fatalf("%s, in used memory:\n got %+v\nwant %+v", name, got, &brief)
			}
		}
	}
}

// What a reader of the model was given stays as it is, whatever is read after it.
func TestNothingUnpackedSharesMemoryThatChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	b := newBook(nil)
	var packed []*record
	var whole []*Therapist
	for range 50 {
		p := &Therapist{}
		fill(r, reflect.ValueOf(p).Elem())
		packed = append(packed, b.record(p))
		whole = append(whole, packed[len(packed)-1].therapist())
	}
	var one reader
	for i, p := range packed {
		copied := one.read(p).clone()
		copied.Issues[0], copied.Services[0].Modes[0] = "changed", "changed"
		if !reflect.DeepEqual(whole[i], p.therapist()) {
			t.Fatalf("profile %d changed", i)
		}
	}
}

// A profile that is asked for again is the same one, until it changes.
func TestProfilesAskedForLatelyStayUnpacked(t *testing.T) {
	var m model
	var list []*Therapist
	for i := range 3 * halfLately {
		list = append(list, &Therapist{ID: int64(i + 1), Slug: fmt.Sprint("p-", i+1), mark: uint64(i)})
	}
	m.replace(gathered(list...))
	first, _ := m.id(1)
	for i := range list {
		if again, ok := m.id(1); !ok || again != first {
			t.Fatalf("after %d others another was given", i)
		}
		m.id(int64(i + 1))
	}
	if n := len(m.lately.young) + len(m.lately.old); n > 2*halfLately {
		t.Errorf("%d are kept", n)
	}
	changed := *first
	changed.mark, changed.Headline = 99, "New"
	m.apply([]*Therapist{&changed}, nil)
	if got, _ := m.slug("p-1"); got.Headline != "New" {
		t.Error("the old profile is given after a change")
	}
	if _, ok := m.id(0); ok {
		t.Error("somebody is given who is not there")
	}
}

func TestPeopleComeByStateAndProfession(t *testing.T) {
	var list []*Therapist
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 2500 {
		list = append(list, &Therapist{ID: int64(i + 1), Slug: fmt.Sprint("p-", i+1), State: []string{"nsw", "vic", "act"}[r.IntN(3)],
			Type: []string{"counsellor", "psychologist"}[r.IntN(2)], Bio: strings.Repeat("word ", r.IntN(200))})
	}
	key := func(t *Therapist) string { return fmt.Sprintf("%s %s %06d", t.State, t.Type, t.ID) }
	for name, p := range map[string]People{"a list": PeopleOf(list), "packed": peopleOf(gathered(list...).end())} {
		var keys []string
		for t := range p.All() {
			keys = append(keys, key(t))
		}
		if len(keys) != len(list) || p.Len() != len(list) || !slices.IsSorted(keys) {
			t.Errorf("%s: %d people, in order %v", name, len(keys), slices.IsSorted(keys))
		}
	}
}

func BenchmarkUnpacking(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	t := &Therapist{}
	fill(r, reflect.ValueOf(t).Elem())
	book := newBook([]byte(strings.Repeat(t.Bio, 50)))
	packed := book.record(t)
	b.Run("pack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			book.record(t)
		}
	})
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			packed.therapist()
		}
	})
	b.Run("brief", func(b *testing.B) {
		b.ReportAllocs()
		var one reader
		for b.Loop() {
			one.read(packed)
		}
	})
}

// What is known of a packed profile never passes over anybody whom a closer look would keep.
func TestNobodyIsPassedOverWhoIsCovered(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	states, types := []string{"nsw", "vic", "act"}, []string{"counsellor", "psychologist", "social-worker"}
	var list []*Therapist
	for i := range 300 {
		list = append(list, &Therapist{ID: int64(i + 1), Slug: fmt.Sprint("p-", i+1), State: states[r.IntN(3)], Type: types[r.IntN(3)], Accepting: r.IntN(2) == 0,
			Lat: -33.9 + r.NormFloat64()/3, Lng: 151.2 + r.NormFloat64()/3})
	}
	var m model
	m.replace(gathered(list...))
	for range 50 {
		f := Filter{}
		if r.IntN(2) == 0 {
			f.States = []string{states[r.IntN(3)]}
		}
		if r.IntN(2) == 0 {
			f.Types = []string{types[r.IntN(3)], types[r.IntN(3)]}
		}
		if at := list[r.IntN(300)]; r.IntN(2) == 0 { // somebody stands right on the edge
			f.Near, f.WithinKm = Place{Text: "here", Lat: at.Lat, Lng: at.Lng + 25.0/111/math.Cos(at.Lat*math.Pi/180)}, 1+r.IntN(60)
		}
		want, got := 0, 0
		for _, p := range list {
			if f.Covers(p) {
				want++
			}
		}
		for range m.each(f.passesOver, f.Covers) {
			got++
		}
		for _, record := range m.records() { // nor is anybody looked at closely who is plainly elsewhere
			p := record.therapist()
			if away := region.Distance(f.Near.Lat, f.Near.Lng, p.Lat, p.Lng); !f.Near.IsZero() && away > float64(f.Radius())+1 && !f.passesOver(record) {
				t.Errorf("somebody %.0f km away is unpacked for %d km", away, f.Radius())
			}
		}
		if got != want {
			t.Errorf("%v %v: %d people, want %d", f.States, f.Types, got, want)
		}
	}
	for p := range m.each(func(r *record) bool { return !r.accepting }, func(*Therapist) bool { return true }) {
		if !p.Accepting {
			t.Error("somebody who takes nobody is given")
		}
	}
}

// Practices name their services as they like and as often as they like: what a book learns has an end,
// and what it has not learnt is packed all the same.
func TestABookDoesNotGrowWithoutEnd(t *testing.T) {
	b := newBook(nil)
	var one reader
	p := &Therapist{ID: 1, Slug: "p-1", State: "nsw", Type: "counsellor", Services: make([]Service, 16), Languages: []string{"greek"}}
	for i := range 3 * mostWords / len(p.Services) {
		for j := range p.Services {
			p.Services[j].Name = fmt.Sprint("Session ", i, " of ", j)
			p.Services[j].Modes = []string{"video", fmt.Sprint("mode ", i)}
		}
		r := b.record(p)
		if i%500 == 0 || len(*b.words.Load()) == mostWords {
			if got := r.therapist(); !reflect.DeepEqual(got, p) {
				t.Fatalf("got %+v\nwant %+v", got, p)
			}
			if got := one.read(r).clone(); !reflect.DeepEqual(got, p) {
				t.Fatalf("in used memory: got %+v\nwant %+v", got, p)
			}
		}
	}
	if n := len(*b.words.Load()); n > mostWords {
		t.Errorf("a book of %d words", n)
	}
	late := b.record(&Therapist{ID: 2, Slug: "p-2", State: "tas", Type: "psychiatrist"})
	if state, profession := b.word(late.state), b.word(late.profession); state != "tas" || profession != "psychiatrist" {
		t.Errorf("somebody new to a full book is a %q in %q", profession, state)
	}
}
