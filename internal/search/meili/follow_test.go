package meili

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/search"
	"wattle/internal/search/indextest"
	"wattle/internal/search/meili/meilitest"
	"wattle/internal/search/memindex"
)

// house is a directory in Postgres with the stand-in for Meilisearch beside it.
type house struct {
	db       *pg.DB
	model    *directory.Model
	profiles *directory.Profiles
	service  *search.Service
	index    *Index
	keeper   *Keeper
	server   *meilitest.Server
	fault    atomic.Pointer[http.HandlerFunc] // answers instead of the server
}

func newHouse(t *testing.T, n int) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{db: pgtest.New(t), server: meilitest.New()}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := h.fault.Load(); f != nil {
			(*f)(w, r)
			return
		}
		h.server.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	if err := pg.InTx(ctx, h.db, func(tx *pg.Tx) error {
		return directory.InsertTx(ctx, tx, indextest.Start, indextest.Entries(indextest.People(n, 4))...)
	}); err != nil {
		t.Fatal(err)
	}
	fixed, log := clock.At(indextest.Start), slog.New(slog.DiscardHandler)
	engine := Dial(web.URL, "")
	h.keeper = &Keeper{DB: h.db, Engine: engine, Log: log}
	h.index = &Index{Engine: engine, Embedded: memindex.New(), DB: h.db, Clock: fixed, Log: log}
	h.model = &directory.Model{DB: h.db, Log: log, Index: h.index}
	h.index.Who = h.model.ByID
	h.profiles = &directory.Profiles{DB: h.db, Clock: fixed, Changed: h.model.Wake}
	h.service = &search.Service{Model: h.model, Index: h.index, Clock: fixed}
	if err := h.model.Load(ctx); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) follow(t *testing.T) {
	t.Helper()
	if err := h.keeper.Follow(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// total asks the engine itself.
func (h *house) total(t *testing.T) int {
	t.Helper()
	r, err := h.keeper.Engine.Search(context.Background(), search.All(), indextest.Start, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.Total
}

func (h *house) suspend(t *testing.T, id int64) {
	t.Helper()
	if err := h.profiles.Suspend(context.Background(), accounts.System, id); err != nil {
		t.Fatal(err)
	}
}

func TestTheEngineFollowsPostgres(t *testing.T) {
	h := newHouse(t, 40)
	h.follow(t)
	if n := h.total(t); n != 40 {
		t.Fatalf("%d of 40 are there", n)
	}
	h.suspend(t, 7)
	h.follow(t)
	h.follow(t) // twice does no harm
	if n := h.total(t); n != 39 {
		t.Errorf("%d are there after one was suspended", n)
	}
}

// The real server takes a change, answers 202 and may fail it afterwards.
func TestAFailedTaskIsNoticedAndSentAgain(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, 10)
	h.follow(t)
	h.suspend(t, 3)
	h.server.Fail("documentDeletion", 2)
	for range 2 {
		if err := h.keeper.Run(ctx, Follow{}); err != nil {
			t.Fatal("the queue would wait longer and longer:", err)
		}
	}
	if h.keeper.Failed() != 2 || h.total(t) != 10 {
		t.Fatalf("%d failures were seen, %d documents are there", h.keeper.Failed(), h.total(t))
	}
	h.follow(t)
	if n := h.total(t); n != 9 {
		t.Errorf("the change was lost: %d", n)
	}
}

func TestAMissingIndexIsFilledAgain(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, 10)
	h.follow(t)
	if err := h.keeper.Engine.remove(ctx, h.keeper.Engine.index); err != nil {
		t.Fatal(err)
	}
	h.follow(t)
	if n := h.total(t); n != 10 {
		t.Errorf("%d of 10 are there", n)
	}
}

// A run that another has overtaken may have sent what was old by then: its profiles are read again.
func TestALateRunIsMended(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, 10)
	h.follow(t)
	old, _, err := readCursor(ctx, h.db, h.keeper.Engine.index)
	if err != nil {
		t.Fatal(err)
	}
	late := directory.Changes{Snapshot: old.Snapshot, IDs: []int64{5}}
	stale, err := directory.Get(ctx, h.db, 5)
	if err != nil {
		t.Fatal(err)
	}
	h.suspend(t, 5)
	h.follow(t)
	if err := h.keeper.Engine.put(ctx, h.keeper.Engine.index, slices.Values([]*directory.Profile{stale})); err != nil {
		t.Fatal(err)
	}
	if err := moveCursor(ctx, h.db, old, late); err != nil {
		t.Fatal(err)
	}
	if n := h.total(t); n != 10 {
		t.Fatalf("the stale document is not there: %d", n)
	}
	h.follow(t)
	if n := h.total(t); n != 9 {
		t.Errorf("whom a late run brought back stays: %d", n)
	}
}

// Searches go on while the index is built anew, and so do changes: none is lost.
func TestRebuildingLosesNothingAndIsNeverEmpty(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, 300)
	h.follow(t)
	stop, empty := make(chan struct{}), make(chan error, 2)
	go func() {
		for {
			select {
			case <-stop:
				empty <- nil
				return
			default:
			}
			r, err := h.keeper.Engine.Search(ctx, search.All(), indextest.Start, nil, nil)
			if err != nil || r.Total < 250 {
				empty <- fmt.Errorf("%d found, %v", r.Total, err)
				return
			}
		}
	}()
	changed := make(chan error, 1)
	go func() {
		for id := int64(1); id <= 40; id++ {
			if err := h.profiles.Suspend(ctx, accounts.System, id); err != nil {
				changed <- err
				return
			}
			if err := h.keeper.Follow(ctx); err != nil {
				changed <- err
				return
			}
		}
		changed <- nil
	}()
	for range 3 {
		if _, err := h.keeper.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-changed; err != nil {
		t.Fatal(err)
	}
	close(stop)
	if err := <-empty; err != nil {
		t.Fatal(err)
	}
	h.follow(t)
	h.follow(t)
	if n := h.total(t); n != 260 {
		t.Errorf("%d of 260 are there", n)
	}
}

// ready brings the engine up to date and lets the index notice.
func (h *house) ready(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	for range 2 {
		h.follow(t)
		h.index.look(ctx)
	}
	if why := h.index.Why(); why != "" {
		t.Fatal(why)
	}
}

func (h *house) search(t *testing.T) search.Page {
	t.Helper()
	p, err := h.service.Search(context.Background(), search.All())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// slow does not answer before the caller has gone.
func slow(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body) //nolint:errcheck // until it is read the server does not notice that the caller has gone
	select {
	case <-r.Context().Done():
	case <-time.After(5 * time.Second):
	}
}

func TestThePageIsTheSameWhenTheEngineFails(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			w.Write([]byte(body)) //nolint:errcheck // a test's answer
		}
	}
	for name, fault := range map[string]http.HandlerFunc{
		"answers 500":        answer(500, `{}`),
		"answers nonsense":   answer(200, `<html>`),
		"answers half":       answer(200, `{"results":[]}`),
		"refuses the key":    answer(403, `{"code":"invalid_api_key"}`),
		"is slow":            slow,
		"breaks the line":    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"has lost its index": answer(404, `{"code":"index_not_found"}`),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, 30)
			h.ready(t)
			well := h.search(t)
			if well.Engine != "meilisearch" || len(well.Results) != 20 {
				t.Fatalf("%s answers with %d", well.Engine, len(well.Results))
			}
			h.fault.Store(&fault)
			for range trips + 1 {
				p := h.search(t)
				if p.Engine != "embedded" || p.Total != well.Total || len(p.Results) != 20 || p.Results[0].ID != well.Results[0].ID ||
					!reflect.DeepEqual(p.Facets, well.Facets) {
					t.Fatalf("%s: %d of %d", p.Engine, len(p.Results), p.Total)
				}
			}
			if h.index.Why() == "" {
				t.Error("it is still asked")
			}
			h.fault.Store(nil)
			for range heals {
				h.index.probe(context.Background())
			}
			if p := h.search(t); p.Engine != "meilisearch" {
				t.Error("it is not asked again: " + h.index.Why())
			}
		})
	}
}

// Postgres and the read model know of the suspension, the engine does not.
func TestASuspendedProfileNeverAppearsWhileTheEngineLags(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, 15)
	h.ready(t)
	h.suspend(t, 4)
	if err := h.model.Follow(ctx); err != nil {
		t.Fatal(err)
	}
	p := h.search(t)
	if p.Engine != "meilisearch" {
		t.Fatal(p.Engine)
	}
	for _, v := range p.Results {
		if v.ID == 4 {
			t.Error("there they are")
		}
	}
	if len(p.Results) != 14 {
		t.Errorf("%d of 14 are shown", len(p.Results))
	}
}

func TestAnOutdatedIndexIsNotAsked(t *testing.T) {
	h := newHouse(t, 5)
	if h.index.Why() == "" || h.search(t).Engine != "embedded" {
		t.Error("it is asked before it is known to be filled")
	}
	h.ready(t)
	h.index.mu.Lock()
	h.index.moved -= staleAfter + time.Second
	h.index.mu.Unlock()
	if h.index.Why() == "" || h.search(t).Engine != "embedded" {
		t.Error("it is asked a minute after it was last known to be up to date")
	}
	h.follow(t)
	h.index.look(context.Background())
	if why := h.index.Why(); why != "" {
		t.Error(why)
	}
}
