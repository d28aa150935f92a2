package view

import (
	"slices"
)

// Field is one question of a form, as partial "field" draws it. Make it with Form's methods and
// refine it with its own, each of which returns a changed copy.
type Field struct {
	Kind, Name, Label string
	Value             string
	Chosen            []string
	Error             string
	Required          bool
	HintText          string
	Autocomplete      string
	InputMode         string
	Width             string // short, medium, wide or "" for the full measure
	Lead, Unit        string // before and behind the control
	Rows, Limit       int
	Prefix            string // goes before ids
	Choices           []Choice
	Big               bool // the label is the page's question
	Inline            bool // radios and checks side by side
	Silent            bool // may stay empty without saying so, where nothing is required
}

// Choice is an option with its state.
type Choice struct {
	Option
	ID       string
	On       bool
	NewGroup bool // first of its group
	EndGroup bool // last of its group
}

func (f Field) with(options []Option) Field {
	for i, o := range options {
		c := Choice{Option: o, ID: f.Prefix + ID(f.Name+"-"+o.Value), On: slices.Contains(f.Chosen, o.Value)}
		if i == 0 && f.Kind != "select" {
			c.ID = f.ID()
		}
		c.NewGroup = o.Group != "" && (i == 0 || options[i-1].Group != o.Group)
		c.EndGroup = o.Group != "" && (i == len(options)-1 || options[i+1].Group != o.Group)
		f.Choices = append(f.Choices, c)
	}
	return f
}

// ID is the id of the control, or of a group's first choice: error summaries link to it.
func (f Field) ID() string { return f.Prefix + "f-" + ID(f.Name) }

// HintID names the hint that describes the control.
func (f Field) HintID() string { return f.Prefix + "hint-" + ID(f.Name) }

// ErrorID names the error beside the field.
func (f Field) ErrorID() string { return f.Prefix + "error-" + ID(f.Name) }

// DescribedBy lists the ids of error and hint, or is "".
func (f Field) DescribedBy() string {
	switch {
	case f.Error != "" && f.HintText != "":
		return f.ErrorID() + " " + f.HintID()
	case f.Error != "":
		return f.ErrorID()
	case f.HintText != "":
		return f.HintID()
	}
	return ""
}

// InputType is the type attribute of a one-line control.
func (f Field) InputType() string {
	if f.Kind == "code" {
		return "text"
	}
	return f.Kind
}

// Grouped reports whether the field is a set of boxes under a legend.
func (f Field) Grouped() bool { return f.Kind == "radios" || f.Kind == "checks" }

// Radio reports whether one choice shuts out the others.
func (f Field) Radio() bool { return f.Kind == "radios" }

// Ticked reports whether a single box is on.
func (f Field) Ticked() bool { return f.Value != "" && f.Value != "false" }

// Hint says under the label what is wanted and why.
func (f Field) Hint(text string) Field { f.HintText = text; return f }

// Optional says that the field may stay empty.
func (f Field) Optional() Field { f.Required = false; return f }

// Free says nothing of being optional, on forms where no field is required.
func (f Field) Free() Field { f.Required, f.Silent = false, true; return f }

// Must says that a field that is usually optional is not.
func (f Field) Must() Field { f.Required = true; return f }

// Auto sets the autocomplete token, such as "given-name".
func (f Field) Auto(token string) Field { f.Autocomplete = token; return f }

// Keys sets the keyboard a phone shows: numeric, decimal, search.
func (f Field) Keys(mode string) Field { f.InputMode = mode; return f }

// Size fits the control to what goes in: short, medium or wide.
func (f Field) Size(width string) Field { f.Width = width; return f }

// Before puts a unit in front of the control, such as "$".
func (f Field) Before(unit string) Field { f.Lead = unit; return f }

// After puts a unit behind the control, such as "minutes".
func (f Field) After(unit string) Field { f.Unit = unit; return f }

// Lines sets a text area's height.
func (f Field) Lines(n int) Field { f.Rows = n; return f }

// Max sets the most characters a text may have.
func (f Field) Max(n int) Field { f.Limit = n; return f }

// Asked makes the label the page's one question.
func (f Field) Asked() Field { f.Big = true; return f }

// Row lays radios and checks side by side.
func (f Field) Row() Field { f.Inline = true; return f }
