package profile

import (
	"context"
	"net/url"
	"strings"

	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// IsSlug reports whether s can be a slug. Only slugs are looked up.
func IsSlug(s string) bool {
	return s != "" && len(s) <= 120 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// CardsOf returns the kind of session whose fee the cards of a search show, and the end of their links.
func CardsOf(f search.Filter) (format, from string) {
	if len(f.Formats) == 1 {
		format = f.Formats[0]
	}
	return format, From(f)
}

// Paragraphs splits a text at its line breaks; empty lines are left out.
func Paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(s, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// Labels are the words of a group's values.
func Labels(group string, slugs []string) []string {
	out := make([]string, 0, len(slugs))
	for _, s := range slugs {
		if group == "identity" { // said of oneself, never searched: no filter has these words
			out = append(out, taxonomy.Identities.Label(s))
			continue
		}
		out = append(out, search.Label(group, s))
	}
	return out
}

// ListURL is the address of a search; without filters it is the directory's own.
func ListURL(f search.Filter) string {
	if q := f.Encode(); q != "" {
		return "/therapists?" + q
	}
	return "/therapists"
}

// From is what a profile's address says of the search that leads to it.
func From(f search.Filter) string {
	if q := f.Encode(); q != "" {
		return "?from=" + url.QueryEscape("?"+q)
	}
	return ""
}

// Show finds a listed therapist by the slug of an address.
func Show(ctx context.Context, in *search.Service, slug string) (search.View, error) {
	if !IsSlug(slug) {
		return search.View{}, fault.NotFound
	}
	return in.Show(ctx, slug)
}
