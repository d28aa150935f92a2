package find

import (
	"cmp"
	"strconv"
	"strings"

	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/view"
)

// finderWishes is what the fields of the search form show besides the words, as typed, and what was
// wrong with it: partial "finder-wishes". Many searches share it.
type finderWishes struct {
	State, Near, Within, MaxFee, MaxGap, Postcode string
	NearError, MaxFeeError, MaxGapError           string
	Literal                                       bool // words are searched for as they stand
}

// finderBytes bounds the cached fields of the search form.
const finderBytes = 2 << 20

// wishesOf is what was asked for, as the form shows it again: also what could not be understood.
func wishesOf(f search.Filter, notes []search.Note) finderWishes {
	w := finderWishes{State: strings.Join(f.States, ","), Near: f.Near.Label(),
		Within: strconv.Itoa(cmp.Or(f.WithinKm, search.DefaultWithinKm)), MaxFee: limitText(f.MaxFee),
		MaxGap:   limitText(f.MaxGap),
		Postcode: f.Postcode, Literal: f.AsTyped}
	for _, n := range notes {
		switch n.Field {
		case "near":
			w.Near, w.NearError = n.Value, cmp.Or(w.NearError, n.Message)
		case "max_fee":
			w.MaxFee, w.MaxFeeError = n.Value, cmp.Or(w.MaxFeeError, n.Message)
		case "max_gap":
			w.MaxGap, w.MaxGapError = n.Value, cmp.Or(w.MaxGapError, n.Message)
		}
	}
	return w
}

// Form is the wishes as a form.
func (w finderWishes) Form() view.Form {
	f := view.NewForm("state", w.State, "near", w.Near, "within_km", w.Within, "max_fee", w.MaxFee, "max_gap", w.MaxGap,
		"postcode", w.Postcode)
	for _, e := range []fault.Field{{Name: "near", Message: w.NearError}, {Name: "max_fee", Message: w.MaxFeeError},
		{Name: "max_gap", Message: w.MaxGapError}} {
		if e.Message != "" {
			f.Errors = append(f.Errors, e)
		}
	}
	return f
}

// States are the states to choose from; several asked for by an address stand as one choice.
func (w finderWishes) States() []view.Option {
	out := stateOptions("All states")
	if chosen := strings.Split(w.State, ","); len(chosen) > 1 {
		out = append(out, view.Option{Value: w.State, Label: view.JoinAnd(upper(chosen))})
	}
	return out
}

// Distances are how far may be looked.
func (w finderWishes) Distances() []view.Option {
	var out []view.Option
	for _, km := range []string{"5", "10", "25", "50", "100"} {
		out = append(out, view.Option{Value: km, Label: "within " + km + " km"})
	}
	return out
}

// finderWords is the field for words: partial "finder-words".
type finderWords struct{ Q string }

// Form is the words as a form.
func (w finderWords) Form() view.Form { return view.NewForm("q", w.Q) }
