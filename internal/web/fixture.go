package web

// Fixture is a page with made-up data, shown in the gallery in development only: pages that are hard to
// reach by hand (errors, long names, empty states) can be looked at like all others.
type Fixture struct {
	Name, Title string
	Show        Handler
}
