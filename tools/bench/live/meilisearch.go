package live

import (
	"net/http"
	"os"
	"strings"
	"time"

	"wattle/tools/bench/lab"
	"wattle/tools/rig"
)

// meiliSearches are searches, and bare queries with the same words and filters.
var meiliSearches = []struct{ query, words, filter string }{
	{"state=nsw&type=psychologist", "", `state IN ["nsw"] AND type IN ["psychologist"]`},
	{"issue=anxiety&language=mandarin", "", `issue IN ["anxiety"] AND language IN ["mandarin"]`},
	{"q=nguyen", "nguyen", ""},
	{"q=kowalsky&state=vic", "kowalsky", `state IN ["vic"]`},
	{"", "", ""},
}

const (
	meiliRounds = 100
	filledIn    = 2 * time.Minute
)

// Meilisearch is F17: searches that a real instance sends to the Meilisearch at MEILI_URL against bare
// queries to it.
func Meilisearch(l *lab.Lab) {
	r := lab.Result{Name: "search-through-meilisearch"}.AtMost(2)
	url, key := os.Getenv("MEILI_URL"), os.Getenv("MEILI_API_KEY")
	if url == "" {
		r.Unmeasured = "needs MEILI_URL"
		l.Report(r)
		return
	}
	s, c := l.Serve(fewPeople, "MEILI_URL="+url, "MEILI_API_KEY="+key), rig.NewCaller(l.Trial, 1)
	filled := l.Wait(filledIn, func() bool {
		var state struct{ Search string }
		return c.Get(s.Instance, "/readyz").Read(&state) == nil && strings.HasPrefix(state.Search, "meilisearch")
	})
	if filled > filledIn {
		l.Fail("Meilisearch was not filled in %s", filledIn)
	}
	index := rig.Ask[string](s.Deployment, `SELECT name FROM search_indexes ORDER BY beat DESC LIMIT 1`)
	ours, bare := sideBySide(l, s, c, url+"/indexes/"+index+"/search", key)
	r.Ratio, r.Ours, r.Limit = lab.Ratio(ours, bare), lab.Short(ours)+" a search", "its bare query in "+lab.Short(bare)
	l.Report(r.AtMost(2))
}

// sideBySide is the mean of a search by the server's own measurement, and that of the bare query.
func sideBySide(l *lab.Lab, s *lab.Server, c *rig.Caller, address, key string) (ours, bare time.Duration) {
	const seconds, searches = `wattle_search_seconds_sum{engine="meilisearch"}`,
		`wattle_search_seconds_count{engine="meilisearch"}`
	sum, n := s.Figure(seconds), s.Figure(searches)
	for range meiliRounds {
		for _, q := range meiliSearches {
			a := c.Page(s.Instance, "/api/v1/therapists?per_page=10&"+q.query)
			if a.Err != nil || a.Status != http.StatusOK {
				l.Fail("%q answers %s", q.query, a)
			}
			body := map[string]any{"q": q.words, "hitsPerPage": 10, "page": 1, "attributesToRetrieve": []string{"id"}}
			if q.filter != "" {
				body["filter"] = q.filter
			}
			a = c.Do(http.MethodPost, address, body, "Authorization", "Bearer "+key)
			if a.Err != nil || a.Status != http.StatusOK {
				l.Fail("Meilisearch answers %s", a)
			}
			bare += a.Took
		}
	}
	n = s.Figure(searches) - n
	if n == 0 {
		l.Fail("no search reached Meilisearch")
	}
	ours = time.Duration((s.Figure(seconds) - sum) / n * float64(time.Second))
	return ours, bare / time.Duration(meiliRounds*len(meiliSearches))
}
