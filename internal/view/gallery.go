package view

import (
	"net/url"
	"time"

	"wattle/internal/fault"
	"wattle/internal/taxonomy"
)

// Gallery is page "dev/components": every component with made-up data, to be looked at.
type Gallery struct {
	Chrome
	Crisis   CrisisPanel
	Notices  []Notice
	Cards    []Card
	Form     Form
	Modes    []Option
	States   []Option
	Picker   TimePicker
	Chips    Chips
	Facets   []FacetGroup
	Pages    Pagination
	Steps    Steps
	Hold     Countdown
	Rows     []Row
	Empty    Empty
	Portrait Portrait
	Found    int
}

// NewGallery fills the gallery around a fixed Monday, so that it looks the same every day.
func NewGallery() Gallery {
	zone := time.FixedZone("AEDT", 11*3600)
	now := time.Date(2026, 11, 30, 9, 40, 0, 0, zone)
	return Gallery{
		Chrome: Chrome{Title: "Components", Description: "Every piece of Wattle's pages.", NoIndex: true,
			Active: "find", Live: true, Demo: true, Dev: true,
			Crumbs: []Link{{URL: "/", Text: "Home"}, {URL: "/therapists", Text: "Therapists"}, {URL: "/therapists/nsw", Text: "New South Wales"}},
			Tabs:   []Link{{URL: "#a", Text: "Agenda", Icon: "calendar", Current: true}, {URL: "#b", Text: "Clients", Icon: "users"}, {URL: "#c", Text: "Fees", Icon: "wallet"}, {URL: "#d", Text: "Messages", Icon: "mail", Note: "3"}},
			Flash:  Notice{Kind: "ok", Text: "Your hours are saved. Clients see them from now on."}},
		Crisis:   CrisisPanel{taxonomy.PanelViolence},
		Notices:  galleryNotices(),
		Cards:    galleryCards(now),
		Form:     galleryForm(),
		Modes:    Options("video", "Video", "phone", "Phone", "in-person", "In person, Newtown"),
		States:   Options("", "Anywhere", "nsw", "New South Wales", "vic", "Victoria"),
		Picker:   galleryPicker(now),
		Chips:    Chips{Chips: []Chip{{"New South Wales", "#1"}, {"Anxiety", "#2"}, {"Up to $160", "#3"}}, Clear: "#all"},
		Facets:   galleryFacets(),
		Pages:    NewPagination(4, 12, func(int) string { return "#page" }),
		Steps:    Steps{[]string{"Time", "You", "Confirm"}, 1},
		Hold:     Countdown{Until: now.Add(12 * time.Minute), Now: now, Text: "We are holding this time for you", Over: "This time is free for others again.", Link: Link{URL: "#times", Text: "Choose again"}},
		Rows:     galleryRows(),
		Empty:    Empty{Title: "Nobody fits all of this yet", Text: "Loosening one wish is usually enough.", Links: []Link{{URL: "#a", Text: "Go up to $160", Note: "18 therapists"}, {URL: "#b", Text: "Any day, not only evenings", Note: "9 therapists"}}},
		Portrait: Portrait{Name: "Maya Okafor", Size: "large"},
		Found:    128,
	}
}

func galleryNotices() []Notice {
	return []Notice{
		{Kind: "info", Title: "You need a referral for the rebate", Text: "Your GP can write one in an ordinary visit. It covers up to ten sessions a calendar year."},
		{Kind: "ok", Text: "Booked. We sent the details to your e-mail."},
		{Kind: "warn", Title: "One filter was dropped", Text: "“Within 900 km” is further than we search. We used 100 km."},
		{Kind: "bad", Title: "That time has just gone", Text: "Someone else booked it a moment ago. These are near it:", Links: []Link{{URL: "#1", Text: "Tue 1 Dec, 5:30 pm"}, {URL: "#2", Text: "Wed 2 Dec, 8:00 am"}}},
	}
}

func galleryCards(now time.Time) []Card {
	at := now.Add(31*time.Hour + 20*time.Minute)
	lead, rest := SplitBio("I work with people whose worry has become the loudest voice in the room. We go slowly, we keep what already helps, and we try small things between sessions. Before this I spent nine years in a community health team in Dubbo.", 150)
	book := Link{URL: "#book", Text: "Book a free 15-minute call", Note: "A call to see whether you fit. Not therapy, no obligation."}
	return []Card{
		{URL: "#maya", Name: "Maya Okafor", Title: "Clinical Psychologist", Checked: "Registration checked 12 Nov 2026",
			Portrait: Portrait{Name: "Maya Okafor"}, Facts: []Fact{{"map-pin", "Newtown NSW, and video across Australia"}, {"languages", "English, Igbo"}},
			Lead: lead, Rest: rest, Why: []string{"Helps with anxiety", "Evenings"}, Heading: 3,
			Price: Price{Full: "$220", Unit: "50 minutes", After: "$70.95 after Medicare, with a referral", Reduced: "2 reduced places at $90"},
			Next:  When(at), NextAt: at, NextNote: "Sydney time", Action: book},
		{URL: "#tom", Name: "Tom Nguyen-Fitzgerald", Title: "Accredited Mental Health Social Worker", Checked: "Accreditation checked 3 Nov 2026",
			Portrait: Portrait{Name: "Tom Nguyen-Fitzgerald"}, Facts: []Fact{{"video", "Online across Australia"}, {"languages", "English, Vietnamese"}},
			Lead: "For new parents, shift workers and anyone who has stopped sleeping.", Heading: 3,
			Price: Price{Full: "$165", Unit: "50 minutes", After: "$75.50 after Medicare, with a referral"},
			Next:  When(at.Add(40 * time.Hour)), NextAt: at.Add(40 * time.Hour), NextNote: "Brisbane time", Action: Link{URL: "#times", Text: "See times"}},
	}
}

func galleryForm() Form {
	posted := url.Values{"name": {"Sam"}, "email": {"sam@example"}, "mode": {"video"}, "fee": {"120"}}
	return FormOf(posted, fault.New(fault.Invalid, "Two answers need another look.").
		With("email", "Enter an e-mail address such as name@example.com").
		With("starts_at", "Choose a time"))
}

func galleryPicker(now time.Time) TimePicker {
	var starts []time.Time
	for day := 1; day <= 2; day++ {
		for _, minutes := range []int{480, 540, 570, 780, 840, 1020, 1080, 1110} {
			starts = append(starts, time.Date(2026, 11, 30+day, 0, minutes, 0, 0, now.Location()))
		}
	}
	brisbane := time.FixedZone("AEST", 10*3600)
	local := func(t time.Time) string { return Clock(t.In(brisbane)) + " Brisbane" }
	return TimePicker{Name: "starts_at", Legend: "Choose a time", Zone: "Sydney time", Note: "Yours stands beside each.",
		Days: GroupTimes(starts, local, ISO(starts[5])), Error: "Choose a time", Later: "#later"}
}

func galleryFacets() []FacetGroup {
	issues := []Facet{
		{Value: "anxiety", Label: "Anxiety", Count: 412, On: true}, {Value: "depression", Label: "Depression", Count: 388, On: true},
		{Value: "grief", Label: "Grief and loss", Count: 190}, {Value: "sleep", Label: "Sleep", Count: 88},
		{Value: "adhd", Label: "ADHD", Count: 61, Section: "Brain and learning"}, {Value: "autism", Label: "Autism", Count: 34, Section: "Brain and learning"},
		{Value: "ocd", Label: "OCD", Count: 34, Section: "Mood and anxiety"},
	}
	return []FacetGroup{
		{Name: "issue", Legend: "Helps with", Open: true, Shown: 4, Values: issues, All: &Facet{Value: "all", Label: "Only people who help with all of these"}},
		{Name: "mode", Legend: "How you meet", Open: true, Values: []Facet{{Value: "video", Label: "Video", Count: 350}, {Value: "in-person", Label: "In person", Count: 128, On: true}}},
		{Name: "language", Legend: "Language", Values: []Facet{{Value: "mandarin", Label: "Mandarin", Count: 22}}},
	}
}

func galleryRows() []Row {
	return []Row{
		{Term: "Who", Values: []string{"Maya Okafor, Clinical Psychologist"}},
		{Term: "When", Values: []string{"Tuesday 1 December 2026, 5:00 pm Sydney", "4:00 pm Brisbane, your time"}, Change: Link{URL: "#times"}},
		{Term: "How", Values: []string{"Video"}, Change: Link{URL: "#mode"}},
		{Term: "Cost", Values: []string{"$220.00 now", "$149.05 back from Medicare, with a referral"}},
	}
}
