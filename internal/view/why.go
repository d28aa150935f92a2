package view

// Why writes why somebody stands in a list: one line under what they say of themselves. It is written
// by hand, for it differs from search to search while the card around it is kept.
type Why struct{ icon string }

// NewWhy needs the sprite's address.
func NewWhy(assets *Assets) (Why, error) {
	icon, err := sprite(assets, "icon", "icons/icons.svg")("check")
	return Why{string(icon)}, err
}

// Append appends the line; nothing where there are no reasons.
func (w Why) Append(b []byte, reasons []string) []byte {
	for i, r := range reasons {
		if i == 0 {
			b = append(b, "\n<p class=\"why\">"...)
			b = append(append(b, w.icon...), "<span>"...)
		} else {
			b = append(b, " · "...)
		}
		b = appendEscaped(b, r)
	}
	if len(reasons) > 0 {
		b = append(b, "</span></p>"...)
	}
	return b
}

// whyLine is the line for templates.
func whyLine(assets *Assets) func([]string) (HTML, error) {
	return func(reasons []string) (HTML, error) {
		w, err := NewWhy(assets)
		return HTML(w.Append(nil, reasons)), err
	}
}
