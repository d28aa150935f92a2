package view

import (
	"html/template"
	"strings"
)

// CrisisLine is a service to call when somebody is not safe.
type CrisisLine struct {
	Name   string
	Number string // as people read it
	Text   string // number for text messages, or empty
	Hours  string
	For    string // who it is for
	Main   bool   // belongs in the short list of the crisis panel
}

// Tel is the number as a telephone link takes it. It is marked safe, since templates let only
// http, https and mailto pass and would print a dead link.
func (l CrisisLine) Tel() template.URL {
	return template.URL("tel:" + strings.ReplaceAll(l.Number, " ", ""))
}

// SMS is the text number as a message link takes it.
func (l CrisisLine) SMS() template.URL {
	return template.URL("sms:" + strings.ReplaceAll(l.Text, " ", ""))
}

// CrisisLines are Australia's national services, in the order people should try them. The numbers
// were read on each service's own pages in November 2026; one government page prints
// 1800RESPECT's number wrongly (1800 737 737).
func CrisisLines() []CrisisLine {
	const always = "24 hours, every day"
	return []CrisisLine{
		{Name: "Emergency", Number: "000", Hours: always, For: "Anyone in danger now. 112 also works from a mobile", Main: true},
		{Name: "Lifeline", Number: "13 11 14", Text: "0477 13 11 14", Hours: always, For: "Anyone in crisis", Main: true},
		{Name: "Suicide Call Back Service", Number: "1300 659 467", Hours: always, For: "Thoughts of suicide, or worry about someone", Main: true},
		{Name: "13YARN", Number: "13 92 76", Hours: always, For: "Aboriginal and Torres Strait Islander people", Main: true},
		{Name: "1800RESPECT", Number: "1800 737 732", Text: "0458 737 732", Hours: always, For: "Violence at home, sexual assault", Main: true},
		{Name: "Beyond Blue", Number: "1300 22 4636", Hours: always, For: "Anxiety, depression, hard days"},
		{Name: "Kids Helpline", Number: "1800 55 1800", Hours: always, For: "Ages 5 to 25", Main: true},
		{Name: "MensLine", Number: "1300 78 99 78", Hours: always, For: "Men, relationships, family"},
		{Name: "QLife", Number: "1800 184 527", Hours: "3 pm to midnight", For: "LGBTIQA+ people"},
	}
}
