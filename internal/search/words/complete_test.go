package words

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// serviceWith returns a service whose read model holds the people named. It needs no database.
func serviceWith(names ...string) *search.Service {
	var list []*directory.Profile
	for i, n := range names {
		list = append(list, named(int64(i+1), n))
	}
	return &search.Service{Model: directory.Static(list...), Clock: clock.At(time.Unix(0, 0))}
}

func named(id int64, name string) *directory.Profile {
	given, family, _ := strings.Cut(name, " ")
	return &directory.Profile{ID: id, Slug: fmt.Sprint("p-", id), GivenName: given, FamilyName: family,
		Type: "counsellor", Suburb: "Newtown", State: "nsw"}
}

// render writes completions as "group:label→text".
func render(list []Completion) string {
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

func TestCompleteSuggestsIssuesProfessionsPlacesAndPeople(t *testing.T) {
	d := serviceWith("Anh Nguyen", "Ann Okafor", "Nguyen Le", "Siobhán O'Brien", "Ana Nguyen", "Anita Bell")
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
		{"burn", "issue:Burnout"}, // also a prefix of text about danger
		{"sexual", "issue:"},
		{"want to", ""},
	} {
		got, err := Complete(context.Background(), d, c.text)
		if err != nil || !strings.Contains(render(got), c.want) || c.want == "" && len(got) > 0 {
			t.Errorf("Complete(%q) = %s (%v), want %s", c.text, render(got), err, c.want)
		}
	}
}

func TestTextAboutDangerCompletesToTheCrisisPageOnly(t *testing.T) {
	d := serviceWith("Sui Ci")
	for _, text := range []string{"suici", "suicidal", "i want to die", "self h", "self-harm", "cutting myself",
		"he hits me", "domestic v", "rape", "anxiety suicid"} {
		if got, _ := Complete(context.Background(), d, text); len(got) != 1 || got[0].Group != "crisis" || got[0].Text != "" {
			t.Errorf("Complete(%q) = %s", text, render(got))
		}
	}
	for n := 2; n <= 4; n++ {
		got, _ := Complete(context.Background(), d, "suicide"[:n])
		for _, c := range got {
			if c.Label == "Suicidal thoughts" {
				t.Errorf("Complete(%q) suggests suicidal thoughts", "suicide"[:n])
			}
		}
	}
}

// For any prefix the answer is short and grouped, and Understand reads each suggestion as its own label.
func TestUnderstandReadsEveryCompletionAsItsLabel(t *testing.T) {
	d := serviceWith("Anh Nguyen", "Ann Okafor")
	for _, s := range starts() {
		for n := 2; n <= len(s.key); n += 3 {
			got, err := Complete(context.Background(), d, s.key[:n])
			if err != nil || len(got) > MaxCompletions {
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
				u := understand(c.Text)
				if !slices.ContainsFunc(u.Values(), func(v search.Value) bool { return v.Group == group }) || u.Filter.Q != "" {
					t.Errorf("%q is suggested as %s but parsed as %s, with %q left over", c.Text, c.Group, u.query(), u.Filter.Q)
				}
			}
			if same := slices.Compact(slices.Clone(groups)); len(same) != len(slices.Compact(slices.Sorted(slices.Values(groups)))) {
				t.Errorf("Complete(%q) mixes groups: %v", s.key[:n], groups)
			}
		}
	}
}

func FuzzComplete(f *testing.F) {
	d := serviceWith("Anh Nguyen", "Ann Okafor")
	for _, s := range []string{"anx", "\xff", "in newt", " ", "۞", strings.Repeat("in ", 60), "2042", "o'b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Complete(context.Background(), d, text)
		if err != nil || len(got) > MaxCompletions {
			t.Errorf("%q: %d, %v", text, len(got), err)
		}
		if _, danger := taxonomy.Crisis(text); danger && len(got) > 1 {
			t.Errorf("Complete(%q) = %s", text, render(got))
		}
	})
}

// crowd returns n names.
func crowd(n int) []string {
	var names []string
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		names = append(names, fmt.Sprintf("%c%c%d Nguyen%c", 'A'+r.IntN(26), 'a'+r.IntN(26), i, 'a'+r.IntN(26)))
	}
	return names
}

// Names are found by binary search, so a hundred times as many people cost only a few more steps. The test
// counts allocations, one per step.
func TestCompletingScalesLogarithmically(t *testing.T) {
	few, many := serviceWith(crowd(1_000)...), serviceWith(crowd(100_000)...)
	for _, text := range []string{"an", "nguyena", "zz"} {
		cost := func(d *search.Service) float64 {
			return testing.AllocsPerRun(20, func() { Complete(context.Background(), d, text) })
		}
		if a, b := cost(few), cost(many); b > 2.5*a {
			t.Errorf("Complete(%q) makes %.0f allocations among 1,000 people and %.0f among 100,000", text, a, b)
		}
	}
}

// BenchmarkComplete compares completion among 100,000 people with completion among 1,000 and with
// parsing the same text.
func BenchmarkComplete(b *testing.B) {
	few := serviceWith(crowd(1_000)...)
	d := serviceWith(crowd(100_000)...)
	for _, text := range []string{"an", "ngu", "anxiety in newt", "psych", "20", "zz"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Complete(context.Background(), d, text)
			}
		})
	}
	b.Run("an, 1,000 people", func(b *testing.B) {
		for b.Loop() {
			Complete(context.Background(), few, "an")
		}
	})
	b.Run("understand", func(b *testing.B) {
		for b.Loop() {
			understand("anxiety in newtown nsw")
		}
	})
}
