package directory

import (
	"net/url"
	"strconv"
)

// Encode is Values as a query string; "" for everybody. Lists repeat their name. A page of results
// holds some ten of them, so it is written without making Values.
func (f Filter) Encode() string {
	var room [256]byte
	q := queryString{b: room[:0]}
	q.flag("accepting", f.Accepting)
	q.list("access", f.Access)
	q.list("affirming", f.Affirming)
	q.list("approach", f.Approaches)
	q.list("available", f.Available)
	q.list("faith", f.Faiths)
	q.list("format", f.Formats)
	q.flag("free_consultation", f.FreeConsultation)
	q.list("funding", f.Funding)
	q.list("gender", f.Genders)
	q.list("group", f.Groups)
	q.list("issue", f.Issues)
	q.add("issue_match", "all", f.AllIssues)
	q.list("language", f.Languages)
	q.limit("max_fee", f.MaxFee)
	q.limit("max_gap", f.MaxGap)
	q.list("mode", f.Modes)
	q.add("near", f.Near.Text, !f.Near.IsZero())
	q.number("page", f.Page, f.Page > 1)
	q.number("per_page", f.PerPage, f.PerPage > 0 && f.PerPage != DefaultPerPage)
	q.add("postcode", f.Postcode, f.Postcode != "")
	q.add("q", f.Q, f.Q != "")
	q.flag("reduced", f.Reduced)
	q.add("sort", f.Sort, f.Sort != "")
	q.list("state", f.States)
	q.list("type", f.Types)
	q.add("understand", "false", f.AsTyped)
	q.number("within_km", f.WithinKm, f.WithinKm > 0)
	return string(q.b)
}

// queryString is url.Values.Encode for names that are added in order.
type queryString struct{ b []byte }

func (q *queryString) name(name string) {
	if len(q.b) > 0 {
		q.b = append(q.b, '&')
	}
	q.b = append(append(q.b, name...), '=')
}

func (q *queryString) add(name, value string, when bool) {
	if !when {
		return
	}
	q.name(name)
	if !standsAsIs(value) {
		value = url.QueryEscape(value)
	}
	q.b = append(q.b, value...)
}

func (q *queryString) list(name string, values []string) {
	for _, v := range values {
		q.add(name, v, true)
	}
}

func (q *queryString) flag(name string, on bool) { q.add(name, "true", on) }

func (q *queryString) limit(name string, l Limit) {
	if l.Set {
		q.add(name, l.Cents.Dollars(), true)
	}
}

func (q *queryString) number(name string, n int, when bool) {
	if when {
		q.name(name)
		q.b = strconv.AppendInt(q.b, int64(n), 10)
	}
}

// standsAsIs says that nothing of a value has to be escaped in a query.
func standsAsIs(value string) bool {
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == '~':
		default:
			return false
		}
	}
	return true
}
