package view

import (
	"net/url"
	"slices"

	"wattle/internal/fault"
)

// Form is what a person has typed so far and what was wrong with it. The words of a form stand in
// its template: {{template "field" ((.Form.Email "email" "Your e-mail").Hint "…")}}.
type Form struct {
	Values url.Values
	Errors []fault.Field
	Notice string // a sentence about the form as a whole, shown on top of the field errors
	Prefix string // goes before every id, where a page has two forms with the same names
}

// NewForm is an empty form with starting values in pairs of name and value.
func NewForm(pairs ...string) Form {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return Form{Values: v}
}

// FormOf shows a posted form again with err's complaints: those about fields, or the sentence about
// the whole where there are none. Errors that are no fault are not shown:
// they belong to the error page.
func FormOf(posted url.Values, err error) Form {
	f := Form{Values: posted}
	if e, ok := fault.As(err); ok {
		if f.Errors = e.Fields; len(e.Fields) == 0 {
			f.Notice = e.Message
		}
	}
	return f
}

// Failed reports whether there is anything to complain about.
func (f Form) Failed() bool { return len(f.Errors) > 0 || f.Notice != "" }

// Value is what was typed into a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Error is the first complaint about a field, or "".
func (f Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Name == name {
			return e.Message
		}
	}
	return ""
}

// Has reports whether value is among those chosen for a field.
func (f Form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

func (f Form) field(kind, name, label string) Field {
	return Field{Kind: kind, Name: name, Label: label, Value: f.Value(name), Chosen: f.Values[name],
		Error: f.Error(name), Required: true, Prefix: f.Prefix}
}

// Text is a one-line field.
func (f Form) Text(name, label string) Field { return f.field("text", name, label) }

// Email is a field for an e-mail address, filled in by the browser where it can be.
func (f Form) Email(name, label string) Field {
	return f.field("email", name, label).Auto("email").Size("wide")
}

// Tel is a field for a telephone number.
func (f Form) Tel(name, label string) Field {
	return f.field("tel", name, label).Auto("tel").Size("medium")
}

// Search is a field for words to look for.
func (f Form) Search(name, label string) Field { return f.field("search", name, label).Optional() }

// Number is a field for a whole number.
func (f Form) Number(name, label string) Field {
	return f.field("text", name, label).Keys("numeric").Size("short")
}

// Dollars is a field for an amount of money.
func (f Form) Dollars(name, label string) Field {
	return f.field("text", name, label).Keys("decimal").Size("short").Before("$")
}

// Code is a field for a six-digit code from an e-mail.
func (f Form) Code(name, label string) Field {
	return f.field("code", name, label).Auto("one-time-code").Keys("numeric")
}

// Area is a field of several lines.
func (f Form) Area(name, label string) Field { return f.field("textarea", name, label).Lines(5) }

// File is a field for a file to send. The form needs enctype="multipart/form-data".
func (f Form) File(name, label string) Field { return f.field("file", name, label) }

// Select is a list to choose one of. Prefer Radios up to seven options.
func (f Form) Select(name, label string, options []Option) Field {
	return f.field("select", name, label).with(options)
}

// Radios is a group to choose one of.
func (f Form) Radios(name, label string, options []Option) Field {
	return f.field("radios", name, label).with(options)
}

// Checks is a group to choose any of.
func (f Form) Checks(name, label string, options []Option) Field {
	return f.field("checks", name, label).with(options).Optional()
}

// Tick is a single box. Its value is "true" when ticked.
func (f Form) Tick(name, label string) Field { return f.field("tick", name, label).Optional() }

// Option is one choice of a select, of radios or of checks.
type Option struct {
	Value, Label string
	Hint         string // a second line under the label
	Group        string // heading of a select's group; options of a group stand together
}

// Options makes options of pairs of value and label.
func Options(pairs ...string) []Option {
	var out []Option
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, Option{Value: pairs[i], Label: pairs[i+1]})
	}
	return out
}

// Anchor is the id of the control an error belongs to, as Field gives it.
func (f Form) Anchor(name string) string { return f.Prefix + "f-" + ID(name) }
