package meilitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// existing is an index that has to exist.
func (s *Server) existing(uid string) *index {
	x := s.indexes[uid]
	if x == nil {
		panic(&problem{http.StatusNotFound, "index_not_found", fmt.Sprintf("Index `%s` not found.", uid)})
	}
	return x
}

// made is an index that is made where it does not exist.
func (s *Server) made(uid, key string) *index {
	if s.indexes[uid] == nil {
		s.now = s.now.Add(time.Millisecond)
		x := &index{key: key, made: s.now, docs: map[string]*doc{}}
		x.settings.Pagination.MaxTotalHits = 1000
		s.indexes[uid] = x
	}
	return s.indexes[uid]
}

func (s *Server) describe(uid string) map[string]any {
	x := s.existing(uid)
	return map[string]any{"uid": uid, "createdAt": x.made, "updatedAt": x.made, "primaryKey": x.key}
}

func (s *Server) show(r *http.Request) (int, any) {
	return http.StatusOK, s.describe(r.PathValue("uid"))
}

func (s *Server) list(*http.Request) (int, any) {
	all := []map[string]any{}
	for uid := range s.indexes {
		all = append(all, s.describe(uid))
	}
	return http.StatusOK, map[string]any{"results": all, "offset": 0, "limit": 1000, "total": len(all)}
}

func (s *Server) create(r *http.Request) (int, any) {
	var c struct {
		UID        string `json:"uid"`
		PrimaryKey string `json:"primaryKey"`
	}
	read(r, &c)
	return s.enqueue("indexCreation", c.UID, func() {
		if s.indexes[c.UID] != nil {
			panic(&problem{code: "index_already_exists", message: c.UID + " exists"})
		}
		s.made(c.UID, c.PrimaryKey)
	})
}

func (s *Server) remove(r *http.Request) (int, any) {
	uid := r.PathValue("uid")
	return s.enqueue("indexDeletion", uid, func() {
		s.existing(uid)
		delete(s.indexes, uid)
	})
}

func (s *Server) configure(r *http.Request) (int, any) {
	uid := r.PathValue("uid")
	var change settings
	read(r, &change)
	return s.enqueue("settingsUpdate", uid, func() {
		s.made(uid, "").settings = change
	})
}

func (s *Server) put(r *http.Request) (int, any) {
	uid, key := r.PathValue("uid"), r.URL.Query().Get("primaryKey")
	var list []map[string]json.RawMessage
	read(r, &list)
	return s.enqueue("documentAdditionOrUpdate", uid, func() {
		x := s.made(uid, key)
		for _, raw := range list {
			id := strings.Trim(string(raw[x.key]), `"`)
			d, err := newDoc(raw, x.settings.SearchableAttributes)
			if err != nil || id == "" {
				panic(&problem{code: "missing_document_id", message: "a document without an id"})
			}
			x.docs[id] = d
		}
		x.byID = nil
	})
}

func (s *Server) drop(r *http.Request) (int, any) {
	uid := r.PathValue("uid")
	var ids []string
	read(r, &ids)
	return s.enqueue("documentDeletion", uid, func() {
		x := s.existing(uid)
		for _, id := range ids {
			delete(x.docs, id)
		}
		x.byID = nil
	})
}

func (s *Server) swap(r *http.Request) (int, any) {
	var pairs []struct {
		Indexes []string `json:"indexes"`
	}
	read(r, &pairs)
	return s.enqueue("indexSwap", "", func() {
		for _, p := range pairs {
			a, b := p.Indexes[0], p.Indexes[1]
			s.indexes[a], s.indexes[b] = s.existing(b), s.existing(a)
		}
	})
}

func (s *Server) multi(r *http.Request) (int, any) {
	var m struct {
		Queries []query `json:"queries"`
	}
	read(r, &m)
	results := []map[string]any{}
	for _, q := range m.Queries {
		results = append(results, s.existing(q.IndexUID).search(q))
	}
	return http.StatusOK, map[string]any{"results": results}
}
