// Package viewtest checks every page against the Go type it is bound to. Only tests import it.
package viewtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jba/templatecheck"

	"wattle/internal/view"
)

// Check fails the test for every page of the set that could not be parsed or that names a field or
// a function its type does not have. It must run before the first page is rendered: html/template
// rewrites a template when it executes it.
func Check(t *testing.T, set *view.Set) {
	t.Helper()
	if err := set.Err(); err != nil {
		t.Error(err)
	}
	for _, problem := range Problems(set) {
		t.Error(problem)
	}
}

// Problems lists what Check complains of besides parsing.
func Problems(set *view.Set) []error {
	var found []error
	for _, b := range set.Bound() {
		if err := templatecheck.CheckHTML(b.Template, b.Zero); err != nil {
			found = append(found, fmt.Errorf("%s: %w", b.Name, err))
		}
	}
	return found
}

// CheckAllBound fails the test for every file under pages/ that is bound to no type.
func CheckAllBound(t *testing.T, set *view.Set) {
	t.Helper()
	var bound []string
	for _, b := range set.Bound() {
		bound = append(bound, b.Name)
	}
	files, err := set.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if !slices.Contains(bound, name) {
			t.Errorf("pages/%s.html is bound to no type", name)
		}
	}
}
