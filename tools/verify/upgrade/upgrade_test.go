package upgrade

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wattle/tools/rig"
)

func TestTheCorpusIsLargeAndWellFormed(t *testing.T) {
	steps, err := parseCorpus(corpusText)
	if err != nil {
		t.Fatal(err)
	}
	requests := slices.DeleteFunc(steps, func(s step) bool { return s.method == "CLOCK" || s.method == "TAKE" })
	if len(requests) < corpusLeast {
		t.Errorf("%d requests", len(requests))
	}
	if _, err := readExpected("expected.txt"); err != nil {
		t.Error(err)
	}
}

func TestATargetExpandsToEachChoice(t *testing.T) {
	got := expand("/[a,b]?x=[,1]")
	if want := []string{"/a?x=", "/a?x=1", "/b?x=", "/b?x=1"}; !slices.Equal(got, want) {
		t.Error(got)
	}
}

func TestValuesAreEscapedOnlyInQueriesAndForms(t *testing.T) {
	known := names{"at": "2026-12-01T10:00:00+11:00", "path": "/a?b=c"}
	for target, want := range map[string]string{
		"/{at}?at={at}": "/2026-12-01T10:00:00+11:00?at=2026-12-01T10%3A00%3A00%2B11%3A00",
		"{path}":        "/a?b=c",
		"/{unknown}":    "/{unknown}",
	} {
		if got := known.fillTarget(target); got != want {
			t.Errorf("%s became %s", target, got)
		}
	}
	if got := known.fillBody(step{body: "at={at}", form: true}); !strings.Contains(got, "%2B11") {
		t.Error(got)
	}
}

func page(body string) rig.Answer {
	header := http.Header{"Content-Type": {"text/html; charset=utf-8"}, "X-Request-Id": {"5215f5ef2b64afc6"}}
	return rig.Answer{Status: http.StatusOK, Body: []byte(body), Header: header}
}

func TestOnlyVaryingValuesAreHidden(t *testing.T) {
	const body = `<a href="/static/css/a.%s.css"><a href="/booking/%s?t=%s">Code %s, reference 5215f5ef2b64afc6`
	write := func(hash, letter, code string) rig.Answer {
		return page(fmt.Sprintf(body, hash, strings.Repeat(letter, 26), strings.Repeat(letter, 43), code))
	}
	one, other := write("b927f85480", "a", "123456"), write("0000000000", "b", "654321")
	before, after := printed(one, names{"code": "123456"}), printed(other, names{"code": "654321"})
	if list := differences(before, after); len(list) != 0 {
		t.Error(list)
	}
	for from, to := range map[string]string{"Code": "Key", "/booking/": "/bookings/", "/a.": "/b."} {
		changed := page(strings.Replace(string(one.Body), from, to, 1))
		if list := differences(printed(one, nil), printed(changed, nil)); len(list) != 1 {
			t.Errorf("%q for %q: %d differences", to, from, len(list))
		}
	}
	framed := page(string(one.Body))
	framed.Header.Set("X-Frame-Options", "DENY")
	if list := differences(printed(one, nil), printed(framed, nil)); len(list) != 1 {
		t.Errorf("an extra header: %v", list)
	}
}

func TestFieldOrderIsIgnoredAndListOrderIsCompared(t *testing.T) {
	problem := http.Header{"Content-Type": {"application/problem+json"}}
	as := func(body string) []string {
		return printed(rig.Answer{Status: http.StatusNotFound, Body: []byte(body), Header: problem}, nil)
	}
	if len(differences(as(`{"a":1,"b":[1,2]}`), as(`{"b":[1,2],"a":1}`))) != 0 {
		t.Error("field order counts")
	}
	if len(differences(as(`{"b":[1,2]}`), as(`{"b":[2,1]}`))) == 0 {
		t.Error("list order is ignored")
	}
}

func TestEachDifferenceIsReportedSeparately(t *testing.T) {
	list := differences(strings.Split("a b c d e f", " "), strings.Split("a x c d f g", " "))
	var got []string
	for _, h := range list {
		got = append(got, h.String())
	}
	if want := []string{"- b\n+ x", "- e", "+ g"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAnExpectedDifferenceCoversNothingElse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "expected")
	if err := os.WriteFile(file, []byte("# why\nGET /a\t- <p>old\\n\\+ <p>new\tthe word is new\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	named, err := readExpected(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{Trial: &rig.Trial{}, sides: [2]*side{{}, {}}, expected: named, index: map[string]int{}}
	ask := func(target, before, after string) {
		p.compare(step{method: "GET", target: target}, [2]rig.Answer{page(before), page(after)})
	}
	ask("/a", "<p>old</p>", "<p>new</p>")
	if len(p.found) != 1 || p.found[0].named == nil {
		t.Fatalf("the expected difference is reported: %+v", p.found)
	}
	ask("/b", "<p>old</p>", "<p>new</p>")                 // another page
	ask("/a", "<p>old</p>", "<p>newer</p>")               // another word
	ask("/a", "<p>old<b>1</b></p>", "<p>new<b>2</b></p>") // a second line
	if len(p.found) != 4 || p.found[1].named != nil || p.found[2].named != nil || p.found[3].named != nil {
		t.Fatalf("the entry covers other differences: %+v", p.found)
	}
}
