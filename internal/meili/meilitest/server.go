// Package meilitest is a stand-in for a Meilisearch server that does what Wattle asks of one: indexes,
// settings, documents, tasks, swaps, multi-searches with filters, sorts, counts, words and typos. It is
// slow and small. Its answers are held against answers recorded from a real server.
package meilitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Version is the server whose answers were recorded.
const Version = "1.50.0"

// Server is the stand-in; it is an http.Handler.
type Server struct {
	Key string // what Authorization must hold; "" lets everybody in

	mu      sync.Mutex
	indexes map[string]*index
	tasks   []map[string]any
	failing map[string]int // by type of task, how many more are to fail
	mux     *http.ServeMux
	made    time.Time
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
	byID     []*doc // by id; nil when it must be made anew
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

// problem is an answer that is none.
type problem struct {
	status  int
	code    string
	message string
}

// New makes an empty server.
func New() *Server {
	s := &Server{indexes: map[string]*index{}, failing: map[string]int{}, mux: http.NewServeMux(), made: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for pattern, h := range map[string]func(*http.Request) (int, any, *problem){
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
			status, body, p := h(r)
			if p != nil {
				status, body = p.status, map[string]string{"message": p.message, "code": p.code, "type": "invalid_request", "link": ""}
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			json.NewEncoder(w).Encode(body) //nolint:errcheck // nobody is there to be told
		})
	}
	return s
}

// ServeHTTP answers as the real server does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Key != "" && r.Header.Get("Authorization") != "Bearer "+s.Key && r.URL.Path != "/health" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"message":"The provided API key is invalid.","code":"invalid_api_key","type":"auth","link":""}`) //nolint:errcheck // as above
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Fail lets the next n tasks of a type be taken and then fail, as the real server does it.
func (s *Server) Fail(kind string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing[kind] = n
}

func (s *Server) health(*http.Request) (int, any, *problem) {
	return http.StatusOK, map[string]string{"status": "available"}, nil
}

func (s *Server) version(*http.Request) (int, any, *problem) {
	return http.StatusOK, map[string]string{"commitSha": "", "commitDate": "", "pkgVersion": Version}, nil
}

func (s *Server) createKey(r *http.Request) (int, any, *problem) {
	var k struct {
		Name    string   `json:"name"`
		Actions []string `json:"actions"`
		Indexes []string `json:"indexes"`
	}
	if p := read(r, &k); p != nil {
		return 0, nil, p
	}
	if slices.Contains(k.Actions, "version") && !slices.Contains(k.Indexes, "*") {
		return 0, nil, &problem{http.StatusBadRequest, "index_scoped_api_key_with_global_action", "version is global"}
	}
	return http.StatusCreated, map[string]any{"name": k.Name, "key": "made-by-the-double", "uid": "1", "actions": k.Actions, "indexes": k.Indexes}, nil
}

func read(r *http.Request, into any) *problem {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return &problem{http.StatusBadRequest, "malformed_payload", err.Error()}
	}
	return nil
}

// enqueue does a task at once and answers as if it were still to be done.
func (s *Server) enqueue(kind, uid string, do func() *problem) (int, any, *problem) {
	n := len(s.tasks)
	t := map[string]any{"uid": n, "indexUid": uid, "type": kind, "status": "succeeded"}
	var p *problem
	if s.failing[kind] > 0 {
		s.failing[kind]--
		p = &problem{code: "internal", message: "it was told to fail"}
	} else {
		p = do()
	}
	if p != nil {
		t["status"], t["error"] = "failed", map[string]string{"message": p.message, "code": p.code, "type": "invalid_request", "link": ""}
	}
	s.tasks = append(s.tasks, t)
	return http.StatusAccepted, map[string]any{"taskUid": n, "indexUid": uid, "status": "enqueued", "type": kind, "enqueuedAt": s.made}, nil
}

func (s *Server) task(r *http.Request) (int, any, *problem) {
	n, err := strconv.Atoi(r.PathValue("uid"))
	if err != nil || n >= len(s.tasks) || s.tasks[n]["type"] == "indexSwap" { // which a limited key cannot look at
		return 0, nil, &problem{http.StatusNotFound, "task_not_found", "there is no such task"}
	}
	return http.StatusOK, s.tasks[n], nil
}

func missingIndex(uid string) *problem {
	return &problem{http.StatusNotFound, "index_not_found", fmt.Sprintf("Index `%s` not found.", uid)}
}

func (s *Server) describe(uid string) map[string]any {
	x := s.indexes[uid]
	return map[string]any{"uid": uid, "createdAt": x.made, "updatedAt": x.made, "primaryKey": x.key}
}

func (s *Server) show(r *http.Request) (int, any, *problem) {
	uid := r.PathValue("uid")
	if s.indexes[uid] == nil {
		return 0, nil, missingIndex(uid)
	}
	return http.StatusOK, s.describe(uid), nil
}

func (s *Server) list(*http.Request) (int, any, *problem) {
	all := []map[string]any{}
	for uid := range s.indexes {
		all = append(all, s.describe(uid))
	}
	return http.StatusOK, map[string]any{"results": all, "offset": 0, "limit": 1000, "total": len(all)}, nil
}

func (s *Server) create(r *http.Request) (int, any, *problem) {
	var c struct {
		UID        string `json:"uid"`
		PrimaryKey string `json:"primaryKey"`
	}
	if p := read(r, &c); p != nil {
		return 0, nil, p
	}
	return s.enqueue("indexCreation", c.UID, func() *problem {
		if s.indexes[c.UID] != nil {
			return &problem{code: "index_already_exists", message: c.UID + " exists"}
		}
		s.indexes[c.UID] = s.empty(c.PrimaryKey)
		return nil
	})
}

func (s *Server) empty(key string) *index {
	s.made = s.made.Add(time.Millisecond)
	x := &index{key: key, made: s.made, docs: map[string]*doc{}}
	x.settings.Pagination.MaxTotalHits = 1000
	return x
}

func (s *Server) remove(r *http.Request) (int, any, *problem) {
	uid := r.PathValue("uid")
	return s.enqueue("indexDeletion", uid, func() *problem {
		if s.indexes[uid] == nil {
			return missingIndex(uid)
		}
		delete(s.indexes, uid)
		return nil
	})
}

func (s *Server) configure(r *http.Request) (int, any, *problem) {
	uid := r.PathValue("uid")
	var change settings
	if p := read(r, &change); p != nil {
		return 0, nil, p
	}
	return s.enqueue("settingsUpdate", uid, func() *problem {
		if s.indexes[uid] == nil {
			s.indexes[uid] = s.empty("")
		}
		s.indexes[uid].settings = change
		return nil
	})
}

func (s *Server) put(r *http.Request) (int, any, *problem) {
	uid, key := r.PathValue("uid"), r.URL.Query().Get("primaryKey")
	var list []map[string]json.RawMessage
	if p := read(r, &list); p != nil {
		return 0, nil, p
	}
	return s.enqueue("documentAdditionOrUpdate", uid, func() *problem {
		if s.indexes[uid] == nil {
			s.indexes[uid] = s.empty(key)
		}
		x := s.indexes[uid]
		for _, raw := range list {
			id := strings.Trim(string(raw[x.key]), `"`)
			d, err := newDoc(raw, x.settings.SearchableAttributes)
			if err != nil || id == "" {
				return &problem{code: "missing_document_id", message: "a document without an id"}
			}
			x.docs[id] = d
		}
		x.byID = nil
		return nil
	})
}

func (s *Server) drop(r *http.Request) (int, any, *problem) {
	uid := r.PathValue("uid")
	var ids []string
	if p := read(r, &ids); p != nil {
		return 0, nil, p
	}
	return s.enqueue("documentDeletion", uid, func() *problem {
		x := s.indexes[uid]
		if x == nil {
			return missingIndex(uid)
		}
		for _, id := range ids {
			delete(x.docs, id)
		}
		x.byID = nil
		return nil
	})
}

func (s *Server) swap(r *http.Request) (int, any, *problem) {
	var pairs []struct {
		Indexes []string `json:"indexes"`
	}
	if p := read(r, &pairs); p != nil {
		return 0, nil, p
	}
	return s.enqueue("indexSwap", "", func() *problem {
		for _, p := range pairs {
			a, b := p.Indexes[0], p.Indexes[1]
			if s.indexes[a] == nil || s.indexes[b] == nil {
				return missingIndex(a)
			}
			s.indexes[a], s.indexes[b] = s.indexes[b], s.indexes[a]
		}
		return nil
	})
}

func (s *Server) multi(r *http.Request) (int, any, *problem) {
	var m struct {
		Queries []query `json:"queries"`
	}
	if p := read(r, &m); p != nil {
		return 0, nil, p
	}
	results := []map[string]any{}
	for _, q := range m.Queries {
		x := s.indexes[q.IndexUID]
		if x == nil {
			return 0, nil, missingIndex(q.IndexUID)
		}
		answer, p := x.search(q)
		if p != nil {
			return 0, nil, p
		}
		results = append(results, answer)
	}
	return http.StatusOK, map[string]any{"results": results}, nil
}
