package site

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/web/api"
)

// spec is the document as served.
type spec struct {
	t   *testing.T
	doc result
}

func (s *site) spec(t *testing.T) spec {
	t.Helper()
	return spec{t, s.api("/openapi.json")}
}

func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if r, is := v.(result); is {
			m, ok = r, true
		}
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

func (d spec) schema(name string) map[string]any {
	d.t.Helper()
	m, ok := dig(d.doc, "components", "schemas", name).(map[string]any)
	if !ok {
		d.t.Fatalf("there is no schema %q", name)
	}
	return m
}

// operations yields every operation with its path and method.
func (d spec) operations(yield func(path, method string, op map[string]any)) {
	for path, item := range d.doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			yield(path, method, op.(map[string]any))
		}
	}
}

// references lists every $ref below v.
func references(v any) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			out = append(out, ref)
		}
		for _, x := range v {
			out = append(out, references(x)...)
		}
	case []any:
		for _, x := range v {
			out = append(out, references(x)...)
		}
	}
	return out
}

func TestTheDocumentIsWellFormed(t *testing.T) {
	d := newSite(t).spec(t)
	if d.doc["openapi"] != "3.1.0" || dig(d.doc, "info", "title") != "Wattle" || dig(d.doc, "info", "version") == nil {
		t.Errorf("the head: %v", d.doc["info"])
	}
	for _, ref := range references(map[string]any(d.doc)) {
		d.schema(strings.TrimPrefix(ref, "#/components/schemas/"))
	}
	ids := map[any]bool{}
	d.operations(func(path, method string, op map[string]any) {
		where := method + " " + path
		if ids[op["operationId"]] || op["operationId"] == nil || op["summary"] == "" {
			t.Errorf("%s: operationId %v", where, op["operationId"])
		}
		ids[op["operationId"]] = true
		var inPath []string
		params, _ := op["parameters"].([]any)
		seen := map[string]bool{}
		for _, p := range params {
			p := p.(map[string]any)
			name := fmt.Sprint(p["in"], p["name"])
			if seen[name] || p["schema"] == nil || !slices.Contains([]any{"path", "query", "header"}, p["in"]) {
				t.Errorf("%s: parameter %v", where, p)
			}
			seen[name] = true
			if p["in"] == "path" {
				inPath = append(inPath, p["name"].(string))
				if p["required"] != true {
					t.Errorf("%s: %s must be required", where, p["name"])
				}
			}
		}
		var want []string
		for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
			want = append(want, m[1])
		}
		if !slices.Equal(inPath, want) {
			t.Errorf("%s: path parameters %v, want %v", where, inPath, want)
		}
		for status, r := range op["responses"].(map[string]any) {
			if dig(r, "description") == nil || status != "default" && !regexp.MustCompile(`^[2-5]\d\d$`).MatchString(status) {
				t.Errorf("%s: answer %s", where, status)
			}
		}
	})
	checkTypes(t, "components", d.doc["components"])
}

// checkTypes walks schemas and fails the test for types that JSON Schema does not know.
func checkTypes(t *testing.T, where string, v any) {
	t.Helper()
	known := []any{"object", "array", "string", "integer", "number", "boolean", "null", "http"}
	switch v := v.(type) {
	case map[string]any:
		kind, ok := v["type"]
		if _, named := kind.(map[string]any); ok && !named {
			kinds, many := kind.([]any)
			if !many {
				kinds = []any{kind}
			}
			for _, k := range kinds {
				if !slices.Contains(known, k) {
					t.Errorf("%s has the type %v", where, k)
				}
			}
			if required, ok := v["required"].([]any); ok {
				for _, name := range required {
					if dig(v, "properties", name.(string)) == nil {
						t.Errorf("%s requires %v, which it does not describe", where, name)
					}
				}
			}
		}
		for k, x := range v {
			checkTypes(t, where+"."+k, x)
		}
	case []any:
		for _, x := range v {
			checkTypes(t, where, x)
		}
	}
}

func TestTheDocumentNamesTheRoutersPaths(t *testing.T) {
	s := newSite(t)
	want := map[string]bool{}
	for _, r := range s.web.Routes() {
		path, ok := strings.CutPrefix(r.Path, "/api/v1")
		if ok && path != "/openapi.json" {
			want[strings.ToLower(r.Method)+" "+regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")] = true
		}
	}
	got := map[string]bool{}
	s.spec(t).operations(func(path, method string, _ map[string]any) { got[method+" "+path] = true })
	if !maps.Equal(got, want) {
		t.Errorf("the document has %v, the router %v", got, want)
	}
	docs := s.get("/api/docs").want(t, 200)
	sound(t, docs)
	for path := range want {
		if _, p, _ := strings.Cut(path, " "); !strings.Contains(docs.text, p) {
			t.Errorf("the readable page lacks %s", path)
		}
	}
}

func TestEveryValueTheDocumentNamesIsAccepted(t *testing.T) {
	s := newSite(t)
	d := s.spec(t)
	values, queries := 0, map[string]bool{}
	for _, p := range dig(d.doc, "paths", "/therapists", "get", "parameters").([]any) {
		name, schema := dig(p, "name").(string), dig(p, "schema")
		if items := dig(schema, "items"); items != nil {
			schema = items
		}
		queries[name] = true
		list, _ := dig(schema, "enum").([]any)
		for _, v := range list {
			values++
			q := url.Values{name: {v.(string)}}
			switch {
			case v == "distance":
				q.Set("near", "2042")
			case name == "issue_match":
				q.Set("issue", "anxiety")
			}
			s.get("/api/v1/therapists?"+q.Encode()).want(t, 200)
		}
		if fallback := dig(schema, "default"); fallback != nil {
			q := url.Values{name: {fmt.Sprint(fallback)}}
			s.get("/api/v1/therapists?"+q.Encode()).want(t, 200)
		}
	}
	if values < 200 {
		t.Errorf("only %d values are named", values)
	}
	for _, name := range strings.Fields("q state type issue issue_match approach group language gender affirming faith access mode format postcode near within_km max_fee reduced max_gap funding free_consultation available accepting sort page per_page") {
		if !queries[name] {
			t.Errorf("the parameter %s is not documented", name)
		}
	}
	for _, mode := range dig(d.schema("BookingRequest"), "properties", "mode", "enum").([]any) {
		s.get("/api/v1/therapists/ada-example/slots?mode="+mode.(string)).want(t, 200)
	}
}

// fits says what of a real answer does not fit its schema.
func (d spec) fits(where string, schema map[string]any, v any) (wrong []string) {
	if ref, ok := schema["$ref"].(string); ok {
		return d.fits(where, d.schema(strings.TrimPrefix(ref, "#/components/schemas/")), v)
	}
	kinds, many := schema["type"].([]any)
	if !many {
		kinds = []any{schema["type"]}
	}
	if !slices.ContainsFunc(kinds, func(k any) bool { return isKind(k, v) }) {
		return []string{fmt.Sprintf("%s is %T, not %v", where, v, kinds)}
	}
	if values, ok := schema["enum"].([]any); ok && !slices.Contains(values, v) {
		wrong = append(wrong, fmt.Sprintf("%s is %v, not one of %v", where, v, values))
	}
	switch v := v.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339, v); schema["format"] == "date-time" && err != nil {
			wrong = append(wrong, fmt.Sprintf("%s is %q, no time", where, v))
		}
		if _, err := time.Parse(time.DateOnly, v); schema["format"] == "date" && err != nil {
			wrong = append(wrong, fmt.Sprintf("%s is %q, no date", where, v))
		}
	case []any:
		for i, x := range v {
			wrong = append(wrong, d.fits(fmt.Sprintf("%s[%d]", where, i), schema["items"].(map[string]any), x)...)
		}
	case map[string]any:
		wrong = append(wrong, d.fitsObject(where, schema, v)...)
	}
	return wrong
}

func (d spec) fitsObject(where string, schema, v map[string]any) (wrong []string) {
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s lacks %v", where, name))
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	other, open := schema["additionalProperties"].(map[string]any)
	for name, x := range v {
		sub, ok := properties[name].(map[string]any)
		if !ok && open {
			sub, ok = other, true
		}
		if !ok {
			wrong = append(wrong, where+" has "+name+", which is not documented")
			continue
		}
		wrong = append(wrong, d.fits(where+"."+name, sub, x)...)
	}
	return wrong
}

func isKind(kind, v any) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	case []any:
		return kind == "array"
	}
	return kind == "object"
}

// answers are real ones, each for an operation and its status.
func answers(s *site) map[string]reply {
	b := s.held(with("note", "a word"))
	id := "/bookings/" + b["id"].(string)
	out := map[string]reply{
		"get /therapists 200":              s.get("/api/v1/therapists?near=2042&q=anxiety"),
		"get /therapists 400":              s.get("/api/v1/therapists?x=1"),
		"get /therapists/{slug} 200":       s.get("/api/v1/therapists/ben-okafor"),
		"get /therapists/{slug} 404":       s.get("/api/v1/therapists/nobody"),
		"get /therapists/{slug}/slots 200": s.get("/api/v1/therapists/ada-example/slots"),
		"get /therapists/{slug}/slots 400": s.get("/api/v1/therapists/ada-example/slots?days=x"),
		"get /guides 200":                  s.get("/api/v1/guides"),
		"get /guides 400":                  s.get("/api/v1/guides?x=1"),
		"get /guides/{slug} 200":           s.get("/api/v1/guides/rebuilding-trust"),
		"get /guides/{slug} 404":           s.get("/api/v1/guides/none"),
		"post /bookings 201":               s.post("/bookings", order(with("therapist", "ben-okafor"), with("client.email", "b@client.example"))),
		"post /bookings 400":               s.post("/bookings", "{}x"),
		"post /bookings 404":               s.post("/bookings", order(with("therapist", "nobody"))),
		"post /bookings 409":               s.post("/bookings", order(with("client.email", "x@client.example"))),
		"post /bookings 415":               s.ask("POST", "/api/v1/bookings", strings.NewReader("x")),
		"post /bookings 422":               s.post("/bookings", order(with("client.name", ""))),
		"get /bookings/{id} 200":           s.get("/api/v1"+id, bearer(b)...),
		"get /bookings/{id} 401":           s.get("/api/v1" + id),
	}
	out["post /bookings/{id}/confirm 200"] = s.post(id+"/confirm", `{"code":"`+s.web.Booking.Code(b["id"].(string))+`"}`, bearer(b)...)
	out["get /bookings/{id}/cancellation 200"] = s.get("/api/v1"+id+"/cancellation", bearer(b)...)
	out["post /bookings/{id}/reschedule 409"] = s.post(id+"/reschedule", `{"starts_at":"2026-11-24T03:00:00+11:00"}`, bearer(b)...)
	out["post /bookings/{id}/reschedule 200"] = s.post(id+"/reschedule", `{"starts_at":"2026-11-24T15:00:00+11:00"}`, bearer(b)...)
	out["post /bookings/{id}/cancel 200"] = s.post(id+"/cancel", "", bearer(b)...)
	return out
}

func TestRealAnswersFitTheDocument(t *testing.T) {
	s := newSite(t)
	d := s.spec(t)
	for what, a := range answers(s) {
		f := strings.Fields(what)
		response := dig(d.doc, "paths", f[1], f[0], "responses", f[2])
		if response == nil {
			t.Errorf("%s is not documented", what)
			continue
		}
		kind := a.Header.Get("Content-Type")
		schema, ok := dig(response, "content", kind, "schema").(map[string]any)
		if fmt.Sprint(a.StatusCode) != f[2] || !ok {
			t.Errorf("%s answered %d as %s:\n%s", what, a.StatusCode, kind, a.text)
			continue
		}
		for _, w := range d.fits(what, schema, map[string]any(a.read(t, kind))) {
			t.Error(w)
		}
	}
}

func TestTheValidatorFindsFaults(t *testing.T) {
	s := newSite(t)
	d := s.spec(t)
	for name, v := range map[string]map[string]any{
		"lacks": {"code": nil}, "has": {"code": "123456", "more": true}, "is": {"code": 1.0},
	} {
		if wrong := d.fits("body", d.schema("Code"), v); len(wrong) == 0 {
			t.Errorf("a body which %s something it should not passes", name)
		}
	}
	if wrong := d.fits("page", d.schema("Results"), map[string]any{"total": 1.5}); len(wrong) < 2 {
		t.Errorf("it finds only %v", wrong)
	}
}

func TestExamplesInTheDocumentWork(t *testing.T) {
	s := newSite(t)
	s.settle(person{template("their-slug", "Tess", "Example"), hours(weekdays(480, 1200)...)})
	s.post("/bookings", api.Examples["BookingRequest"]).want(t, 201)
	d := s.spec(t)
	for name := range api.Examples {
		if len(d.schema(name)) == 0 {
			t.Errorf("the example %s has no schema", name)
		}
	}
}
