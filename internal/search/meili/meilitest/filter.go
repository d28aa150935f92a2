package meilitest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wattle/internal/region"
)

// test reports whether a document meets a filter.
type test func(*doc) bool

// parseFilter reads the part of the filter language that Wattle uses: AND, OR, NOT, brackets, comparisons, IN
// lists, EXISTS and _geoRadius. An attribute that is not filterable is an error, as on the real server.
func parseFilter(text string, filterable []string) (t test, err error) {
	p := &filterParser{words: lex(text), filterable: filterable}
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
	words      []word
	at         int
	filterable []string
}

// word is a token; a quoted one is never an operator.
type word struct {
	text   string
	quoted bool
}

func lex(text string) (out []word) {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ':
			i++
		case c == '"':
			var b strings.Builder
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' && i+1 < len(text) {
					i++
				}
				b.WriteByte(text[i])
			}
			i++
			out = append(out, word{b.String(), true})
		case strings.ContainsRune("()[],", rune(c)):
			out = append(out, word{string(c), false})
			i++
		case strings.ContainsRune("<>=!", rune(c)):
			n := i + 1
			if n < len(text) && text[n] == '=' {
				n++
			}
			out = append(out, word{text[i:n], false})
			i = n
		default:
			n := i
			for n < len(text) && !strings.ContainsRune(" ()[],<>=!\"", rune(text[n])) {
				n++
			}
			out = append(out, word{text[i:n], false})
			i = n
		}
	}
	return out
}

func (p *filterParser) fail(format string, args ...any) {
	panic(filterError(fmt.Sprintf(format, args...)))
}

func (p *filterParser) is(text string) bool {
	return p.at < len(p.words) && !p.words[p.at].quoted && p.words[p.at].text == text
}

func (p *filterParser) take(text string) bool {
	if p.is(text) {
		p.at++
		return true
	}
	return false
}

func (p *filterParser) next() word {
	if p.at == len(p.words) {
		p.fail("the filter ends early")
	}
	p.at++
	return p.words[p.at-1]
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
	attribute := p.next().text
	if attribute == "_geoRadius" {
		return p.radius()
	}
	if !slices.Contains(p.filterable, attribute) {
		p.fail("attribute %q is not filterable", attribute)
	}
	switch op := p.next().text; op {
	case "EXISTS":
		return func(d *doc) bool { return d.has(attribute) }
	case "IN":
		return p.in(attribute)
	case "=":
		value := p.next().text
		return func(d *doc) bool { return d.is(attribute, value) }
	case "<", "<=", ">", ">=":
		limit, err := strconv.ParseFloat(p.next().text, 64)
		if err != nil {
			p.fail("a number is expected after %s", op)
		}
		return func(d *doc) bool {
			n, ok := d.numbers[attribute]
			return ok && compare(n, op, limit)
		}
	default:
		p.fail("%q is no operator", op)
		return nil
	}
}

func compare(n float64, op string, limit float64) bool {
	switch op {
	case "<":
		return n < limit
	case "<=":
		return n <= limit
	case ">":
		return n > limit
	}
	return n >= limit
}

func (p *filterParser) in(attribute string) test {
	var values []string
	p.expect("[")
	for !p.take("]") {
		values = append(values, p.next().text)
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
	lat, lng, metres := p.triple()
	return func(d *doc) bool { return d.located && region.Distance(lat, lng, d.lat, d.lng)*1000 <= metres }
}

func (p *filterParser) triple() (a, b, c float64) {
	p.expect("(")
	for i, into := range []*float64{&a, &b, &c} {
		if i > 0 {
			p.expect(",")
		}
		n, err := strconv.ParseFloat(p.next().text, 64)
		if err != nil {
			p.fail("a number is expected")
		}
		*into = n
	}
	p.expect(")")
	return a, b, c
}
