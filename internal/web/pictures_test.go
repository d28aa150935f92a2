package web

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wattle/internal/accounts"
	"wattle/internal/fault"
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
	if _, drawn := s.web.pictures.drawn.Counts(); drawn != 0 {
		t.Errorf("%d pictures were drawn for addresses that no page names", drawn)
	}
}

func TestThePictureOfSomebodyWhoCannotBeSeenIsGone(t *testing.T) {
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

// What somebody helps with stands on no picture and in no address of one.
func TestAPictureDoesNotDependOnWhatSomebodyHelpsWith(t *testing.T) {
	s := newSite(t)
	v, err := s.web.Search.Show(t.Context(), "ada-example")
	s.must(err)
	before := personPicture(v)
	t2 := *v.Profile
	t2.Issues, t2.AlsoIssues, t2.Approaches, t2.ClientGroups, t2.Headline, t2.Bio, t2.Languages = []string{"ocd"}, nil, nil, nil, "Other", "Other", nil
	v.Profile, v.HasKm, v.Km = &t2, true, 3
	if after := personPicture(v); after != before {
		t.Errorf("%+v became %+v", before, after)
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

// slowPicture counts how often it is drawn, and how many are drawn at once.
type slowPicture struct {
	version            string
	drawn, now, atOnce *atomic.Int32
	let                chan struct{}
	fails              error
}

func (p slowPicture) Version() string { return p.version }

func (p slowPicture) PNG() ([]byte, error) {
	p.atOnce.Store(max(p.atOnce.Load(), p.now.Add(1)))
	<-p.let
	p.now.Add(-1)
	p.drawn.Add(1)
	return bytes.Repeat([]byte("x"), 100), p.fails
}

func TestPicturesAreDrawnOneAtATimeAndEachOnce(t *testing.T) {
	var drawn, now, atOnce atomic.Int32
	e, let := newPictures(), make(chan struct{})
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if b, err := e.draw(slowPicture{string(rune('a' + i%3)), &drawn, &now, &atOnce, let, nil}); err != nil || len(b) != 100 {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		})
	}
	close(let)
	all.Wait()
	if drawn.Load() != 3 || atOnce.Load() != 1 {
		t.Errorf("%d drawn, %d at once", drawn.Load(), atOnce.Load())
	}
	before := drawn.Load()
	for i := range 12 {
		if _, err := e.draw(slowPicture{string(rune('a' + i%3)), &drawn, &now, &atOnce, let, nil}); err != nil {
			t.Error(err)
		}
	}
	if drawn.Load() != before {
		t.Error("a cached picture was drawn again")
	}
}

func TestAPictureThatFailsIsNotCached(t *testing.T) {
	var drawn, now, atOnce atomic.Int32
	e, let := newPictures(), make(chan struct{})
	close(let)
	if _, err := e.draw(slowPicture{"a", &drawn, &now, &atOnce, let, errors.New("no")}); err == nil {
		t.Error("the failure is lost")
	}
	if _, err := e.draw(slowPicture{"a", &drawn, &now, &atOnce, let, nil}); err != nil {
		t.Errorf("after a failure: %v", err)
	}
	e.wait = time.Millisecond
	e.turns <- struct{}{} // another request is drawing
	if _, err := e.draw(slowPicture{"b", &drawn, &now, &atOnce, let, nil}); fault.Of(err) != fault.Unavailable {
		t.Errorf("without a turn: %v", err)
	}
	if drawn.Load() != 2 {
		t.Errorf("%d drawn", drawn.Load())
	}
}
