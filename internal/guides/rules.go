package guides

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wattle/internal/taxonomy"
)

// Limits of an article.
const (
	maxSummary   = 160 // characters; search engines truncate longer ones
	minTakeaways = 3
	maxTakeaways = 5
	minSections  = 3
	maxRelated   = 3
	reviewMonths = 24 // the longest interval between reviews
)

var (
	slugShape         = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	registrationShape = regexp.MustCompile(`^[A-Z]{3}[0-9]{10}$`)
	// promise matches claims that health advertising must not make (National Law s133), and "treats": our
	// therapists help with something.
	promise = regexp.MustCompile(`(?i)\b(treats|specialis(es?|ing)|guarante\w+|cure[sd]?|experts?|proven|miracle|risk-free|world-class)\b`)
	// hurtful matches wording about suicide that Mindframe advises against.
	hurtful = regexp.MustCompile(`(?i)\b(commit(s|ted|ting)? suicide|(un)?successful suicide|failed (suicide|attempt)|suicide epidemic)\b`)
)

// rules lists every rule that the article breaks.
func rules(a *Article) (problems []string) {
	no := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	no(!slugShape.MatchString(a.Slug) || len(a.Slug) > 80, "the slug %q is not lower-case words with hyphens", a.Slug)
	no(utf8.RuneCountInString(a.Summary) > maxSummary, "the summary has %d characters, %d are allowed",
		utf8.RuneCountInString(a.Summary), maxSummary)
	no(len(a.takeaways) < minTakeaways || len(a.takeaways) > maxTakeaways,
		"there are %d key takeaways, not %d to %d", len(a.takeaways), minTakeaways, maxTakeaways)
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
	no(!a.Due.After(a.Reviewed) || a.Due.After(a.Reviewed.AddDate(0, reviewMonths, 0)),
		"the next review must be due within %d months of the last", reviewMonths)
	if r := a.Reviewer; r != nil {
		no(!registrationShape.MatchString(r.Registration), "the reviewer's registration %q is no Ahpra number",
			r.Registration)
		no(r.On.Before(a.Published), "it was reviewed by a clinician before it was published")
	}
	return slices.Concat(problems, sourceRules(a), wordRules(a), panelRules(a), figureRules(a))
}

// sourceRules require a source for every claim and a use for every source.
func sourceRules(a *Article) (problems []string) {
	blocks := slices.Concat([]block{{a.Title, true}, {a.Summary, true}, {a.People, true}}, a.prose)
	for _, s := range unsourced(blocks) {
		problems = append(problems, fmt.Sprintf("a claim has no source at its end: %q", s))
	}
	known, used := map[string]bool{}, map[string]bool{}
	for _, s := range a.Sources {
		if known[s.ID] || !slugShape.MatchString(s.ID) {
			problems = append(problems, fmt.Sprintf("the source %q is repeated or not a plain word", s.ID))
		}
		known[s.ID] = true
	}
	for _, b := range blocks {
		for _, id := range references(b.text) {
			if used[id] = true; !known[id] {
				problems = append(problems, fmt.Sprintf("the source %q is cited but not listed", id))
			}
		}
	}
	for _, s := range a.Sources {
		if !used[s.ID] {
			problems = append(problems, fmt.Sprintf("the source %q is listed but not cited", s.ID))
		}
	}
	return problems
}

// wordRules apply advertising law and Mindframe's guidance to the wording.
func wordRules(a *Article) (problems []string) {
	for _, text := range a.texts() {
		if m := promise.FindString(text); m != "" {
			problems = append(problems, fmt.Sprintf("%q promises more than the law allows", m))
		}
		if m := hurtful.FindString(text); m != "" {
			problems = append(problems, fmt.Sprintf("%q is wording that Mindframe advises against", m))
		}
	}
	return problems
}

// panelRules require a crisis panel for articles about danger, with at least two services open day and
// night and one that answers in writing (Mindframe).
func panelRules(a *Article) (problems []string) {
	if need := panelNeeded(a); need != taxonomy.PanelNone && a.Panel == taxonomy.PanelNone {
		problems = append(problems, fmt.Sprintf("its subject requires the %s panel", need))
	}
	if a.Panel == taxonomy.PanelNone {
		return problems
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
		problems = append(problems, fmt.Sprintf("the panel %q has %d services open day and night and %d online",
			a.Panel, always, online))
	}
	return problems
}

// panelNeeded returns the panel that the issues or the text call for.
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

// texts returns all text of the article without references.
func (a *Article) texts() []string {
	out := []string{a.Title, a.Summary, a.People}
	for _, b := range a.prose {
		out = append(out, strings.TrimSpace(reference.ReplaceAllString(b.text, "$2")))
	}
	return out
}
