package view

import (
	"slices"

	"wattle/internal/taxonomy"
)

// Chrome is what the base layout needs of every page. Embed it in the page's struct; the layout
// reads nothing else.
type Chrome struct {
	Title       string // of the document and of search results, without the site's name
	Description string // one sentence for search results
	Canonical   string // absolute address; empty on private pages
	NoIndex     bool   // keeps the page out of search engines
	Active      string // the lit entry of the main menu, by its key: find, how, guides, account
	BodyClass   string // "wide" for work areas, "quiet" for single-purpose pages such as booking
	Live        bool   // the page uses htmx
	Demo        bool   // says that every therapist shown is fictional
	Dev         bool   // links to the development pages from the footer
	Home        string // the site's absolute address, for previews of shared links
	Source      string // where the source code lies, offered in the footer; empty for no offer
	Viewer      Viewer
	Flash       Notice // what just happened, shown once above the content; none without Text
	Crumbs      []Link // the way back up, without the page itself
	Tabs        []Link // the menu of a work area
	JSONLD      any    // structured data for search engines, or nil
	Kind        string // what a shared link leads to, in Open Graph's words; "" for a page like any other
	Picture     Picture
}

// Picture stands beside a link to the page where it is shared; none without URL. It is as large as
// package poster makes it.
type Picture struct {
	URL string // absolute
	Alt string // what it says, for those who do not see it
}

// Viewer is who looks at the page, as far as the layout cares.
type Viewer struct {
	Name string // empty when signed out
	Role string // "", "client", "therapist", "admin"
}

// SignedIn reports whether the viewer is signed in.
func (v Viewer) SignedIn() bool { return v.Role != "" }

// Area is the address of the viewer's own pages.
func (v Viewer) Area() string {
	switch v.Role {
	case "therapist":
		return "/practice"
	case "admin":
		return "/admin"
	}
	return "/account"
}

// AreaName is what the menu calls the viewer's own pages.
func (v Viewer) AreaName() string {
	switch v.Role {
	case "therapist":
		return "Your practice"
	case "admin":
		return "Admin"
	}
	return "Your account"
}

// Link is a place to go. Icon, Note and Current are optional.
type Link struct {
	URL     string
	Text    string
	Icon    string // name in the sprite
	Note    string // a short fact behind the text, such as a count
	Current bool
}

// entry is a place in a menu, with the key by which a page lights it.
type entry struct {
	key string
	Link
}

// The menus hold only what exists. A new part of the site is one line here.
var (
	mainMenu = []entry{
		{"find", Link{URL: "/therapists", Text: "Find a therapist"}},
		{"match", Link{URL: "/match", Text: "Who may suit me"}},
		{"how", Link{URL: "/#how", Text: "How it works"}},
		{"guides", Link{URL: "/guides", Text: "Guides"}},
	}
	footMenus = [][]entry{{
		{"find", Link{URL: "/therapists", Text: "Find a therapist"}},
		{"how", Link{URL: "/#how", Text: "How it works"}},
		{"guides", Link{URL: "/guides", Text: "Guides"}},
		{"crisis", Link{URL: "/crisis", Text: "Crisis help"}},
		{"young", Link{URL: "/under-18", Text: "If you are under 18"}},
	}, {
		{"order", Link{URL: "/how-results-are-ordered", Text: "How results are ordered"}},
		{"privacy", Link{URL: "/privacy", Text: "Privacy"}},
		{"terms", Link{URL: "/terms", Text: "Terms"}},
		{"accessibility", Link{URL: "/accessibility", Text: "Accessibility"}},
		{"integrity", Link{URL: "/integrity", Text: "How we check ourselves"}},
		{"api", Link{URL: "/api/docs", Text: "API"}},
	}}
	devMenu = []entry{
		{"gallery", Link{URL: "/dev/gallery", Text: "Gallery"}},
		{"mail", Link{URL: "/dev/mail", Text: "Mails sent"}},
	}
)

func (c Chrome) menu(entries []entry) []Link {
	var out []Link
	for _, e := range entries {
		e.Current = e.key == c.Active
		out = append(out, e.Link)
	}
	return out
}

// MainMenu is the site's main menu with the page's entry lit.
func (c Chrome) MainMenu() []Link { return c.menu(mainMenu) }

// FootMenus are the footer's lists; in development its own pages follow.
func (c Chrome) FootMenus() [][]Link {
	var out [][]Link
	for _, list := range footMenus {
		out = append(out, c.menu(list))
	}
	if c.Dev {
		out[len(out)-1] = append(out[len(out)-1], c.menu(devMenu)...)
	}
	return out
}

// CrisisLines are all crisis services.
func (c Chrome) CrisisLines() []CrisisLine { return CrisisLines() }

// FootLines are the services of the footer.
func (c Chrome) FootLines() []CrisisLine { return crisisLines(taxonomy.PanelFooter) }

// LinesFor are single services in the order named.
func (c Chrome) LinesFor(slugs ...string) []CrisisLine {
	var out []CrisisLine
	for _, slug := range slugs {
		if i := slices.IndexFunc(CrisisLines(), func(l CrisisLine) bool { return l.Slug == slug }); i >= 0 {
			out = append(out, CrisisLines()[i])
		}
	}
	return out
}

// QuickExit is where "Leave this page" goes: a fast page that gives nothing away.
func (c Chrome) QuickExit() string { return "https://www.bom.gov.au/" }
