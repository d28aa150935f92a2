package search

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/taxonomy"
)

// reasonsNow is a Tuesday noon in Sydney.
var reasonsNow = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)

// reasonView is a view that meets every condition in the table.
func reasonView(change func(*View)) View {
	v := View{Profile: &directory.Profile{ID: 7, GivenName: "Ada", State: "nsw", Suburb: "Newtown", Postcode: "2042",
		Zone: "Australia/Sydney", Type: "counsellor", Gender: "woman", Accepting: true,
		Issues: []string{"anxiety", "grief", "anger", "ocd"}, AlsoIssues: []string{"sleep",
			"grief"}, Languages: []string{"english", "arabic", "auslan"},
		Affirming: []string{"lgbtqia", "aboriginal"}, Faiths: []string{"muslim"}, Approaches: []string{"emdr",
			"person-centred"}, ClientGroups: []string{"adults", "fifo-rural"},
		Access: []string{"step-free", "parking"}, Funding: []string{"medicare",
			"bulk-bill"}, Reduced: &directory.Reduced{Fee: 70_00, Left: 1},
		Services: []directory.Service{{Slug: directory.FreeConsultation, Kind: directory.Consultation,
			Format: "individual", Minutes: 15, Modes: []string{"phone"}},
			{Slug: "individual", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 150_00, Modes: []string{"video", "in-person"}},
			{Slug: "couple", Kind: directory.Session, Format: "couple", Minutes: 80, Fee: 240_00, Modes: []string{"video"}}}},
		Next: directory.Next{Any: reasonsNow.Add(20 * time.Hour), Evening: time.Date(2026, 11, 26, 7, 0, 0, 0,
			time.UTC), Weekend: time.Date(2026, 11, 27, 23, 30, 0, 0, time.UTC)},
		Km: 1.23, HasKm: true}
	if change != nil {
		therapist := *v.Profile
		v.Profile = &therapist
		change(&v)
	}
	return v
}

func mustParse(t *testing.T, query string) Filter {
	t.Helper()
	q, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(q)
	if err != nil {
		t.Fatal(query, err)
	}
	return f
}

func TestReasonsExplainWhyAResultMatches(t *testing.T) {
	none := func(v *View) { v.Next = directory.Next{} }
	full := func(v *View) { v.Reduced = &directory.Reduced{Fee: 70_00} }
	psychologist := func(v *View) {
		v.Type, v.Credentials = "psychologist", []directory.Credential{{Kind: "ahpra", RegistrationType: "General"}}
	}
	words := func(list ...string) func(*View) { return func(v *View) { v.Matched = list } }
	for _, c := range []struct {
		query string
		who   func(*View)
		want  string
	}{
		{"", nil, ""},
		{"sort=price&page=2", nil, ""},
		{"issue=anxiety", nil, "Helps with anxiety"},
		{"issue=sleep", nil, "Also works with sleep"},
		{"issue=anxiety,sleep", nil, "Helps with anxiety|Also works with sleep"},
		{"issue=anxiety,depression", nil, "Helps with anxiety"},
		{"issue=grief,anxiety", nil, "Helps with anxiety and grief & loss"},
		{"issue=anxiety,anger,ocd", nil, "Helps with anger, anxiety and OCD"},
		{"issue=anxiety,grief,anger,ocd", nil, "Helps with anger, anxiety, grief & loss and more"},
		{"language=arabic", nil, "Speaks Arabic"},
		{"language=arabic,auslan", nil, "Speaks Arabic and Auslan"},
		{"language=auslan", nil, "Signs Auslan"},
		{"affirming=lgbtqia", nil, "Experienced with LGBTQIA+ people"},
		{"affirming=aboriginal", nil, "Experienced with Aboriginal people"},
		{"faith=muslim", nil, "Faith-aware: Muslim"},
		{"approach=emdr", nil, "Uses EMDR"},
		{"approach=person-centred", nil, "Uses person-centred therapy"},
		{"approach=person-centred,emdr", nil, "Uses EMDR and person-centred therapy"},
		{"group=adults", nil, "Works with adults"},
		{"group=fifo-rural", nil, "Works with FIFO and rural people"},
		{"access=step-free", nil, "Step-free access"},
		{"access=step-free,parking", nil, "Parking and step-free access"},
		{"funding=medicare", nil, "Way to pay: Medicare (with a referral)"},
		{"gender=woman", nil, "Woman"},
		{"format=couple", nil, "Couple sessions"},
		{"max_fee=150", nil, "Within $150"},
		{"max_fee=80", nil, "A reduced place within $80"},
		{"max_fee=80", full, ""},
		{"max_fee=240&format=couple", nil, "Within $240|Couple sessions"},
		{"max_gap=50", psychologist, "Within $50 after Medicare"},
		{"max_gap=50", nil, ""},
		{"available=evening", nil, "Free on the evening of Thu 26 Nov"},
		{"available=weekend", nil, "Free on Sat 28 Nov"},
		{"available=evening,weekend", nil, "Free on the evening of Thu 26 Nov|Free on Sat 28 Nov"},
		{"available=evening", none, ""},
		{"issue=anxiety&language=arabic&max_fee=160&available=evening", nil, "Helps with anxiety|Speaks Arabic|Within $160"},
		{"gender=woman&approach=emdr&affirming=lgbtqia&language=arabic&issue=ocd", nil, "Helps with OCD|Speaks Arabic|Experienced with LGBTQIA+ people"},
		{"state=nsw&type=counsellor&issue=anxiety", nil, "Helps with anxiety"},
		{"q=ada", words("Found by name"), "Found by name"},
		{"q=anxiety+sleep", words("Helps with anxiety", "Helps with sleep"), "Helps with anxiety|Also works with sleep"},
		{"q=ada&issue=anxiety", words("Helps with anxiety", "Found by name"), "Helps with anxiety|Found by name"},
		{"q=ada&issue=anxiety&language=arabic&gender=woman", words("Found by name"), "Helps with anxiety|Speaks Arabic|Woman"},
		{"q=x&issue=anxiety,ocd", words("Helps with anxiety"), "Helps with anxiety and OCD"},
		{"q=x&language=arabic,auslan", words("Speaks Arabic", "Found by name"), "Speaks Arabic and Auslan|Found by name"},
		{"q=x&type=counsellor", words("Counsellor"), "Counsellor"},
		{"q=x", words("Helps with depression", "Speaks Greek", "Found by name"), "Found by name"}, // the index lags behind the profile
		{"state=nsw", nil, "In New South Wales"},
		{"state=nt", func(v *View) { v.State = "nt" }, "In the Northern Territory"},
		{"state=nsw,vic&type=counsellor", nil, "Counsellor|In New South Wales"},
		{"mode=video,phone", nil, "Video"},
		{"reduced=true&free_consultation=true&accepting=true&state=nsw", nil, "A reduced place is left|Offers a free first call|In New South Wales"},
		{"accepting=true", nil, "Takes new clients"},
		{"available=week", nil, "Free this week"},
		{"postcode=2042", nil, "Practises in 2042"},
		{"near=newtown+nsw+2042", nil, "Within 25 km of Newtown NSW 2042"},
		{"near=newtown+nsw+2042&issue=anxiety", nil, "Helps with anxiety"},
	} {
		got := strings.Join(Reasons(reasonView(c.who), mustParse(t, c.query), reasonsNow), "|")
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.query, got, c.want)
		}
	}
}

// A profile without any values yields no reasons, whatever the filter.
func TestReasonsNeedAValueInTheProfile(t *testing.T) {
	bare := View{Profile: &directory.Profile{State: "-", Type: "-", Gender: "-", Zone: "Australia/Perth"}}
	for _, g := range Groups() {
		if g.Name == "price" {
			continue
		}
		for _, v := range g.Values {
			if got := Reasons(bare, All().With(g.Name, v), reasonsNow); len(got) > 0 {
				t.Errorf("%s=%s: %q for an empty profile", g.Name, v, got)
			}
		}
	}
	cheap := bare
	cheap.Profile = &directory.Profile{Services: []directory.Service{{Slug: "individual", Kind: directory.Session,
		Format: "individual", Minutes: 50, Fee: 90_01}}}
	if got := Reasons(cheap, All().With("max_fee", "90"), reasonsNow); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// A group of people is not a problem: such an issue is worded as what its members bring.
func TestIssuesNamedAfterPeopleReadAsTopics(t *testing.T) {
	for issue, want := range map[string]string{"lgbtqia": "LGBTQIA+ matters", "study": "student life & study",
		"premarital": "preparing for marriage"} {
		for group, frame := range map[string]string{"issue": "Helps with ", also: "Also works with "} {
			if got := ReasonText(group, issue); got != frame+want {
				t.Errorf("%s/%s: %q", group, issue, got)
			}
		}
	}
}

// Every value has a text of its own, and none claims a specialisation.
func TestEveryValueHasAUniqueText(t *testing.T) {
	seen := map[string]string{}
	for key, both := range wordings() {
		what, words := key.Group+"/"+key.Value, both.alone
		if both.among == "" || words == "" || strings.Contains(strings.ToLower(words), "special") ||
			strings.Contains(words, "therapy therapy") || strings.TrimSpace(words) != words {
			t.Errorf("%s: %q", what, words)
		}
		if other, ok := seen[words]; ok { // across groups too, since an index's reason must identify its value
			t.Errorf("%s and %s both read %q", what, other, words)
		}
		seen[words] = what
	}
	for _, g := range Groups() {
		for _, v := range g.Values {
			if _, ok := wordings()[Value{g.Name, v}]; !ok {
				t.Errorf("no text for %s=%s", g.Name, v)
			}
		}
	}
}

// Reasons are unique and at most three, whatever the profile and the filter.
func TestThereAreAtMostThreeReasons(t *testing.T) {
	issues, languages := taxonomy.Issues.Slugs(), taxonomy.Languages.Slugs()
	for i := range 300 {
		v := reasonView(func(v *View) {
			v.Issues, v.Languages = issues[i%20:i%20+i%7], languages[i%9:i%9+i%4]
			v.Services[1].Fee = money.Cents(60_00 + i*50)
			v.Matched = []string{"Found by name", "Found by name", fmt.Sprint("Practises in ", i)}
		})
		f := All()
		f.Issues, f.Languages, f.Genders, f.Q = issues[:25], languages[:5], []string{"woman"}, "x"
		f.MaxFee = Limit{Set: true, Cents: 120_00}
		got := Reasons(v, f, reasonsNow)
		unique := slices.Compact(slices.Sorted(slices.Values(got)))
		if len(got) == 0 || len(got) > MaxReasons || len(unique) != len(got) {
			t.Fatalf("%q", got)
		}
	}
}
