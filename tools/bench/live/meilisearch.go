package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/tools/bench/lab"
)

// meiliSearch is a search, and the bare query with the same words and filters.
type meiliSearch struct{ query, words, filter string }

var meiliSearches = []meiliSearch{
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

// throughMeilisearch is F17: searches that a real instance sends to the Meilisearch at MEILI_URL
// against bare queries to it.
func Meilisearch(ctx context.Context, l *lab.Lab) ([]lab.Result, error) {
	r := lab.Result{Name: "search-through-meilisearch", Goal: "≤ 2 ×"}
	url, key := os.Getenv("MEILI_URL"), os.Getenv("MEILI_API_KEY")
	if url == "" {
		r.Unmeasured = "needs MEILI_URL"
		return []lab.Result{r}, nil
	}
	database, err := l.People(ctx, fewPeople)
	if err != nil {
		return nil, err
	}
	s, err := l.Serve(ctx, database, "MEILI_URL="+url, "MEILI_API_KEY="+key)
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	if err := filled(ctx, s); err != nil {
		return nil, err
	}
	index, err := indexName(ctx, l, database)
	if err != nil {
		return nil, err
	}
	ours, bare, err := sideBySide(ctx, s, url+"/indexes/"+index+"/search", key)
	if err != nil {
		return nil, err
	}
	r.Ratio = float64(ours) / float64(bare)
	r.Ours, r.Limit, r.Met = lab.Short(ours)+" a search", "its bare query in "+lab.Short(bare), r.Ratio <= 2
	return []lab.Result{r}, nil
}

// filled waits until the server sends its searches to Meilisearch.
func filled(ctx context.Context, s *lab.Server) error {
	watch := clock.Stopwatch()
	for watch() < filledIn && ctx.Err() == nil {
		res, err := http.Get(s.Base + "/readyz")
		if err != nil {
			return err
		}
		var state struct{ Search string }
		err = json.NewDecoder(res.Body).Decode(&state)
		res.Body.Close()
		if err == nil && strings.HasPrefix(state.Search, "meilisearch") {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("Meilisearch was not filled in time")
}

// indexName is the index that the server filled.
func indexName(ctx context.Context, l *lab.Lab, database string) (name string, err error) {
	db, err := pg.Open(ctx, l.Cluster.URL("wattle_app", database))
	if err != nil {
		return "", err
	}
	defer db.Close()
	return name, db.Get(ctx, &name, `SELECT name FROM search_indexes ORDER BY beat DESC LIMIT 1`)
}

// sideBySide is the mean of a search by the server's own measurement, and that of the bare query.
func sideBySide(ctx context.Context, s *lab.Server, address, key string) (ours, bare time.Duration, err error) {
	sum, n, err := searches(s)
	if err != nil {
		return 0, 0, err
	}
	c := lab.Browser(1)
	for range meiliRounds {
		for _, q := range meiliSearches {
			status, err := lab.Page(ctx, c, s.Base+"/api/v1/therapists?per_page=10&"+q.query)
			if err != nil || status != http.StatusOK {
				return 0, 0, fmt.Errorf("%q answers %d: %w", q.query, status, err)
			}
			took, err := q.ask(ctx, c, address, key)
			if err != nil {
				return 0, 0, err
			}
			bare += took
		}
	}
	after, count, err := searches(s)
	if err == nil && count == n {
		err = errors.New("no search reached Meilisearch")
	}
	if err != nil {
		return 0, 0, err
	}
	return time.Duration((after - sum) / (count - n) * float64(time.Second)), bare / time.Duration(meiliRounds*len(meiliSearches)), nil
}

// ask sends the bare query.
func (q meiliSearch) ask(ctx context.Context, c *http.Client, address, key string) (time.Duration, error) {
	body := map[string]any{"q": q.words, "hitsPerPage": 10, "page": 1, "attributesToRetrieve": []string{"id"}}
	if q.filter != "" {
		body["filter"] = q.filter
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	watch := clock.Stopwatch()
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("Meilisearch answers %d: %.200s", res.StatusCode, text)
	}
	return watch(), err
}

// searches is the sum of seconds and the number of the searches that Meilisearch answered.
func searches(s *lab.Server) (sum, n float64, err error) {
	all, err := s.Figures()
	return all[`wattle_search_seconds_sum{engine="meilisearch"}`], all[`wattle_search_seconds_count{engine="meilisearch"}`], err
}
