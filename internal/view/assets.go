package view

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// AssetPrefix is where Assets is to be mounted.
const AssetPrefix = "/static/"

// Stylesheet is the name of the bundle made of the layers, one file each under css/.
const Stylesheet = "css/wattle.css"

// Layers are the stylesheet's layers, the later ones winning.
var Layers = []string{"reset", "tokens", "base", "layout", "components", "pages"}

// Assets serves the static files under addresses that carry a hash of their content, so that
// browsers may keep them for ever. It is ready at once: a file is compressed when first asked for,
// or by Warm.
type Assets struct {
	byName map[string]*asset
	byURL  map[string]*asset
}

type asset struct {
	name, url, etag, mime, sri string
	raw                        []byte
	packed                     func() packed
}

// NewAssets reads every file, bundles the stylesheet's layers and points the bundle at the hashed
// addresses of the fonts and pictures it names.
func NewAssets(files fs.FS) (*Assets, error) {
	a := &Assets{byName: map[string]*asset{}, byURL: map[string]*asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".css" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err == nil {
			a.add(name, raw)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	return a, a.bundle(files)
}

var staticRef = regexp.MustCompile(`/static/([\w./-]+)`)

func (a *Assets) bundle(files fs.FS) error {
	css := []byte("@layer " + strings.Join(Layers, ",") + ";\n")
	for _, layer := range Layers {
		text, err := fs.ReadFile(files, "css/"+layer+".css")
		if err != nil {
			return fmt.Errorf("view: %w", err)
		}
		css = append(css, text...)
	}
	var missing error
	css = staticRef.ReplaceAllFunc(squeeze(css), func(ref []byte) []byte {
		name := strings.TrimPrefix(string(ref), AssetPrefix)
		if a.byName[name] == nil {
			missing = fmt.Errorf("view: the stylesheet names %s, which does not exist", ref)
			return ref
		}
		return []byte(a.byName[name].url)
	})
	a.add(Stylesheet, css)
	return missing
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssIndent  = regexp.MustCompile(`\s*\n\s*`)
)

// squeeze drops comments and indentation, nothing that could change a meaning.
func squeeze(css []byte) []byte {
	return cssIndent.ReplaceAll(cssComment.ReplaceAll(css, nil), []byte("\n"))
}

func (a *Assets) add(name string, raw []byte) {
	sum := sha256.Sum256(raw)
	hash := hex.EncodeToString(sum[:5])
	strong := sha512.Sum384(raw)
	ext := path.Ext(name)
	f := &asset{name: name, raw: raw, etag: `"` + hash + `"`, mime: mimeOf(ext),
		url: AssetPrefix + strings.TrimSuffix(name, ext) + "." + hash + ext,
		sri: "sha384-" + base64.StdEncoding.EncodeToString(strong[:])}
	f.packed = packer(raw, ext)
	a.byName[name], a.byURL[f.url] = f, f
}

func mimeOf(ext string) string {
	switch ext {
	case ".woff2":
		return "font/woff2"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// Lookup gives the hashed address of a file, or an error, which fails the page that asked.
func (a *Assets) Lookup(name string) (string, error) {
	if f := a.byName[name]; f != nil {
		return f.url, nil
	}
	return "", fmt.Errorf("view: no static file %q", name)
}

// URL is Lookup for names known when the program is written: one that does not exist gives "".
func (a *Assets) URL(name string) string {
	u, _ := a.Lookup(name)
	return u
}

// Integrity is the file's value for an integrity attribute.
func (a *Assets) Integrity(name string) (string, error) {
	if f := a.byName[name]; f != nil {
		return f.sri, nil
	}
	return "", fmt.Errorf("view: no static file %q", name)
}

var symbolID = regexp.MustCompile(`<symbol id="([\w-]+)"`)

// symbols lists the symbols of a sprite file.
func (a *Assets) symbols(name string) map[string]bool {
	found := map[string]bool{}
	if f := a.byName[name]; f != nil {
		for _, m := range symbolID.FindAllSubmatch(f.raw, -1) {
			found[string(m[1])] = true
		}
	}
	return found
}

// Warm compresses every file now, so that no visitor waits for it.
func (a *Assets) Warm() {
	for _, f := range a.byName {
		f.packed()
	}
}

// ServeHTTP answers with the file in the best coding the browser takes. Hashed addresses may be
// kept for a year; a plain name, or the hash of another version, must be asked for again.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
		return
	}
	f, lasting := a.find(r.URL.Path)
	if f == nil {
		http.NotFound(w, r)
		return
	}
	f.serve(w, r, lasting)
}

var hashed = regexp.MustCompile(`\.[0-9a-f]{10}(\.\w+)$`)

func (a *Assets) find(p string) (f *asset, lasting bool) {
	if f = a.byURL[p]; f != nil {
		return f, true
	}
	name := strings.TrimPrefix(p, AssetPrefix)
	if f = a.byName[name]; f != nil {
		return f, false
	}
	return a.byName[hashed.ReplaceAllString(name, "$1")], false
}

func (f *asset) serve(w http.ResponseWriter, r *http.Request, lasting bool) {
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if lasting {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, coding := f.packed().choose(f.raw, r.Header.Get("Accept-Encoding"))
	etag := f.etag
	if coding != "" {
		h.Set("Content-Encoding", coding)
		etag = strings.TrimSuffix(etag, `"`) + "-" + coding + `"`
	}
	h.Set("ETag", etag)
	if noneMatch(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Type")
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = bytes.NewReader(body).WriteTo(w)
	}
}

func noneMatch(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimPrefix(strings.TrimSpace(part), "W/"); part == etag || part == "*" {
			return true
		}
	}
	return false
}
