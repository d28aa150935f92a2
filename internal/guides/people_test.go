package guides

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wattle/internal/directory"
	"wattle/internal/search"
)

// views makes people of "state hour" words; an hour of "-" has no free time.
func views(words string) (out []search.View) {
	start := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	for i, w := range strings.Fields(words) {
		state, hour, _ := strings.Cut(w, "@")
		v := search.View{Profile: &directory.Profile{ID: int64(i + 1), State: state}}
		if hour != "-" {
			d, _ := time.ParseDuration(hour + "h")
			v.Next.Any = start.Add(d)
		}
		out = append(out, v)
	}
	return out
}

func wordsOf(list []search.View) string {
	var out []string
	start := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	for _, v := range list {
		out = append(out, v.State+"@"+strings.TrimSuffix(v.Next.Any.Sub(start).String(), "h0m0s"))
	}
	return strings.Join(out, " ")
}

func TestSpreadPrefersOtherStatesThenSoonest(t *testing.T) {
	for of, want := range map[string]string{
		"":                              "",
		"nsw@-":                         "",
		"nsw@5":                         "nsw@5",
		"nsw@5 vic@3":                   "vic@3 nsw@5",
		"nsw@1 nsw@2 nsw@3 nsw@4":       "nsw@1 nsw@2 nsw@3",
		"nsw@1 nsw@2 nsw@3 vic@9":       "nsw@1 nsw@2 vic@9",
		"nsw@1 nsw@2 vic@9 wa@8 qld@-":  "nsw@1 wa@8 vic@9",
		"nsw@4 vic@3 wa@2 tas@1 act@5":  "tas@1 wa@2 vic@3",
		"nsw@1 nsw@1 vic@1":             "nsw@1 vic@1 nsw@1",
		"vic@- nsw@2 nsw@7 vic@8 vic@9": "nsw@2 nsw@7 vic@8",
	} {
		if got := wordsOf(spread(views(of), Shown)); got != want {
			t.Errorf("of %q it picks %q, want %q", of, got, want)
		}
	}
}

func TestSpreadCoversEveryStateFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.SliceOfN(rapid.SampledFrom(strings.Fields("nsw@1 nsw@2 nsw@3 vic@1 vic@2 vic@4 wa@3 wa@- tas@- sa@9")), 0, 12).Draw(t, "people")
		all := views(strings.Join(of, " "))
		before := wordsOf(all)
		got := spread(all, Shown)
		if wordsOf(all) != before {
			t.Fatal("spread changed its argument")
		}
		free, states, picked := 0, map[string]bool{}, map[string]bool{}
		for _, v := range all {
			if !v.Next.Any.IsZero() {
				free++
				states[v.State] = true
			}
		}
		ids := map[int64]bool{}
		for i, v := range got {
			if v.Next.Any.IsZero() || ids[v.ID] || i > 0 && v.Next.Any.Before(got[i-1].Next.Any) {
				t.Fatalf("%s of %v", wordsOf(got), of)
			}
			ids[v.ID], picked[v.State] = true, true
		}
		if len(got) != min(Shown, free) || len(picked) != min(len(got), len(states)) {
			t.Fatalf("%s of %v", wordsOf(got), of)
		}
	})
}
