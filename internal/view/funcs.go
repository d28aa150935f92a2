package view

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wattle/internal/money"
)

// Funcs are what templates may call. All are pure; none knows the time of day.
func Funcs(assets *Assets) template.FuncMap {
	return template.FuncMap{
		"asset":    assets.Lookup,
		"sri":      assets.Integrity,
		"icon":     sprite(assets, "icon", "icons/icons.svg"),
		"art":      sprite(assets, "art", "img/art.svg"),
		"money":    money.Cents.String,
		"plural":   Plural,
		"count":    Count,
		"joinAnd":  JoinAnd,
		"join":     strings.Join,
		"day":      Day,
		"dayLong":  DayLong,
		"date":     Date,
		"clock":    Clock,
		"when":     When,
		"whenLong": WhenLong,
		"iso":      ISO,
		"isoDate":  ISODate,
		"id":       ID,
		"notice":   newNotice,
		"link":     func(u, text string) Link { return Link{URL: u, Text: text} },
		"query":    query,
		"options":  Options,
		"list":     func(s ...string) []string { return s },
		"number":   Number,
		"title":    capital,
		"facets":   facetList(assets),
	}
}

// sprite draws a symbol of a sprite file. It is decoration: the word beside it carries the
// meaning. A symbol that does not exist fails the page.
func sprite(assets *Assets, class, file string) func(string) (template.HTML, error) {
	drawn := map[string]template.HTML{}
	for name := range assets.symbols(file) {
		drawn[name] = template.HTML(fmt.Sprintf(`<svg class="%[1]s %[1]s-%[2]s" aria-hidden="true" focusable="false">`+
			`<use href="%[3]s#%[2]s"/></svg>`, class, name, assets.URL(file)))
	}
	return func(name string) (template.HTML, error) {
		if html, ok := drawn[name]; ok {
			return html, nil
		}
		return "", fmt.Errorf("view: %s has no symbol %q", file, name)
	}
}

// Plural is the word alone: Plural(1, "place", "places") is "place".
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Count is number and word: "1 therapist", "1,204 therapists".
func Count(n int, one, many string) string { return Number(n) + " " + Plural(n, one, many) }

// Number is n with its thousands separated.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// JoinAnd is "a", "a and b", "a, b and c".
func JoinAnd(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// Day is "Tue 1 Dec".
func Day(t time.Time) string { return t.Format("Mon 2 Jan") }

// DayLong is "Tuesday 1 December".
func DayLong(t time.Time) string { return t.Format("Monday 2 January") }

// Date is "1 December 2026"; nothing for the zero time.
func Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 January 2006")
}

// Clock is "5:00 pm".
func Clock(t time.Time) string { return t.Format("3:04 pm") }

// When is "Tue 1 Dec, 5:00 pm". The time must already be in the zone it is to be read in.
func When(t time.Time) string { return t.Format("Mon 2 Jan, 3:04 pm") }

// WhenLong is "Tuesday 1 December 2026, 5:00 pm".
func WhenLong(t time.Time) string { return t.Format("Monday 2 January 2006, 3:04 pm") }

// ISO is the instant for a datetime attribute.
func ISO(t time.Time) string { return t.Format(time.RFC3339) }

// ISODate is the date for a datetime attribute or a date field; nothing for the zero time.
func ISODate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// ID makes a safe HTML id (or class) of any text: lower-case letters, digits and hyphens.
func ID(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimRight(b.String(), "-")
}

// query builds "?a=1&b=2" of pairs, leaving out empty values.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
