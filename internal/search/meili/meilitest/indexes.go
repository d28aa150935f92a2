package meilitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

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
