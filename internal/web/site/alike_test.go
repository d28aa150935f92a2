package site

import (
	"net/url"
	"strings"
	"testing"

	"wattle/internal/search"
)

func TestAProfileLinksToCheaperSoonerAndNearerPeople(t *testing.T) {
	s := newSite(t)
	// Eve takes nobody, and Ada, who has a reduced place, is like her and cheaper.
	v := s.visitor(t).open("/therapist/eve-full").sees(200, "Others like this", "Cheaper: Dr Ada Example, Clinical Psychologist", "from $90, which is $90 less")
	v.follow("Cheaper: Dr Ada Example").sees(200, "Dr Ada Example").lacks("Cheaper: Eve")
	for _, slug := range hidden {
		if strings.Contains(v.page.text, slug) {
			t.Errorf("the page leads to %s", slug)
		}
	}
	// Nobody who helps with the same is in the same state as Cleo.
	s.visitor(t).open("/therapist/cleo-brisbane").sees(200).lacks("Others like this")
}

func TestLinksToOthersKeepTheSearch(t *testing.T) {
	s := newSite(t)
	from := "?from=" + url.QueryEscape("?"+search.All().With("near", "2042").Encode())
	v := s.visitor(t).open("/therapist/eve-full" + from)
	if link := v.link("Cheaper: "); !strings.Contains(link, "from=") {
		t.Errorf("the link is %s", link)
	}
	v.follow("Cheaper: ").sees(200, "Dr Ada Example").lacks("Nearer") // everybody is as near
	s.visitor(t).open("/therapist/eve-full?from=https://evil.test/?q=1").sees(200)
}
