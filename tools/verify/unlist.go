package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"wattle/internal/clock"
)

const (
	unlistings   = 50
	unlistWithin = time.Second
)

// unlist takes people off the list and asks both instances for them everywhere until they are gone,
// then puts them back. A hold on them must be refused from the first moment: there Postgres decides.
func unlist(ctx context.Context, t *trial) error {
	h, a, b, err := twoInstances(ctx, t)
	if err != nil {
		return err
	}
	c := newCaller(8)
	list, err := c.bookable(ctx, a.base)
	if err != nil {
		return err
	}
	if len(list) < t.times(unlistings) {
		return errEmpty
	}
	var gone, back spans
	for n, p := range list[:t.times(unlistings)] {
		s, err := nextSlot(ctx, c, a, p)
		if err != nil {
			return err
		}
		t.want(shown(ctx, c, a, p) == "" && shown(ctx, c, b, p) == "", "%s is listed and not shown in %s%s", p.Slug, shown(ctx, c, a, p), shown(ctx, c, b, p))
		// As the application's own role does it, by one statement.
		if err := h.exec(ctx, `UPDATE therapists SET listing = 'unlisted' WHERE slug = $1`, p.Slug); err != nil {
			return err
		}
		took := clock.Stopwatch()
		got, _ := c.book(ctx, []string{a.base, b.base}[n%2], want(p.Slug, s, fmt.Sprintf("unlist%02d@example.org", n)))
		t.want(got.status == http.StatusNotFound || got.status == http.StatusConflict, "a hold on somebody unlisted answered %s", got)
		gone.add(until(ctx, took, func() bool { return hidden(ctx, c, a, p) && hidden(ctx, c, b, p) }))
		if err := h.exec(ctx, `UPDATE therapists SET listing = 'listed' WHERE slug = $1`, p.Slug); err != nil {
			return err
		}
		took = clock.Stopwatch()
		back.add(until(ctx, took, func() bool { return shown(ctx, c, a, p) == "" && shown(ctx, c, b, p) == "" }))
	}
	t.say("unlisted: gone from results, profile and API of both instances after: %s", &gone)
	t.say("listed again: back everywhere after: %s", &back)
	t.want(gone.at(1) <= unlistWithin, "it took %s, the limit is %s", gone.at(1), unlistWithin)
	t.want(back.at(1) <= 5*time.Second, "coming back took %s", back.at(1))
	return nil
}

// places are where somebody listed is found.
func places(p person) (pages []string, lists []string) {
	query := "?state=" + p.State + "&postcode=" + p.Postcode
	return []string{"/therapist/" + p.Slug, "/api/v1/therapists/" + p.Slug, "/api/v1/therapists/" + p.Slug + "/slots?days=1", "/therapist/" + p.Slug + "/book"},
		[]string{"/therapists" + query, "/api/v1/therapists" + query}
}

// shown names the first place that does not show p, "" when all do.
func shown(ctx context.Context, c *caller, at *instance, p person) string {
	pages, lists := places(p)
	for _, path := range pages {
		if c.get(ctx, at.base+path).status != http.StatusOK {
			return path
		}
	}
	for _, path := range lists {
		if a := c.get(ctx, at.base+path); a.status != http.StatusOK || !bytes.Contains(a.body, []byte("/therapist/"+p.Slug)) {
			return path
		}
	}
	return ""
}

// hidden says whether no place shows p.
func hidden(ctx context.Context, c *caller, at *instance, p person) bool {
	pages, lists := places(p)
	for _, path := range pages {
		if c.get(ctx, at.base+path).status != http.StatusNotFound {
			return false
		}
	}
	for _, path := range lists {
		if a := c.get(ctx, at.base+path); a.status != http.StatusOK || bytes.Contains(a.body, []byte("/therapist/"+p.Slug)) {
			return false
		}
	}
	return true
}
