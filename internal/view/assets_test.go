package view_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"wattle/internal/view"
	"wattle/static"
)

func newAssets(t *testing.T) *view.Assets {
	t.Helper()
	a, err := view.NewAssets(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(a http.Handler, path, encoding, etag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestAHashedFileIsImmutable(t *testing.T) {
	a := newAssets(t)
	w := get(a, a.URL(view.Stylesheet), "gzip, br;q=0.9", "")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("status %d, Cache-Control %q", w.Code, w.Header().Get("Cache-Control"))
	}
	if got := w.Header().Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if again := get(a, a.URL(view.Stylesheet), "br", w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("asked again with its ETag: %d with %d bytes, want 304 with none", again.Code, again.Body.Len())
	}
}

func TestOtherNamesOfAFileAreRevalidated(t *testing.T) {
	a := newAssets(t)
	for _, path := range []string{"/static/css/wattle.css", "/static/css/wattle.0123456789.css"} {
		if w := get(a, path, "", ""); w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: status %d, Cache-Control %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	for _, path := range []string{"/static/", "/static/css", "/static/../go.mod", "/static/css/tokens.css", "/static/nothing.js"} {
		if w := get(a, path, "", ""); w.Code != 404 {
			t.Errorf("%s: status %d, want 404", path, w.Code)
		}
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/static/js/wattle.js", nil))
	if w.Code != 405 {
		t.Errorf("POST: status %d, want 405", w.Code)
	}
}

func TestEveryCodingCarriesTheSameBytes(t *testing.T) {
	a := newAssets(t)
	plain := get(a, "/static/js/wattle.js", "identity", "").Body.Bytes()
	read := map[string]func(io.Reader) io.Reader{
		"br":   func(r io.Reader) io.Reader { return brotli.NewReader(r) },
		"gzip": func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
	}
	for coding, reader := range read {
		w := get(a, "/static/js/wattle.js", coding, "")
		if w.Header().Get("Content-Encoding") != coding || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Fatalf("%s: headers %v", coding, w.Header())
		}
		got, err := io.ReadAll(reader(w.Body))
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: other bytes (%v)", coding, err)
		}
	}
	if w := get(a, "/static/js/wattle.js", "br;q=0, gzip;q=0", ""); w.Header().Get("Content-Encoding") != "" {
		t.Errorf("a refused coding was sent: %q", w.Header().Get("Content-Encoding"))
	}
}

func TestTheStylesheetNamesOnlyHashedFiles(t *testing.T) {
	css := get(newAssets(t), "/static/css/wattle.css", "", "").Body.String()
	for _, ref := range regexp.MustCompile(`url\("([^"]+)"\)`).FindAllStringSubmatch(css, -1) {
		if !regexp.MustCompile(`^/static/[\w/-]+\.[0-9a-f]{10}\.\w+$`).MatchString(ref[1]) {
			t.Errorf("the stylesheet names %s", ref[1])
		}
	}
	last := -1
	for _, layer := range view.Layers {
		at := strings.Index(css, "@layer "+layer+" {")
		if at <= last {
			t.Errorf("layer %s is missing or out of order", layer)
		}
		last = at
	}
}

func TestAStylesheetNamingAMissingFileIsRefused(t *testing.T) {
	files := fstest.MapFS{}
	for _, layer := range view.Layers {
		files["css/"+layer+".css"] = &fstest.MapFile{Data: []byte("@layer " + layer + " {}")}
	}
	files["css/base.css"].Data = []byte(`a { background: url("/static/img/gone.svg") }`)
	if _, err := view.NewAssets(files); err == nil {
		t.Error("a missing picture went unnoticed")
	}
}

// The budget of a cold public page is 100 KB: what every page shares must leave room for its HTML.
func TestSharedFilesFitTheBudget(t *testing.T) {
	a := newAssets(t)
	size := func(name string) int { return get(a, "/static/"+name, "br", "").Body.Len() }
	fonts := size("fonts/fraunces.woff2") + size("fonts/figtree.woff2")
	scripts := size("js/htmx.min.js") + size("js/wattle.js")
	rest := size(view.Stylesheet) + size("icons/icons.svg") + size("img/art.svg") + size("img/favicon.svg")
	t.Logf("fonts %d, scripts %d, styles and pictures %d bytes", fonts, scripts, rest)
	if fonts > 35_000 || scripts > 30_000 || fonts+scripts+rest > 78_000 {
		t.Errorf("fonts %d (35,000), scripts %d (30,000), all %d (78,000) bytes", fonts, scripts, fonts+scripts+rest)
	}
}

func TestEveryVendoredWorkHasALicence(t *testing.T) {
	for _, name := range []string{"fraunces-OFL.txt", "figtree-OFL.txt", "lucide-ISC.txt", "htmx-0BSD.txt"} {
		if text, err := fs.ReadFile(static.FS, "licences/"+name); err != nil || len(text) < 300 {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
	}
}

func BenchmarkNewAssets(b *testing.B) {
	for b.Loop() {
		a, err := view.NewAssets(static.FS)
		if err != nil {
			b.Fatal(err)
		}
		a.Warm()
	}
}
