package guides

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wattle/internal/taxonomy"
)

// The bounds of an article.
const (
	maxSummary   = 160 // characters, as search engines cut them
	minTakeaways = 3
	maxTakeaways = 5
	minSections  = 3
	maxRelated   = 3
	reviewMonths = 24 // the longest an article may go unread
)

var (
	slugShape         = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	registrationShape = regexp.MustCompile(`^[A-Z]{3}[0-9]{10}$`)
	// promise finds what health advertising may not say (National Law s133), and the word "treats":
	// people help with something.
	promise = regexp.MustCompile(`(?i)\b(treats|specialis(es?|ing)|guarante\w+|cure[sd]?|experts?|proven|miracle|risk-free|world-class)\b`)
	// hurtful finds how suicide is not to be spoken of (Mindframe).
	hurtful = regexp.MustCompile(`(?i)\b(commit(s|ted|ting)? suicide|(un)?successful suicide|failed (suicide|attempt)|suicide epidemic)\b`)
)

// rules lists everything that is wrong with an article; nothing for one that may be shown.
func rules(a *Article) (wrong []string) {
	no := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	no(!slugShape.MatchString(a.Slug) || len(a.Slug) > 80, "the slug %q is not lower-case words with hyphens", a.Slug)
	no(utf8.RuneCountInString(a.Summary) > maxSummary, "the summary has %d characters, %d are allowed", utf8.RuneCountInString(a.Summary), maxSummary)
	no(len(a.takeaways) < minTakeaways || len(a.takeaways) > maxTakeaways, "there are %d key takeaways, not %d to %d", len(a.takeaways), minTakeaways, maxTakeaways)
	no(len(a.sections) < minSections, "there are %d sections, %d are needed", len(a.sections), minSections)
	no(a.help == "", "there is no %q", helpHeading)
	no(len(a.questions) < 2, "there are %d questions with answers, two are needed", len(a.questions))
	for _, p := range slices.Concat(a.sections, a.questions) {
		no(p.html == "" && !p.rates, "nothing answers %q", p.heading)
	}
	no(len(a.Related) > maxRelated, "there are %d related guides, %d are allowed", len(a.Related), maxRelated)
	for _, issue := range a.Issues {
		no(!taxonomy.Issues.Has(issue), "there is no issue %q", issue)
	}
	no(a.Reviewed.Before(a.Published), "it was reviewed before it was published")
	no(!a.Due.After(a.Reviewed) || a.Due.After(a.Reviewed.AddDate(0, reviewMonths, 0)), "the next review must be due within %d months of the last", reviewMonths)
	if r := a.Reviewer; r != nil {
		no(!registrationShape.MatchString(r.Registration), "the reviewer's registration %q is no Ahpra number", r.Registration)
		no(r.On.Before(a.Published), "it was reviewed by a clinician before it was published")
	}
	return slices.Concat(wrong, sourceRules(a), wordRules(a), panelRules(a), figureRules(a))
}

// sourceRules hold every claim to a source, and every source to a use.
func sourceRules(a *Article) (wrong []string) {
	blocks := slices.Concat([]block{{a.Title, true}, {a.Summary, true}, {a.People, true}}, a.prose)
	for _, s := range unsourced(blocks) {
		wrong = append(wrong, fmt.Sprintf("a claim has no source at its end: %q", s))
	}
	known, used := map[string]bool{}, map[string]bool{}
	for _, s := range a.Sources {
		if known[s.ID] || !slugShape.MatchString(s.ID) {
			wrong = append(wrong, fmt.Sprintf("the source %q is there twice or is no plain word", s.ID))
		}
		known[s.ID] = true
	}
	for _, b := range blocks {
		for _, id := range references(b.text) {
			if used[id] = true; !known[id] {
				wrong = append(wrong, fmt.Sprintf("the source %q is referred to and not listed", id))
			}
		}
	}
	for _, s := range a.Sources {
		if !used[s.ID] {
			wrong = append(wrong, fmt.Sprintf("the source %q is listed and not referred to", s.ID))
		}
	}
	return wrong
}

// wordRules hold the words to advertising law and to Mindframe's guidance.
func wordRules(a *Article) (wrong []string) {
	for _, text := range a.texts() {
		if m := promise.FindString(text); m != "" {
			wrong = append(wrong, fmt.Sprintf("%q promises more than anybody may", m))
		}
		if m := hurtful.FindString(text); m != "" {
			wrong = append(wrong, fmt.Sprintf("%q is no way to speak of it", m))
		}
	}
	return wrong
}

// panelRules hold an article that touches danger to a crisis box, and the box to Mindframe's
// guidance: at least two services that answer day and night, and one that can be reached in writing.
func panelRules(a *Article) (wrong []string) {
	if need := panelNeeded(a); need != taxonomy.PanelNone && a.Panel == taxonomy.PanelNone {
		wrong = append(wrong, fmt.Sprintf("its subject asks for the %s panel", need))
	}
	if a.Panel == taxonomy.PanelNone {
		return wrong
	}
	always, online := 0, 0
	for _, s := range taxonomy.Services(a.Panel) {
		if s.AllHours() && s.Slug != "emergency" {
			always++
		}
		if s.Text != "" && s.URL != "" {
			online++
		}
	}
	if always < 2 || online < 1 {
		wrong = append(wrong, fmt.Sprintf("the panel %q has %d services open day and night and %d online", a.Panel, always, online))
	}
	return wrong
}

// panelNeeded is the panel that an article's issues or words ask for.
func panelNeeded(a *Article) taxonomy.Panel {
	for _, issue := range a.Issues {
		if t, ok := taxonomy.Issues.BySlug(issue); ok && t.Panel != taxonomy.PanelNone {
			return t.Panel
		}
	}
	for _, text := range a.texts() {
		if p, ok := taxonomy.Crisis(text); ok {
			return p
		}
	}
	return taxonomy.PanelNone
}

// texts is everything an article says, without its references.
func (a *Article) texts() []string {
	out := []string{a.Title, a.Summary, a.People}
	for _, b := range a.prose {
		out = append(out, strings.TrimSpace(reference.ReplaceAllString(b.text, "$2")))
	}
	return out
}
