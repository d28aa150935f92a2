// Package meilitest is a stand-in for a Meilisearch server with what Wattle uses of one: indexes, settings,
// documents, tasks, swaps, and multi-searches with filters, sorts, words and typos. It is slow and small. A test
// compares its answers with answers recorded from a real server.
package meilitest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Version is the version of the server whose answers were recorded.
const Version = "1.50.0"

// Server is the stand-in; it is an http.Handler.
type Server struct {
	mu      sync.Mutex
	indexes map[string]*index
	tasks   []map[string]any
	failing map[string]int // by type of task, how many more are to fail
	mux     *http.ServeMux
	now     time.Time
}

type settings struct {
	SearchableAttributes []string            `json:"searchableAttributes"`
	DisplayedAttributes  []string            `json:"displayedAttributes"`
	FilterableAttributes []string            `json:"filterableAttributes"`
	SortableAttributes   []string            `json:"sortableAttributes"`
	RankingRules         []string            `json:"rankingRules"`
	StopWords            []string            `json:"stopWords"`
	Synonyms             map[string][]string `json:"synonyms"`
	TypoTolerance        struct {
		MinWordSizeForTypos struct {
			OneTypo  int `json:"oneTypo"`
			TwoTypos int `json:"twoTypos"`
		} `json:"minWordSizeForTypos"`
	} `json:"typoTolerance"`
	Pagination struct {
		MaxTotalHits int `json:"maxTotalHits"`
	} `json:"pagination"`
}

type index struct {
	key      string
	made     time.Time
	settings settings
	docs     map[string]*doc
	byID     []*doc // by id; nil when it is out of date
}

func (x *index) sorted() []*doc {
	if x.byID == nil {
		for _, d := range x.docs {
			x.byID = append(x.byID, d)
		}
		slices.SortFunc(x.byID, func(a, b *doc) int { return int(a.numbers[x.key] - b.numbers[x.key]) })
	}
	return x.byID
}

// problem is an error answer. Handlers and tasks panic with one.
type problem struct {
	status  int
	code    string
	message string
}

func (p *problem) json() map[string]string {
	return map[string]string{"message": p.message, "code": p.code, "type": "invalid_request", "link": ""}
}

// try calls f and returns the problem that it panics with.
func try(f func()) (p *problem) {
	defer func() {
		if thrown := recover(); thrown != nil {
			p = thrown.(*problem)
		}
	}()
	f()
	return nil
}

// New makes an empty server.
func New() *Server {
	s := &Server{indexes: map[string]*index{}, failing: map[string]int{}, mux: http.NewServeMux(),
		now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for pattern, h := range map[string]func(*http.Request) (int, any){
		"GET /health":                                s.health,
		"GET /version":                               s.version,
		"POST /keys":                                 s.createKey,
		"GET /indexes":                               s.list,
		"POST /indexes":                              s.create,
		"GET /indexes/{uid}":                         s.show,
		"DELETE /indexes/{uid}":                      s.remove,
		"PATCH /indexes/{uid}/settings":              s.configure,
		"POST /indexes/{uid}/documents":              s.put,
		"POST /indexes/{uid}/documents/delete-batch": s.drop,
		"POST /swap-indexes":                         s.swap,
		"GET /tasks/{uid}":                           s.task,
		"POST /multi-search":                         s.multi,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			var status int
			var body any
			if p := try(func() { status, body = h(r) }); p != nil {
				status, body = p.status, p.json()
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			json.NewEncoder(w).Encode(body) //nolint:errcheck // the client has gone
		})
	}
	return s
}

// ServeHTTP answers as the real server does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Fail makes the next n tasks of a type fail after they were accepted, as on the real server.
func (s *Server) Fail(kind string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing[kind] = n
}

func (s *Server) health(*http.Request) (int, any) {
	return http.StatusOK, map[string]string{"status": "available"}
}

func (s *Server) version(*http.Request) (int, any) {
	return http.StatusOK, map[string]string{"commitSha": "", "commitDate": "", "pkgVersion": Version}
}

func (s *Server) createKey(r *http.Request) (int, any) {
	var k struct {
		Name    string   `json:"name"`
		Actions []string `json:"actions"`
		Indexes []string `json:"indexes"`
	}
	read(r, &k)
	if slices.Contains(k.Actions, "version") && !slices.Contains(k.Indexes, "*") {
		panic(&problem{http.StatusBadRequest, "index_scoped_api_key_with_global_action", "version is global"})
	}
	return http.StatusCreated, map[string]any{"name": k.Name, "key": "made-by-the-stand-in", "uid": "1",
		"actions": k.Actions, "indexes": k.Indexes}
}

func read(r *http.Request, into any) {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		panic(&problem{http.StatusBadRequest, "malformed_payload", err.Error()})
	}
}

// enqueue runs a task at once and answers that it is enqueued.
func (s *Server) enqueue(kind, uid string, do func()) (int, any) {
	n := len(s.tasks)
	t := map[string]any{"uid": n, "indexUid": uid, "type": kind, "status": "succeeded"}
	var p *problem
	if s.failing[kind] > 0 {
		s.failing[kind]--
		p = &problem{code: "internal", message: "failed on request"}
	} else {
		p = try(do)
	}
	if p != nil {
		t["status"], t["error"] = "failed", p.json()
	}
	s.tasks = append(s.tasks, t)
	return http.StatusAccepted, map[string]any{"taskUid": n, "indexUid": uid, "status": "enqueued",
		"type": kind, "enqueuedAt": s.now}
}

func (s *Server) task(r *http.Request) (int, any) {
	n, err := strconv.Atoi(r.PathValue("uid"))
	if err != nil || n >= len(s.tasks) || s.tasks[n]["type"] == "indexSwap" { // which a limited key cannot look at
		panic(&problem{http.StatusNotFound, "task_not_found", "there is no such task"})
	}
	return http.StatusOK, s.tasks[n]
}
