package site

import (
	"image/png"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wattle/internal/accounts"
)

// metas are the properties that the head of a page gives to those who show links to it.
func metas(t *testing.T, r reply) map[string]string {
	t.Helper()
	out := map[string]string{}
	z := html.NewTokenizer(strings.NewReader(r.text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			token, attrs := z.Token(), map[string]string{}
			for _, a := range token.Attr {
				attrs[a.Key] = a.Val
			}
			name := attrs["property"] + attrs["name"]
			if token.Data == "meta" && (strings.HasPrefix(name, "og:") || strings.HasPrefix(name, "twitter:")) {
				if _, twice := out[name]; twice {
					t.Errorf("%s stands twice", name)
				}
				out[name] = attrs["content"]
			}
		}
	}
}

// pictureOf is the path of the picture that a page names.
func (s *site) pictureOf(t *testing.T, page string) string {
	t.Helper()
	path, ours := strings.CutPrefix(metas(t, s.get(page).want(t, 200))["og:image"], home)
	if !ours {
		t.Fatalf("%s names no picture on our own origin", page)
	}
	return path
}

func TestASharedLinkHasAPictureThatResolves(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ page, title, kind, alt string }{
		{"/therapist/ada-example", "Dr Ada Example (Clinical Psychologist)", "profile", "Dr Ada Example, Clinical Psychologist, Newtown NSW 2042"},
		{someGuide, "Rebuilding trust", "article", "Guide: Rebuilding trust"},
	} {
		m := metas(t, s.get(c.page).want(t, 200))
		if !strings.HasPrefix(m["og:title"], c.title) || m["og:type"] != c.kind || m["og:description"] == "" || m["og:url"] != home+c.page ||
			m["og:image:width"] != "1200" || m["og:image:height"] != "630" || !strings.HasPrefix(m["og:image:alt"], c.alt) || m["twitter:card"] != "summary_large_image" {
			t.Errorf("%s: %v", c.page, m)
		}
		r := s.get(s.pictureOf(t, c.page)).want(t, 200)
		img, err := png.DecodeConfig(strings.NewReader(r.text))
		if err != nil || img.Width != 1200 || img.Height != 630 || r.Header.Get("Content-Type") != "image/png" || r.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s: %v %v %v", c.page, img, err, r.Header)
		}
		again := s.get(s.pictureOf(t, c.page), "If-None-Match", r.Header.Get("ETag")).want(t, 304)
		if r.Header.Get("ETag") == "" || again.text != "" {
			t.Errorf("%s: the picture is sent again to who has it", c.page)
		}
		for _, name := range []string{"Cross-Origin-Resource-Policy", "Cache-Control"} { // a 304 replaces what is kept with the picture
			if got, want := again.Header.Get(name), r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q with the picture, %q with a 304", c.page, name, want, got)
			}
		}
	}
	if m := metas(t, s.get("/")); m["og:title"] == "" || m["og:type"] != "website" || m["og:image"] != "" {
		t.Errorf("the start page: %v", m)
	}
}

func TestOnlyTodaysPictureIsAnswered(t *testing.T) {
	s := newSite(t)
	for _, page := range []string{"/therapist/ada-example", someGuide} {
		path := s.pictureOf(t, page)
		for _, wrong := range []string{page + "/card/0000000000.png", page + "/card/.png", page + "/card", strings.TrimSuffix(path, ".png"), path + ".png",
			page + "/card/other", strings.ToUpper(path[:len(page)+1]) + path[len(page)+1:], page + "/%00.png"} {
			if r := s.get(wrong).want(t, 404); r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s is kept: %s", wrong, r.Header.Get("Cache-Control"))
			}
		}
	}
	ada := s.pictureOf(t, "/therapist/ada-example")
	s.get(strings.Replace(ada, "ada-example", "ben-okafor", 1)).want(t, 404)
	if _, drawn := s.web.Pictures.Counts(); drawn != 0 {
		t.Errorf("%d pictures were drawn for addresses that no page names", drawn)
	}
}

func TestAnUnlistedPersonHasNoPicture(t *testing.T) {
	s := newSite(t)
	path := s.pictureOf(t, "/therapist/ada-example")
	tag := s.get(path).want(t, 200).Header.Get("ETag")
	s.must(s.profiles.Suspend(t.Context(), accounts.System, s.people["ada-example"].ID))
	s.catchUp()
	s.get(path).want(t, 404)
	s.get(path, "If-None-Match", tag).want(t, 404)
	for _, slug := range hidden {
		s.get("/therapist/"+slug+"/card/"+path[strings.LastIndex(path, "/")+1:]).want(t, 404)
	}
}

func TestAMadeUpPersonsPictureSaysSo(t *testing.T) {
	s := bareSite(t)
	made := template("demo-person", "Demo", "Person")
	made.Demo = true
	s.settle(person{made, hours(weekdays(540, 600)...)})
	m := metas(t, s.get("/therapist/demo-person").want(t, 200))
	if !strings.Contains(m["og:image:alt"], "made-up") {
		t.Errorf("%v", m)
	}
	s.get(s.pictureOf(t, "/therapist/demo-person")).want(t, 200)
}
