package view

import (
	_ "embed"
	"encoding/json"
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

//go:embed gallery.json
var galleryFile []byte

// NewGallery fills the gallery around a fixed Monday, so that it looks the same every day.
func NewGallery() (g Gallery, err error) {
	err = json.Unmarshal(galleryFile, &g)
	g.Pages = NewPagination(4, 12, func(int) string { return "#page" })
	return g, err
}
