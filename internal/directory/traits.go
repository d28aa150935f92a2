package directory

import (
	"slices"
	"time"
)

// AllIssues is what somebody helps with: their focus first, then what they also work with.
func (t *Profile) AllIssues() []string {
	out := slices.Clone(t.Issues)
	for _, i := range t.AlsoIssues {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// At drops the instants that have passed.
func (n Next) At(now time.Time) Next {
	for _, t := range []*time.Time{&n.Any, &n.Evening, &n.Weekend} {
		if !t.After(now) {
			*t = time.Time{}
		}
	}
	return n
}
