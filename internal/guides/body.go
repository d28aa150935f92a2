package guides

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Headings with a fixed meaning, and the placeholder of the table of benefits.
const (
	helpHeading      = "When to get help"
	questionsHeading = "Questions and answers"
	ratesLine        = "{rates}"
)

// block is a unit of prose: a paragraph, a list item or a heading.
type block struct {
	text    string
	heading bool
}

// allowed lists the Markdown that articles may use. Anything else is an error, so nothing is dropped
// silently.
var allowed = []ast.NodeKind{ast.KindDocument, ast.KindHeading, ast.KindParagraph, ast.KindTextBlock,
	ast.KindList, ast.KindListItem,
	ast.KindText, ast.KindString, ast.KindEmphasis, ast.KindLink}

// clean is the HTML policy for the allowed Markdown: no scripts, styles or embedded resources.
var clean = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "ul", "ol", "li", "strong", "em")
	p.AllowAttrs("href").OnElements("a")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("https")
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	return p
}()

// reader parses the Markdown of an article into its parts.
type reader struct {
	src      []byte
	a        *Article
	into     *part // the part that receives the next blocks
	problems []string
}

func (r *reader) add(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// readBody fills the parts of the article and returns the errors in its text.
func readBody(a *Article, takeaways []string, body string) []string {
	r := &reader{src: []byte(body), a: a}
	intro, help := &part{}, &part{}
	r.into = intro
	doc := goldmark.New().Parser().Parse(text.NewReader(r.src))
	r.checkMarkdown(doc)
	inQuestions := false
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok {
			r.block(n)
			continue
		}
		heading := r.text(h)
		switch {
		case h.Level == 2 && heading == helpHeading:
			r.into = help
		case h.Level == 2 && heading == questionsHeading:
			inQuestions, r.into = true, nil
		case h.Level == 2:
			inQuestions = false
			r.begin(&a.sections, heading)
		case h.Level == 3 && inQuestions:
			r.begin(&a.questions, heading)
		default:
			r.add("the heading %q has a level that is not allowed there", heading)
		}
	}
	a.intro, a.help = intro.html, help.html
	for _, t := range takeaways {
		r.takeaway(t)
	}
	for _, b := range a.prose {
		a.Words += len(strings.Fields(b.text))
	}
	a.Minutes = max(1, (a.Words+199)/200)
	return r.problems
}

// begin opens a part, whose heading must be a question.
func (r *reader) begin(list *[]part, heading string) {
	if !strings.HasSuffix(heading, "?") {
		r.add("the heading %q is not a question", heading)
	}
	r.a.prose = append(r.a.prose, block{heading, true})
	*list = append(*list, part{heading: heading})
	r.into = &(*list)[len(*list)-1]
}

// block adds a Markdown block to the open part.
func (r *reader) block(n ast.Node) {
	switch {
	case r.into == nil:
		r.add("there is text between %q and its first question", questionsHeading)
		return
	case r.into.rates:
		r.add("text follows the table of benefits, which ends its part")
		return
	case r.text(n) == ratesLine:
		r.into.rates = true
		return
	}
	var out bytes.Buffer
	if err := goldmark.New().Renderer().Render(&out, r.src, n); err != nil {
		r.add("%v", err)
	}
	r.into.html += clean.Sanitize(out.String())
	r.collect(n)
}

// takeaway renders one or two sentences without a paragraph of their own.
func (r *reader) takeaway(line string) {
	t := &reader{src: []byte(line), a: r.a, into: &part{}}
	doc := goldmark.New().Parser().Parse(text.NewReader(t.src))
	t.checkMarkdown(doc)
	t.block(doc.FirstChild())
	r.problems = append(r.problems, t.problems...)
	r.a.takeaways = append(r.a.takeaways, strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(t.into.html),
		"<p>"), "</p>"))
}

// collect gathers the text of every paragraph and item below n for the rules.
func (r *reader) collect(n ast.Node) {
	if n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock {
		r.a.prose = append(r.a.prose, block{r.text(n), false})
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.collect(c)
	}
}

// checkMarkdown reports Markdown that is not allowed and links to other schemes.
func (r *reader) checkMarkdown(doc ast.Node) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if !slices.Contains(allowed, n.Kind()) {
			r.add("an article may not use Markdown's %s", n.Kind())
		}
		if l, ok := n.(*ast.Link); ok {
			to := string(l.Destination)
			if !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "//") {
				r.add("the link %q must be a path of this site or an https address", to)
			}
		}
		return ast.WalkContinue, nil
	})
}

// text returns the plain text of n in one line.
func (r *reader) text(n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(r.src))
			if t.SoftLineBreak() || t.HardLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}
