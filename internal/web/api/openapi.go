package api

import (
	"strconv"
	"strings"

	"wattle/internal/search"
)

// The OpenAPI 3.1 document is built from the same tables as the filter, so that it cannot name a
// value which the API refuses. A test compares its paths with the router's.

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

func operations() []operation {
	id := param{Name: "id", In: "path", Text: "The booking's id", Required: true, Schema: text(64)}
	slug := param{Name: "slug", In: "path", Text: "The therapist's slug", Required: true, Schema: text(120)}
	gone := answer{404, "Nobody listed under this slug, or no such booking for this token", ""}
	return []operation{
		{Method: "get", Path: "/therapists", Summary: "Search the directory", Text: "List filters repeat or take commas; values of one filter are alternatives. " +
			"Facet counts of a group leave out that group's own filter. Unknown or malformed parameters are refused.",
			Params: searchParams(), Answers: []answer{{200, "A page of results with facet counts", "Results"}, {400, "A parameter is unknown or malformed", ""}}},
		{Method: "get", Path: "/therapists/{slug}", Summary: "One therapist", Params: []param{slug},
			Answers: []answer{{200, "The profile", "TherapistDetail"}, gone}},
		{Method: "get", Path: "/therapists/{slug}/slots", Summary: "Free times", Text: "Every time offered could be booked when the answer was made. Without mode, times of any mode.",
			Params: []param{slug, {Name: "service", In: "query", Text: "Slug of the service; the free consultation by default", Schema: text(80)},
				{Name: "mode", In: "query", Text: "How to meet", Schema: enum("mode")},
				{Name: "from", In: "query", Text: "First day, in the asked zone; today by default", Schema: obj{"type": "string", "format": "date"}},
				{Name: "days", In: "query", Text: "How many days", Schema: obj{"type": "integer", "minimum": 1, "maximum": 92, "default": 14}},
				{Name: "tz", In: "query", Text: "IANA zone of the answer; the practice's by default", Schema: text(64)}},
			Answers: []answer{{200, "Days with their times", "Slots"}, {400, "A parameter is unknown or malformed", ""}, gone}},
		{Method: "get", Path: "/guides", Summary: "Guides", Text: "Every article, with up to three people who help with its subject, take new clients and can be called soonest. " +
			"reviewer is null until a named clinician has read it: say so where you show it.",
			Answers: []answer{{200, "All guides", "Guides"}, {400, "A parameter is unknown", ""}}},
		{Method: "get", Path: "/guides/{slug}", Summary: "One guide", Text: "Texts are HTML without script or style; their references lead to the ids of sources. " +
			"Where crisis_lines holds any, show them with the article.",
			Params:  []param{{Name: "slug", In: "path", Text: "The guide's slug", Required: true, Schema: text(80)}},
			Answers: []answer{{200, "The guide", "GuideDetail"}, {404, "There is no such guide", ""}}},
		{Method: "post", Path: "/bookings", Summary: "Hold a time", Text: "Holds the time for 15 minutes and mails a six-digit code to the client's address. " +
			"By calling this you state that the client is 18 or over and has read the terms. The Idempotency-Key header is optional and kept 24 hours: " +
			"the same key with the same body answers the same booking.",
			Params: []param{{Name: "Idempotency-Key", In: "header", Text: "Any unique text of at most 200 printable characters", Schema: text(200)}}, Body: "BookingRequest",
			Answers: []answer{{201, "Held", "BookingHeld"}, {400, "The body is not understood", ""}, gone, {409, "The time is taken; with up to three alternatives", ""},
				{415, "The body is not JSON", ""}, {422, "Values need mending, each named", ""}, {429, "Too many; see Retry-After", ""}}},
		{Method: "get", Path: "/bookings/{id}", Summary: "A booking", Params: []param{id}, Token: true,
			Answers: []answer{{200, "The booking", "Booking"}, {401, "No token was sent", ""}, gone}},
		{Method: "post", Path: "/bookings/{id}/confirm", Summary: "Confirm with the code", Params: []param{id}, Body: "Code", Token: true,
			Answers: []answer{{200, "Confirmed", "Booking"}, gone, {409, "The hold lapsed, or a limit is met", ""}, {422, "The code is wrong", ""}, {429, "Five wrong codes: the code has ended", ""}}},
		{Method: "post", Path: "/bookings/{id}/cancel", Summary: "Cancel", Params: []param{id}, Token: true,
			Answers: []answer{{200, "Cancelled; a repeat answers the same", "Booking"}, gone, {409, "It can no longer be cancelled", ""}}},
		{Method: "post", Path: "/bookings/{id}/reschedule", Summary: "Move to another time", Params: []param{id}, Body: "NewTime", Token: true,
			Answers: []answer{{200, "Moved", "Booking"}, gone, {409, "The time is taken; with alternatives", ""}, {422, "Values need mending", ""}}},
		{Method: "get", Path: "/bookings/{id}/cancellation", Summary: "What cancelling would mean", Params: []param{id}, Token: true,
			Answers: []answer{{200, "What is due and refunded now and later", "Cancellation"}, gone}},
	}
}

func text(most int) obj { return obj{"type": "string", "maxLength": most} }

func enum(group string) obj {
	g, _ := search.GroupByName(group)
	return obj{"type": "string", "enum": g.Values}
}

func searchParams() []param {
	out := []param{{Name: "q", In: "query", Text: "Words: names, issues, anything in the profile. Typing slips are forgiven", Schema: text(200)}}
	for _, g := range search.Groups() {
		switch {
		case g.Name == "price":
		case g.Many:
			out = append(out, param{Name: g.Name, In: "query", Text: g.Label, Schema: obj{"type": "array", "items": enum(g.Name)}})
		default:
			out = append(out, param{Name: g.Name, In: "query", Text: g.Label, Schema: obj{"type": "string", "enum": []string{"true"}}})
		}
	}
	out = append(out, param{Name: "understand", In: "query", Text: "Whether q is read as filters first; they are told in understood. By default its words are searched for as they stand",
		Schema: obj{"type": "string", "enum": []string{"true", "false"}, "default": "false"}})
	dollars := obj{"type": "string", "pattern": `^\$?[0-9][0-9,]*(\.[0-9]{1,2})?$`}
	return append(out,
		param{Name: "issue_match", In: "query", Text: "Whether any or all of the issues must match", Schema: obj{"type": "string", "enum": []string{"any", "all"}, "default": "any"}},
		param{Name: "postcode", In: "query", Text: "Postcode of the practice, exactly", Schema: obj{"type": "string", "pattern": "^[0-9]{4}$"}},
		param{Name: "near", In: "query", Text: "A postcode or suburb; with state where several share the name", Schema: text(80)},
		param{Name: "within_km", In: "query", Text: "Greatest distance from near, 25 by default", Schema: obj{"type": "integer", "minimum": 1, "maximum": 500}},
		param{Name: "max_fee", In: "query", Text: "Most dollars for a session, against the lowest fee a client can really get", Schema: dollars},
		param{Name: "max_gap", In: "query", Text: "Most dollars left after Medicare, with a referral", Schema: dollars},
		param{Name: "sort", In: "query", Text: "Order", Schema: obj{"type": "string", "enum": []string{"relevance", "soonest", "price", "distance"}, "default": "relevance"}},
		param{Name: "page", In: "query", Text: "Page, from 1", Schema: obj{"type": "integer", "minimum": 1, "default": 1}},
		param{Name: "per_page", In: "query", Text: "Results a page", Schema: obj{"type": "integer", "minimum": 1, "maximum": 50, "default": 20}},
	)
}

func (s *API) document() obj {
	paths := obj{}
	for _, op := range operations() {
		item, _ := paths[op.Path].(obj)
		if item == nil {
			item = obj{}
			paths[op.Path] = item
		}
		item[op.Method] = op.document()
	}
	return obj{
		"openapi": "3.1.0",
		"info": obj{"title": "Wattle", "version": "1", "description": "Find therapists in Australia and book free first calls.",
			"license": obj{"name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only"}},
		"servers": []obj{{"url": s.BaseURL + "/api/v1"}},
		"paths":   paths,
		"components": obj{"schemas": schemas(), "securitySchemes": obj{
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
	out := obj{"default": obj{"description": "Anything else that went wrong", "content": obj{"application/problem+json": obj{"schema": ref(problemSchema)}}}}
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
