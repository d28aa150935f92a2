package directory

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"wattle/internal/taxonomy"
)

// hall is a directory whose read model holds the people named, without a database behind it.
func hall(names ...string) *Directory {
	d := &Directory{}
	d.feed.init()
	d.feed.heard.Store(1 << 60) // fresh for as long as any test
	var list []*Therapist
	for i, n := range names {
		list = append(list, named(int64(i+1), n))
	}
	d.model.replace(gathered(list...))
	return d
}

func gathered(list ...*Therapist) *gathering {
	var g gathering
	for _, t := range list {
		g.take(t)
	}
	return &g
}

func named(id int64, name string) *Therapist {
	given, family, _ := strings.Cut(name, " ")
	return &Therapist{ID: id, Slug: fmt.Sprint("p-", id), GivenName: given, FamilyName: family, Type: "counsellor", Suburb: "Newtown", State: "nsw", mark: uint64(id)}
}

// say writes completions as "group:label→text".
func say(list []Completion) string {
	var out []string
	for _, c := range list {
		s := c.Group + ":" + c.Label
		if c.Text != "" && c.Text != c.Label {
			s += "→" + c.Text
		}
		out = append(out, s)
	}
	return strings.Join(out, " | ")
}

func TestWhatIsTypedIsCompleted(t *testing.T) {
	d := hall("Anh Nguyen", "Ann Okafor", "Nguyen Le", "Siobhán O'Brien", "Ana Nguyen", "Anita Bell")
	for _, c := range []struct{ text, want string }{
		{"anx", "issue:Anxiety | issue:Social anxiety | issue:Health anxiety"},
		{"cheat", "issue:Affairs & infidelity"},
		{"adhd", "issue:ADHD | issue:AuDHD | issue:Assessments"},
		{"psychol", "type:Psychologist"},
		{"clinical ps", "type:Clinical psychologist"},
		{"newt", "place:Newtown"},
		{"anxiety in newtown n", "place:Newtown NSW 2042→anxiety in Newtown NSW 2042"},
		{"counsellor 204", "2042→counsellor"},
		{"ngu", "person:Nguyen Le | person:Ana Nguyen | person:Anh Nguyen"},
		{"siobhan o", "person:Siobhán O'Brien"},
		{"obrien", "person:Siobhán O'Brien"},
		{"O’Bri", "person:Siobhán O'Brien"},
		{"a", ""},
		{"", ""},
		{"zzzz", ""},
		{"the", "place:The"},
		{"burn", "issue:Burnout"}, // also the beginning of words of danger
		{"sexual", "issue:"},
		{"want to", ""},
	} {
		got, err := d.Complete(context.Background(), c.text)
		if err != nil || !strings.Contains(say(got), c.want) || c.want == "" && len(got) > 0 {
			t.Errorf("%q is completed to %s (%v), want %s", c.text, say(got), err, c.want)
		}
	}
}

func TestWordsOfDangerAreCompletedToTheCrisisPageAlone(t *testing.T) {
	d := hall("Sui Ci")
	for _, text := range []string{"suici", "suicidal", "i want to die", "self h", "self-harm", "cutting myself", "he hits me", "domestic v", "rape", "anxiety suicid"} {
		if got, _ := d.Complete(context.Background(), text); len(got) != 1 || got[0].Group != "crisis" || got[0].Text != "" {
			t.Errorf("%q is completed to %s", text, say(got))
		}
	}
	for n := 2; n <= 4; n++ {
		got, _ := d.Complete(context.Background(), "suicide"[:n])
		for _, c := range got {
			if c.Label == "Suicidal thoughts" {
				t.Errorf("%q is completed to it", "suicide"[:n])
			}
		}
	}
}

// Whatever is typed, the answer is short, grouped, and each text is understood as what its label says.
func TestEveryCompletionIsUnderstood(t *testing.T) {
	d := hall("Anh Nguyen", "Ann Okafor")
	for _, s := range starts() {
		for n := 2; n <= len(s.key); n += 3 {
			got, err := d.Complete(context.Background(), s.key[:n])
			if err != nil || len(got) > MostCompletions {
				t.Fatalf("%q: %d, %v", s.key[:n], len(got), err)
			}
			var groups []string
			for _, c := range got {
				groups = append(groups, c.Group)
				if c.Text == "" {
					continue
				}
				group := map[string]string{"place": "near"}[c.Group]
				if group == "" {
					group = c.Group
				}
				u := words(c.Text)
				if !slices.ContainsFunc(u.Values(), func(v Value) bool { return v.Group == group }) || u.Filter.Q != "" {
					t.Errorf("%q is offered as a %s and understood as %s, with %q left", c.Text, c.Group, u.asks(), u.Filter.Q)
				}
			}
			if same := slices.Compact(slices.Clone(groups)); len(same) != len(slices.Compact(slices.Sorted(slices.Values(groups)))) {
				t.Errorf("%q mixes its groups: %v", s.key[:n], groups)
			}
		}
	}
}

// After any changes the roll equals one made anew, and names nobody who is gone.
func TestTheRollFollowsEveryChange(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	name := func() string { return string(rune('A'+r.IntN(4))) + "a " + string(rune('A'+r.IntN(4))) + "o" }
	d := hall()
	for round := range 400 {
		var put []*Therapist
		var gone []int64
		for range 1 + r.IntN(4) {
			p := named(int64(1+r.IntN(30)), name())
			p.mark = uint64(round*100 + r.IntN(100))
			put = append(put, p)
		}
		if r.IntN(2) == 0 {
			gone = append(gone, int64(1+r.IntN(30)))
		}
		d.model.apply(put, gone)
		if want := rollOf(d.model.records()); !slices.Equal(want[0], d.model.roll[0]) || !slices.Equal(want[1], d.model.roll[1]) {
			t.Fatalf("round %d: %v, want %v", round, d.model.roll, want)
		}
	}
}

func FuzzComplete(f *testing.F) {
	d := hall("Anh Nguyen", "Ann Okafor")
	for _, s := range []string{"anx", "\xff", "in newt", " ", "۞", strings.Repeat("in ", 60), "2042", "o'b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := d.Complete(context.Background(), text)
		if err != nil || len(got) > MostCompletions {
			t.Errorf("%q: %d, %v", text, len(got), err)
		}
		if _, danger := taxonomy.Crisis(text); danger && len(got) > 1 {
			t.Errorf("%q is completed to %s", text, say(got))
		}
	})
}

// crowd is n people's names.
func crowd(n int) []string {
	var names []string
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		names = append(names, fmt.Sprintf("%c%c%d Nguyen%c", 'A'+r.IntN(26), 'a'+r.IntN(26), i, 'a'+r.IntN(26)))
	}
	return names
}

// A name is looked up by halving, so that a hundred times the people cost a few looks more: counted
// in allocations, one a look.
func TestCompletingAmongMoreCostsHardlyMore(t *testing.T) {
	few, many := hall(crowd(1_000)...), hall(crowd(100_000)...)
	for _, text := range []string{"an", "nguyena", "zz"} {
		cost := func(d *Directory) float64 {
			return testing.AllocsPerRun(20, func() { d.Complete(context.Background(), text) })
		}
		if a, b := cost(few), cost(many); b > 2.5*a {
			t.Errorf("%q takes %.0f allocations among 1,000 and %.0f among 100,000", text, a, b)
		}
	}
}

// BenchmarkComplete completes among 100,000 people, beside a thousand, and beside reading the same
// words as filters.
func BenchmarkComplete(b *testing.B) {
	few := hall(crowd(1_000)...)
	d := hall(crowd(100_000)...)
	for _, text := range []string{"an", "ngu", "anxiety in newt", "psych", "20", "zz"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d.Complete(context.Background(), text)
			}
		})
	}
	b.Run("an among 1000", func(b *testing.B) {
		for b.Loop() {
			few.Complete(context.Background(), "an")
		}
	})
	b.Run("read as filters", func(b *testing.B) {
		for b.Loop() {
			words("anxiety in newtown nsw")
		}
	})
	b.Run("one name changes", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			p := named(7, fmt.Sprintf("X%d Y", i))
			p.mark = uint64(1_000_000 + i)
			d.model.apply([]*Therapist{p}, nil)
		}
	})
}
