package find

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

func TestWithinCountsWholeDays(t *testing.T) {
	for wait, want := range map[time.Duration]string{time.Minute: "within a day", 24 * time.Hour: "within a day", 24*time.Hour + 1: "within 2 days", 71 * time.Hour: "within 3 days"} {
		if got := within(wait); got != want {
			t.Errorf("%v: %s", wait, got)
		}
	}
}

func TestEveryProfessionIsExplained(t *testing.T) {
	now := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	for _, ty := range taxonomy.Types.All() {
		full, _ := taxonomy.TypeOf(ty.Slug)
		if len(typeWords()[ty.Slug]) == 0 || medicareWords(full, now) == "" {
			t.Errorf("%s is not explained", ty.Slug)
		}
		for _, w := range typeWords()[ty.Slug] {
			for _, banned := range []string{"specialis", "expert", "best", "!", "treat"} {
				if strings.Contains(strings.ToLower(w), banned) && !strings.Contains(w, "specialist registration") {
					t.Errorf("%s: %q in %q", ty.Slug, banned, w)
				}
			}
		}
	}
	if len(typeWords()) != len(taxonomy.Types.All()) {
		t.Error("a profession is explained that there is not")
	}
}

func TestOnlyPsychiatristsArePhysicians(t *testing.T) {
	for _, ty := range taxonomy.Types.All() {
		who := profileData("https://wattle.example", &directory.Profile{Slug: "x", Type: ty.Slug}, "X", "Y")["mainEntity"].(web.Thing)
		if physician := who["@type"] == "IndividualPhysician"; physician != (ty.Slug == "psychiatrist") {
			t.Errorf("%s is a %s", ty.Slug, who["@type"])
		}
	}
}

func TestEveryOrderOfTheMenuIsExplained(t *testing.T) {
	explained := map[string]string{}
	for _, rule := range search.SortRules() {
		explained[rule.Sort] = rule.Name
	}
	menu := sortOptions(search.All().With("near", "newtown nsw 2042"))
	for _, o := range menu {
		if explained[o.Value] != o.Label {
			t.Errorf("the order %q is explained as %q", o.Label, explained[o.Value])
		}
	}
	if len(menu) != len(explained) {
		t.Errorf("%d orders, %d explained", len(menu), len(explained))
	}
}

// Whatever is chosen or typed, every chip leads to a page that lacks that filter alone.
func TestEveryUnderstoodChipRemovesOneFilter(t *testing.T) {
	f := search.All()
	f.Q = "anxiety psychologist parramatta under $120 evenings free consultation emdr"
	u, words := understand(f)
	if len(words.Chips) != len(u.Values()) || len(words.Chips) < 8 {
		t.Fatalf("%d chips for %v", len(words.Chips), u.Values())
	}
	for i, v := range u.Values() {
		to, err := url.Parse(words.Chips[i].Remove)
		if err != nil {
			t.Fatal(err)
		}
		left, notes := search.ParseLenient(to.Query())
		if left.Has(v.Group, v.Value) || len(notes) > 0 || len(left.Active()) != len(u.Filter.Active())-1 {
			t.Errorf("without %v: %s", v, to.RawQuery)
		}
	}
}

// A picture and its address say nothing of what the person helps with.
func TestAPictureDoesNotDependOnWhatThePersonHelpsWith(t *testing.T) {
	v := search.View{Profile: profile.Example()}
	before := personPicture(v)
	other := *v.Profile
	other.Issues, other.AlsoIssues, other.Approaches, other.ClientGroups, other.Headline, other.Bio, other.Languages = []string{"ocd"}, nil, nil, nil, "Other", "Other", nil
	v.Profile, v.HasKm, v.Km = &other, true, 3
	if after := personPicture(v); after != before {
		t.Errorf("%+v became %+v", before, after)
	}
}
