package view

// Chrome is what the base layout needs of every page. Embed it in the page's struct; the layout
// reads nothing else.
type Chrome struct {
	Title       string // of the document and of search results, without the site's name
	Description string // one sentence for search results
	Canonical   string // absolute address; empty on private pages
	NoIndex     bool   // keeps the page out of search engines
	Active      string // the lit entry of the main menu: find, match, costs, guides, therapists, account
	BodyClass   string // "wide" for work areas, "quiet" for single-purpose pages such as booking
	CrisisTop   bool   // shows the crisis panel above the content
	Live        bool   // the page uses htmx
	Demo        bool   // says that every therapist shown is fictional
	Dev         bool   // links to the development pages from the footer
	Home        string // the site's absolute address, for previews of shared links
	Viewer      Viewer
	Flash       Notice // what just happened, shown once above the content; none without Text
	Crumbs      []Link // the way back up, without the page itself
	Tabs        []Link // the menu of a work area
	JSONLD      any    // structured data for search engines, or nil
}

// Viewer is who looks at the page, as far as the layout cares.
type Viewer struct {
	Name string // empty when signed out
	Role string // "", "client", "therapist", "admin"
}

// SignedIn reports whether somebody is.
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

// MainMenu is the site's main menu with the page's entry lit.
func (c Chrome) MainMenu() []Link {
	menu := []Link{
		{URL: "/therapists", Text: "Find a therapist"},
		{URL: "/match", Text: "Help me choose"},
		{URL: "/costs", Text: "What it costs"},
		{URL: "/guides", Text: "Guides"},
		{URL: "/for-therapists", Text: "For therapists"},
	}
	keys := []string{"find", "match", "costs", "guides", "therapists"}
	for i := range menu {
		menu[i].Current = keys[i] == c.Active
	}
	return menu
}

// CrisisLines are the services of the footer and of the crisis panel.
func (c Chrome) CrisisLines() []CrisisLine { return CrisisLines() }

// QuickExit is where "Leave this page" goes: dull, fast, and of no interest to anybody looking
// over a shoulder.
func (c Chrome) QuickExit() string { return "https://www.bom.gov.au/" }
