package meili

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"wattle/internal/search"
	"wattle/internal/search/indextest"
	"wattle/internal/search/meili/meilitest"
)

// record writes the fixtures again from the real server at MEILI_URL.
var record = flag.Bool("record", false, "record testdata/recorded.json from the server at MEILI_URL")

const recordedFile = "testdata/recorded.json"

// recording is the queries to a real server and its answers.
type recording struct {
	Version   string // of the server
	Exchanges []exchange
}

type exchange struct {
	Asked    string            // the filter, for the message of a failure
	Queries  []json.RawMessage // without the index's name
	Answered []json.RawMessage // as summarise makes them
}

// summarise keeps what Wattle reads of an answer: the ids in order, which of them tie with the one before, and
// the total.
func summarise(raw json.RawMessage) (json.RawMessage, error) {
	var r struct {
		Hits []struct {
			ID    int64    `json:"id"`
			Score *float64 `json:"_rankingScore"`
		} `json:"hits"`
		TotalHits *int `json:"totalHits,omitempty"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, err
	}
	out := map[string]any{}
	if len(r.Hits) > 0 {
		ids, level := []int64{}, []int{}
		for i, h := range r.Hits {
			ids = append(ids, h.ID)
			if h.Score != nil && i > 0 && r.Hits[i-1].Score != nil && *h.Score == *r.Hits[i-1].Score {
				level = append(level, i)
			}
		}
		out["ids"] = ids
		if len(level) > 0 {
			out["level"] = level
		}
	}
	if r.TotalHits != nil {
		out["total"] = *r.TotalHits
	}
	return json.Marshal(out)
}

// asks are the searches of the recording: filters of every kind, and what people type.
func asks() (out []search.Filter) {
	out = indextest.Filters(80, 21)
	for i, text := range indextest.Queries() {
		f := search.All()
		f.Q, f.PerPage = text, 10
		if i%5 == 0 {
			out = append(out, f)
		}
	}
	for _, text := range []string{"nguyen", "nguyn", "siobhan", "marten", "french", "kowalsky grief", "mei nguyen zzzzzzz", "hospitals", "psycholgist", "grief hamish"} {
		f := search.All()
		f.Q, f.PerPage = text, 10
		out = append(out, f)
	}
	return out
}

// listen is a proxy that hands every multi-search to heard.
func listen(t *testing.T, onwards http.Handler, heard func(queries, results []json.RawMessage)) string {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/multi-search" {
			onwards.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Set("Accept-Encoding", "identity") // it is to be read here
		answer := httptest.NewRecorder()
		onwards.ServeHTTP(answer, r)
		var q struct{ Queries []json.RawMessage }
		var a struct{ Results []json.RawMessage }
		if json.Unmarshal(body, &q) != nil || json.Unmarshal(answer.Body.Bytes(), &a) != nil || len(q.Queries) != len(a.Results) {
			t.Errorf("%d: %s", answer.Code, answer.Body)
			return
		}
		heard(q.Queries, a.Results)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes()) //nolint:errcheck // a test's answer
	}))
	t.Cleanup(web.Close)
	return web.URL
}

// nameless is a query without the name of the index and without the additions of the client library.
func nameless(raw json.RawMessage) json.RawMessage {
	var q map[string]any
	if json.Unmarshal(raw, &q) != nil {
		return raw
	}
	delete(q, "indexUid")
	delete(q, "hybrid")
	out, err := json.Marshal(q)
	if err != nil {
		return raw
	}
	return out
}

func recordReal(t *testing.T) {
	target, err := url.Parse(os.Getenv("MEILI_URL"))
	if err != nil || target.Host == "" {
		t.Fatal("-record needs MEILI_URL")
	}
	var rec recording
	var asked string
	seen := map[string]bool{}
	address := listen(t, httputil.NewSingleHostReverseProxy(target), func(queries, results []json.RawMessage) {
		e := exchange{Asked: asked}
		for i := range queries {
			q := nameless(queries[i])
			if a, err := summarise(results[i]); err == nil && !seen[string(q)] {
				seen[string(q)] = true
				e.Queries, e.Answered = append(e.Queries, q), append(e.Answered, a)
			}
		}
		if len(e.Queries) > 0 {
			rec.Exchanges = append(rec.Exchanges, e)
		}
	})
	e := connect(t, address, os.Getenv("MEILI_API_KEY"))
	if rec.Version, err = e.Version(context.Background()); err != nil {
		t.Fatal(err)
	}
	filled(t, e, indextest.People(60, 12))
	for _, f := range asks() {
		asked = f.Encode()
		if _, err := e.Search(context.Background(), f, indextest.Start); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "{\"Version\": %q, \"Exchanges\": [\n", rec.Version)
	for i, x := range rec.Exchanges {
		line, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s%s\n", line, map[bool]string{true: ",", false: ""}[i+1 < len(rec.Exchanges)])
	}
	b.WriteString("]}\n")
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recordedFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The stand-in answers as the real server did: the same people in the same order, the same totals.
func TestTheStandInAnswersAsTheRealServerDid(t *testing.T) {
	if *record {
		recordReal(t)
	}
	text, err := os.ReadFile(recordedFile)
	if err != nil {
		t.Fatal(err)
	}
	var rec recording
	if err := json.Unmarshal(text, &rec); err != nil {
		t.Fatal(err)
	}
	if rec.Version != meilitest.Version {
		t.Errorf("recorded from %s, the stand-in says it is %s", rec.Version, meilitest.Version)
	}
	standIn := meilitest.New()
	web := httptest.NewServer(standIn)
	t.Cleanup(web.Close)
	e := connect(t, web.URL, "")
	filled(t, e, indextest.People(60, 12))
	answers := 0
	for _, x := range rec.Exchanges {
		for i, q := range x.Queries {
			answers++
			if got, want := again(t, web.URL, e.engine.index, q), x.Answered[i]; !same(got, want) {
				t.Errorf("%s\n asked %s\n the real server said %s\n the stand-in says    %s", x.Asked, q, want, got)
			}
		}
	}
	if answers < 150 {
		t.Errorf("only %d answers were recorded", answers)
	}
}

func again(t *testing.T, address, index string, query json.RawMessage) json.RawMessage {
	t.Helper()
	var q map[string]any
	if err := json.Unmarshal(query, &q); err != nil {
		t.Fatal(err)
	}
	q["indexUid"] = index
	body, err := json.Marshal(map[string]any{"queries": []any{q}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(address+"/multi-search", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var a struct{ Results []json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil || len(a.Results) != 1 {
		t.Fatalf("%d answers, %v", len(a.Results), err)
	}
	out, err := summarise(a.Results[0])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(a, b json.RawMessage) bool {
	var x, y map[string]any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
