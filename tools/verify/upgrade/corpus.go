package upgrade

import (
	_ "embed"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

//go:embed corpus.txt
var corpusText string

// step is one request of the corpus, or a move of both clocks.
type step struct {
	method, target string
	headers        []string // names and values in turn
	body           string
	form           bool   // values put into the body are escaped
	wait           string // retry until both answers match this pattern
	captures       []capture
}

// capture stores the first group of a pattern under a name.
type capture struct{ name, pattern string }

func (s step) String() string { return s.method + " " + s.target }

// parseCorpus reads the corpus. Its first lines describe the format.
func parseCorpus(text string) (list []step, err error) {
	var open []step // expansions of the current request
	for n, line := range strings.Split(text, "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		if line == "" || mark == "#" {
			continue
		}
		if len(mark) > 1 {
			list = append(list, open...)
			if open, err = parseRequest(mark, rest); err != nil {
				return nil, fmt.Errorf("line %d of the corpus: %w", n+1, err)
			}
			continue
		}
		if len(open) == 0 {
			return nil, fmt.Errorf("line %d of the corpus comes before any request", n+1)
		}
		for i := range open {
			if err := open[i].add(mark, rest); err != nil {
				return nil, fmt.Errorf("line %d of the corpus: %w", n+1, err)
			}
		}
	}
	return append(list, open...), nil
}

// clockTarget is an offset from a named time or, without a name, from the start of the corpus.
var clockTarget = regexp.MustCompile(`^(\{[a-z0-9.]+\})?([+-]?[0-9hms]+)$`)

func parseRequest(method, target string) ([]step, error) {
	if method == "CLOCK" && !clockTarget.MatchString(target) {
		return nil, fmt.Errorf("CLOCK takes 20m or {name}-1h, not %q", target)
	}
	var list []step
	for _, each := range expand(target) {
		list = append(list, step{method: method, target: each})
	}
	return list, nil
}

// expand returns the target once for each choice in [a,b].
func expand(target string) []string {
	head, rest, found := strings.Cut(target, "[")
	choices, tail, closed := strings.Cut(rest, "]")
	if !found || !closed {
		return []string{target}
	}
	var list []string
	for _, choice := range strings.Split(choices, ",") {
		for _, end := range expand(tail) {
			list = append(list, head+choice+end)
		}
	}
	return list
}

// add applies one of the lines below a request.
func (s *step) add(mark, rest string) error {
	switch mark {
	case "+":
		name, value, _ := strings.Cut(rest, ": ")
		s.headers = append(s.headers, name, value)
	case "|":
		s.body = rest
		s.headers = append(s.headers, "Content-Type", "application/json")
	case "&":
		s.body, s.form = rest, true
		s.headers = append(s.headers, "Content-Type", "application/x-www-form-urlencoded")
	case "=":
		s.body = rest
	case ">":
		name, pattern, _ := strings.Cut(rest, " ")
		s.captures = append(s.captures, capture{name, pattern})
	case "?":
		s.wait = rest
	default:
		return fmt.Errorf("unknown mark %q", mark)
	}
	return nil
}

// names are the values of the corpus names in one version.
type names map[string]string

var nameInBraces = regexp.MustCompile(`\{[a-z][a-z0-9.]*\}`)

// fill replaces each known {name} with its escaped value.
func (n names) fill(text string, escape func(string) string) string {
	return nameInBraces.ReplaceAllStringFunc(text, func(m string) string {
		if value, ok := n[m[1:len(m)-1]]; ok {
			return escape(value)
		}
		return m
	})
}

func plain(s string) string { return s }

// fillTarget escapes values only in the query.
func (n names) fillTarget(target string) string {
	path, query, found := strings.Cut(target, "?")
	if path = n.fill(path, plain); found {
		path += "?" + n.fill(query, url.QueryEscape)
	}
	return path
}

// fillBody escapes values only in forms.
func (n names) fillBody(s step) string {
	if s.form {
		return n.fill(s.body, url.QueryEscape)
	}
	return n.fill(s.body, plain)
}
