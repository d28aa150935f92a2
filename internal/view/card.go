package view

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Card is a therapist in a list: partial "card". Every text is ready to be printed.
type Card struct {
	URL      string
	Name     string
	Title    string // the printed title, from credentials
	Checked  string // "Registration checked 12 Nov 2026"
	Portrait Portrait
	Facts    []Fact // place and mode, languages: one line each
	Lead     string // the bio's first words
	Rest     string // what stands behind "More"
	Why      []string
	Price    Price
	Next     string    // "Tue 1 Dec, 5:00 pm", in the practice's zone
	NextAt   time.Time // the same, for machines
	NextNote string    // "Sydney time"; without Next, why there is none
	Action   Link      // "Book a free 15-minute call"; Note holds its terms
	Heading  int       // level of the name's heading: 2 or 3
}

// Fact is an icon with its words.
type Fact struct{ Icon, Text string }

// Price is partial "price": the full price first, always.
type Price struct {
	Full    string // "$180"
	Unit    string // "50 minutes"
	After   string // "$78.45 after Medicare, with a referral"
	Reduced string // "2 reduced places at $70"
	None    string // shown instead where there is no price, such as "Ask for a quote"
}

// SplitBio cuts a text at a sentence's or word's end near max characters.
func SplitBio(text string, max int) (lead, rest string) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) <= max {
		return text, ""
	}
	cut := len(string([]rune(text)[:max]))
	if i := strings.LastIndexAny(text[:cut], ".?!"); i > cut/2 {
		return text[:i+1], strings.TrimSpace(text[i+1:])
	}
	if i := strings.LastIndexByte(text[:cut], ' '); i > 0 {
		cut = i
	}
	return text[:cut] + " …", strings.TrimSpace(text[cut:])
}

func initials(name string) string {
	words := strings.Fields(name)
	for len(words) > 1 && strings.HasSuffix(words[0], ".") || len(words) > 2 && words[0] == "Dr" {
		words = words[1:]
	}
	if len(words) == 0 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	if len(words) == 1 {
		return string(first)
	}
	return string([]rune{first, last})
}
