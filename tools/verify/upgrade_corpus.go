package main

import (
	_ "embed"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

//go:embed upgrade_corpus.txt
var corpusText string

// step is one request of the corpus, or a move of both clocks.
type step struct {
	method, target string
	headers        []string // names and values in turn
	body           string
	form           bool   // values put into the body are escaped
	wait           string // a pattern the answer must match before it counts
	takes          []capture
}

// capture names the first group of a pattern in an answer.
type capture struct{ name, pattern string }

func (s step) String() string { return s.method + " " + s.target }

// parseCorpus reads the corpus; its first lines describe the form.
func parseCorpus(text string) (list []step, err error) {
	var open []step // the expansions of the request that is being read
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
			return nil, fmt.Errorf("line %d of the corpus belongs to no request", n+1)
		}
		for i := range open {
			if err := open[i].add(mark, rest); err != nil {
				return nil, fmt.Errorf("line %d of the corpus: %w", n+1, err)
			}
		}
	}
	return append(list, open...), nil
}

// clockTarget is a time found before, or the start of the corpus, and how far from it.
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

// expand writes a target with [a,b] out once for each choice.
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

// add takes one of the lines below a request.
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
		s.takes = append(s.takes, capture{name, pattern})
	case "?":
		s.wait = rest
	default:
		return fmt.Errorf("no line begins with %q", mark)
	}
	return nil
}

// names are the values one version gave to the names of the corpus.
type names map[string]string

var nameInBraces = regexp.MustCompile(`\{[a-z][a-z0-9.]*\}`)

// fill replaces each {name} that is known by its value, passed through escape.
func (n names) fill(text string, escape func(string) string) string {
	return nameInBraces.ReplaceAllStringFunc(text, func(m string) string {
		if value, ok := n[m[1:len(m)-1]]; ok {
			return escape(value)
		}
		return m
	})
}

func plain(s string) string { return s }

// fillTarget escapes values in the query only.
func (n names) fillTarget(target string) string {
	path, query, found := strings.Cut(target, "?")
	if path = n.fill(path, plain); found {
		path += "?" + n.fill(query, url.QueryEscape)
	}
	return path
}

// fillBody escapes values in forms only.
func (n names) fillBody(s step) string {
	if s.form {
		return n.fill(s.body, url.QueryEscape)
	}
	return n.fill(s.body, plain)
}
