package site

import (
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"

	"wattle/internal/search"
)

func TestAPageBeyondTheLastShowsTheLast(t *testing.T) {
	s := newSite(t)
	all, err := s.web.Search.Search(t.Context(), search.Filter{PerPage: 2})
	s.must(err)
	if all.Pages() < 2 {
		t.Fatalf("%d people make one page", all.Total)
	}
	people := func(page int) []string {
		return cardOfPage.FindAllString(s.get("/therapists?per_page=2&page="+strconv.Itoa(page)).want(t, 200).text, -1)
	}
	if last, beyond := people(all.Pages()), people(all.Pages()+7); len(last) == 0 || !slices.Equal(last, beyond) {
		t.Errorf("%d people stand on the last page, %d beyond it", len(last), len(beyond))
	}
	s.get("/therapists?per_page=50&page=2").want(t, 200, `class="card therapist"`)
}

// Pages share buffers and caches; none may show a word of another.
func TestConcurrentPagesDoNotMix(t *testing.T) {
	s := newSite(t)
	h := s.handler()
	paths := []string{"/therapists", "/therapists?state=nsw&type=psychologist", "/therapists/vic", "/therapists?q=okafor", "/therapists?max_fee=1&state=nt", "/therapists?issue=anxiety,grief&issue_match=all"}
	page := func(path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", home+path, nil))
		return w.Body.String()
	}
	s.catchUp()
	var alone []string
	for _, path := range paths {
		alone = append(alone, page(path))
	}
	var group sync.WaitGroup
	for visitor := range 8 {
		group.Go(func() {
			for i := range 30 {
				n := (visitor + i) % len(paths)
				if got := page(paths[n]); got != alone[n] {
					t.Errorf("%s is %d bytes when others ask as well, %d alone", paths[n], len(got), len(alone[n]))
				}
			}
		})
	}
	group.Wait()
}
