package meilitest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wattle/internal/region"
)

// test reports whether a document meets a filter.
type test func(*doc) bool

// parseFilter reads the part of the filter language that Wattle uses: AND, OR, NOT, brackets, comparisons, IN
// lists and _geoRadius. An attribute that is not filterable is an error, as on the real server.
func parseFilter(text string, filterable []string) (t test, err error) {
	p := &filterParser{words: word.FindAllString(text, -1), filterable: filterable}
	defer func() {
		if bad, ok := recover().(filterError); ok {
			err = bad
		}
	}()
	t = p.or()
	if p.at < len(p.words) {
		p.fail("nothing expected after the filter")
	}
	return t, nil
}

type filterError string

func (e filterError) Error() string { return string(e) }

type filterParser struct {
	words      []string
	at         int
	filterable []string
}

// word matches a token: a quoted value, a bracket or comma, a comparison, or a name or number.
var word = regexp.MustCompile(`"(?:\\.|[^"\\])*"|[()\[\],]|[<>]=?|[^\s()\[\],<>"]+`)

func (p *filterParser) fail(format string, args ...any) {
	panic(filterError(fmt.Sprintf(format, args...)))
}

func (p *filterParser) take(text string) bool {
	if p.at < len(p.words) && p.words[p.at] == text {
		p.at++
		return true
	}
	return false
}

// next is the next token without its quotes.
func (p *filterParser) next() string {
	if p.at == len(p.words) {
		p.fail("the filter ends early")
	}
	p.at++
	text := p.words[p.at-1]
	if strings.HasPrefix(text, `"`) {
		text = unescape.Replace(text[1 : len(text)-1])
	}
	return text
}

var unescape = strings.NewReplacer(`\\`, `\`, `\"`, `"`)

func (p *filterParser) number() float64 {
	n, err := strconv.ParseFloat(p.next(), 64)
	if err != nil {
		p.fail("a number is expected")
	}
	return n
}

func (p *filterParser) expect(text string) {
	if !p.take(text) {
		p.fail("%q expected", text)
	}
}

func (p *filterParser) or() test {
	any := []test{p.and()}
	for p.take("OR") {
		any = append(any, p.and())
	}
	return func(d *doc) bool { return slices.ContainsFunc(any, func(t test) bool { return t(d) }) }
}

func (p *filterParser) and() test {
	all := []test{p.not()}
	for p.take("AND") {
		all = append(all, p.not())
	}
	return func(d *doc) bool { return !slices.ContainsFunc(all, func(t test) bool { return !t(d) }) }
}

func (p *filterParser) not() test {
	if p.take("NOT") {
		inner := p.not()
		return func(d *doc) bool { return !inner(d) }
	}
	if p.take("(") {
		inner := p.or()
		p.expect(")")
		return inner
	}
	return p.condition()
}

func (p *filterParser) condition() test {
	attribute := p.next()
	if attribute == "_geoRadius" {
		return p.radius()
	}
	if !slices.Contains(p.filterable, attribute) {
		p.fail("attribute %q is not filterable", attribute)
	}
	op := p.next()
	if op == "IN" {
		return p.in(attribute)
	}
	holds, known := map[string]func(n, limit float64) bool{
		"<":  func(n, limit float64) bool { return n < limit },
		"<=": func(n, limit float64) bool { return n <= limit },
		">":  func(n, limit float64) bool { return n > limit },
		">=": func(n, limit float64) bool { return n >= limit },
	}[op]
	if !known {
		p.fail("%q is not an operator", op)
	}
	limit := p.number()
	return func(d *doc) bool {
		n, ok := d.numbers[attribute]
		return ok && holds(n, limit)
	}
}

func (p *filterParser) in(attribute string) test {
	var values []string
	p.expect("[")
	for !p.take("]") {
		values = append(values, p.next())
		p.take(",")
	}
	return func(d *doc) bool {
		return slices.ContainsFunc(values, func(v string) bool { return d.is(attribute, v) })
	}
}

func (p *filterParser) radius() test {
	if !slices.Contains(p.filterable, "_geo") {
		p.fail("_geo is not filterable")
	}
	var of [3]float64 // latitude, longitude, metres
	for i, before := range []string{"(", ",", ","} {
		p.expect(before)
		of[i] = p.number()
	}
	p.expect(")")
	return func(d *doc) bool { return d.located && region.Distance(of[0], of[1], d.lat, d.lng)*1000 <= of[2] }
}
