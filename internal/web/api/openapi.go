package api

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wattle/internal/search"
)

// openapi.json holds the operations and schemas of the OpenAPI 3.1 document, in a shorter form. A test
// compares its paths with the router's, and real answers with its schemas.
//
//go:embed openapi.json
var openAPIFile []byte

type obj = map[string]any

// operation is one call, as the document and the readable page print it.
type operation struct {
	Method, Path, Summary, Text string
	Params                      []param
	Body                        string // schema's name
	Answers                     []answer
	Token                       bool // needs the booking's token
}

type param struct {
	Name, In, Text string
	Required       bool
	Schema         obj
}

type answer struct {
	Status int
	Text   string
	Schema string // name; "" for problem details
}

const problemSchema = "Problem"

// apiSpec is what openapi.json holds. An "enum" that is a word stands for the values of that filter,
// and a schema that "extends" another has its properties too.
type apiSpec struct {
	Operations []operation
	Schemas    obj
}

// readSpec reads openapi.json. Filters and their values come from the search, so that the document
// cannot name a value which the API refuses.
func readSpec() (apiSpec, error) {
	var spec apiSpec
	if err := json.Unmarshal(openAPIFile, &spec); err != nil {
		return spec, err
	}
	find := &spec.Operations[0]
	find.Params = slices.Insert(find.Params, 1, filterParams()...) // after the words
	for _, op := range spec.Operations {
		for _, p := range op.Params {
			expand(p.Schema)
		}
	}
	expand(spec.Schemas)
	spec.Schemas["Therapist"].(obj)["properties"].(obj)["matched"].(obj)["maxItems"] = search.MaxReasons
	for _, s := range spec.Schemas {
		schema := s.(obj)
		if base, ok := schema["extends"].(string); ok {
			maps.Copy(schema["properties"].(obj), spec.Schemas[base].(obj)["properties"].(obj))
			delete(schema, "extends")
		}
	}
	return spec, nil
}

func filterParams() []param {
	var out []param
	for _, g := range search.Groups() {
		p := param{Name: g.Name, In: "query", Text: g.Label, Schema: obj{"type": "string", "enum": []any{"true"}}}
		if g.Many {
			p.Schema = obj{"type": "array", "items": obj{"type": "string", "enum": g.Name}}
		}
		if g.Name != "price" {
			out = append(out, p)
		}
	}
	return out
}

// expand puts a filter's values where its name stands as an enum, at any depth.
func expand(schema obj) {
	for key, v := range schema {
		switch v := v.(type) {
		case string:
			if g, ok := search.GroupByName(v); ok && key == "enum" {
				schema[key] = g.Values
			}
		case obj:
			expand(v)
		}
	}
}

func (s *API) document() obj {
	paths := obj{}
	for _, op := range s.spec.Operations {
		item, _ := paths[op.Path].(obj)
		if item == nil {
			item = obj{}
			paths[op.Path] = item
		}
		item[op.Method] = op.document()
	}
	return obj{
		"openapi": "3.1.0",
		"info": obj{"title": "Wattle", "version": "1",
			"description": "Find therapists in Australia and book free first calls.",
			"license":     obj{"name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only"}},
		"servers": []obj{{"url": s.BaseURL + "/api/v1"}},
		"paths":   paths,
		"components": obj{"schemas": s.spec.Schemas, "securitySchemes": obj{
			"booking": obj{"type": "http", "scheme": "bearer", "description": "The token which holding a time answered"}}},
	}
}

func (op operation) document() obj {
	out := obj{"summary": op.Summary, "operationId": op.id(), "responses": op.responses()}
	if op.Text != "" {
		out["description"] = op.Text
	}
	var params []obj
	for _, p := range op.Params {
		o := obj{"name": p.Name, "in": p.In, "description": p.Text, "schema": p.Schema, "required": p.Required}
		if p.Schema["type"] == "array" {
			o["style"], o["explode"] = "form", true
		}
		params = append(params, o)
	}
	if params != nil {
		out["parameters"] = params
	}
	if op.Body != "" {
		out["requestBody"] = obj{"required": true, "content": obj{"application/json": obj{"schema": ref(op.Body)}}}
	}
	if op.Token {
		out["security"] = []obj{{"booking": []string{}}}
	}
	return out
}

func (op operation) id() string {
	words := strings.FieldsFunc(op.Path, func(r rune) bool { return r == '/' || r == '{' || r == '}' })
	return op.Method + "_" + strings.Join(words, "_")
}

func (op operation) responses() obj {
	out := obj{"default": obj{"description": "Anything else that went wrong",
		"content": obj{"application/problem+json": obj{"schema": ref(problemSchema)}}}}
	for _, a := range op.Answers {
		kind, name := "application/json", a.Schema
		if name == "" {
			kind, name = "application/problem+json", problemSchema
		}
		out[strconv.Itoa(a.Status)] = obj{"description": a.Text, "content": obj{kind: obj{"schema": ref(name)}}}
	}
	return out
}

func ref(name string) obj { return obj{"$ref": "#/components/schemas/" + name} }
