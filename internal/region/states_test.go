package region

import "testing"

func TestATerritoryTakesAnArticleInASentence(t *testing.T) {
	for slug, want := range map[string]string{"nsw": "New South Wales", "tas": "Tasmania", "act": "the Australian Capital Territory", "nt": "the Northern Territory"} {
		if s, _ := StateBySlug(slug); s.Within() != want {
			t.Errorf("%s is %q within a sentence", slug, s.Within())
		}
	}
}
