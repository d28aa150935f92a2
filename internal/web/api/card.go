package api

import (
	"math"
	"time"
	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
)

// card is the profile in API responses. Amounts are in cents.
type card struct {
	Slug          string        `json:"slug"`
	Name          string        `json:"name"`
	Title         string        `json:"title"`
	Type          string        `json:"type"`
	State         string        `json:"state"`
	Suburb        string        `json:"suburb"`
	Postcode      string        `json:"postcode"`
	Modes         []string      `json:"modes"`
	Formats       []string      `json:"formats"`
	Issues        []string      `json:"issues"`
	Approaches    []string      `json:"approaches"`
	Languages     []string      `json:"languages"`
	Gender        string        `json:"gender"`
	Fee           *money.Cents  `json:"fee_cents"`
	LowestFee     *money.Cents  `json:"lowest_fee_cents"`
	Reduced       *cardReduced  `json:"reduced"`
	Gap           *money.Cents  `json:"gap_cents"`
	FreeConsult   *cardFreeCall `json:"free_consultation"`
	Accepting     bool          `json:"accepting"`
	NextAvailable *time.Time    `json:"next_available_at"`
	NextService   *string       `json:"next_service"`
	DistanceKm    *float64      `json:"distance_km,omitempty"`
	Matched       []string      `json:"matched,omitempty"`
	URL           string        `json:"url"`
}

// cardReduced is the reduced fee while places are left.
type cardReduced struct {
	Fee  money.Cents `json:"fee_cents"`
	Left int         `json:"places_left"`
}

// cardFreeCall is the free consultation.
type cardFreeCall struct {
	Minutes int `json:"minutes"`
}

// card renders the view for the API. Fees are for the filter's format, times carry the practice's UTC
// offset, and base is the public address without a trailing slash.
func newCard(v search.View, f search.Filter, now time.Time, base string) card {
	t := v.Profile
	c := card{
		Slug: t.Slug, Name: t.Name(), Title: t.Title(), Type: t.Type,
		State: t.State, Suburb: t.Suburb, Postcode: t.Postcode,
		Modes: list(t.Modes()), Formats: list(t.Formats()), Issues: list(t.AllIssues()),
		Approaches: list(t.Approaches), Languages: list(t.Languages), Gender: t.Gender,
		Accepting: t.Accepting, Matched: v.Matched, URL: base + "/therapist/" + t.Slug,
	}
	c.Fee = cents(directory.FeeOf(t, f.Format()))
	c.LowestFee = cents(directory.LowestFee(t, f.Format()))
	c.Gap = cents(search.GapFor(t, f.Format(), now))
	if t.Reduced != nil && t.Reduced.Left > 0 {
		c.Reduced = &cardReduced{Fee: t.Reduced.Fee, Left: t.Reduced.Left}
	}
	if s, ok := t.FreeConsult(); ok {
		c.FreeConsult = &cardFreeCall{Minutes: s.Minutes}
	}
	if s, ok := directory.NextService(t); ok {
		c.NextService = &s.Slug
		c.NextAvailable = local(v.Next.Any, t.Zone)
	}
	if v.HasKm {
		km := math.Round(v.Km*10) / 10
		c.DistanceKm = &km
	}
	return c
}

func cents(c money.Cents, ok bool) *money.Cents {
	if !ok {
		return nil
	}
	return &c
}

// list makes a nil slice an empty one, so that JSON never holds null.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// local converts an instant to the practice's zone. A zero time becomes nil.
func local(t time.Time, zone string) *time.Time {
	if t.IsZero() {
		return nil
	}
	if loc, err := region.LoadZone(zone); err == nil {
		t = t.In(loc)
	}
	return &t
}
