package view

import (
	"html/template"
	"slices"
	"strings"

	"wattle/internal/taxonomy"
)

// CrisisLine is a service to call when a person is not safe. Names, numbers and hours are
// taxonomy's dated table and nothing else.
type CrisisLine struct{ taxonomy.Service }

// Tel is the number as a telephone link takes it. It is marked safe, since templates let only
// http, https and mailto pass and would print a dead link.
func (l CrisisLine) Tel() template.URL { return template.URL(l.Service.Href()) }

// SMS is the text number as a message link takes it.
func (l CrisisLine) SMS() template.URL { return template.URL(l.Service.SMSHref()) }

// Emergency reports whether it is 000, which stands before all others.
func (l CrisisLine) Emergency() bool { return l.Slug == "emergency" }

// About says who it is for and when it answers, in full sentences.
func (l CrisisLine) About() string {
	return strings.TrimSuffix(l.Whom, ".") + ". " + strings.TrimSuffix(l.Hours, ".") + "."
}

// CrisisLines are all services, in the order in which people should try them.
func CrisisLines() []CrisisLine { return crisisLines(taxonomy.PanelEveryone) }

func crisisLines(panel taxonomy.Panel) []CrisisLine {
	var out []CrisisLine
	for _, s := range taxonomy.Services(panel) {
		out = append(out, CrisisLine{s})
	}
	return out
}

// CrisisPanel is partial "crisis-panel": the lines for one kind of danger.
type CrisisPanel struct{ Panel taxonomy.Panel }

// Shown reports whether there is anything to show.
func (p CrisisPanel) Shown() bool { return p.Panel != taxonomy.PanelNone }

// Violence reports whether the danger is another person: the words and the first number differ.
func (p CrisisPanel) Violence() bool { return p.Panel == taxonomy.PanelViolence }

// Lines are the panel's services without 000, which the panel names first in a sentence.
func (p CrisisPanel) Lines() []CrisisLine {
	return slices.DeleteFunc(crisisLines(p.Panel), CrisisLine.Emergency)
}
