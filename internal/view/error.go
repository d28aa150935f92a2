package view

// ErrorPage is what layout "error" shows: what happened in one sentence, and ways on. It never says
// more than the fault's own message.
type ErrorPage struct {
	Chrome
	Status    string // "Page not found", short, above the heading
	Heading   string
	Text      string
	RequestID string
	Links     []Link
}
