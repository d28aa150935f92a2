package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"wattle/internal/view"
	"wattle/internal/web"
)

type apiDocsPage struct {
	view.Chrome
	Base  string
	Calls []apiCall
}

type apiCall struct {
	Method, Path, Summary, Text, ID string
	Token                           bool
	Params                          []apiParam
	Body                            string // example
	Answers                         []answer
}

type apiParam struct{ Name, In, Text, Values string }

// apiDocs is the OpenAPI document for people, without script.
func (s *API) apiDocs(c *gin.Context) error {
	p := apiDocsPage{Chrome: s.Chrome(web.RequestOf(c), "API",
		"The JSON API of this directory: search, free times, bookings.", "/api/docs"), Base: s.BaseURL + "/api/v1"}
	for _, op := range s.spec.Operations {
		call := apiCall{Method: strings.ToUpper(op.Method), Path: op.Path, Summary: op.Summary, Text: op.Text, ID: op.id(),
			Token: op.Token, Answers: op.Answers, Body: Examples[op.Body]}
		for _, pr := range op.Params {
			call.Params = append(call.Params, apiParam{pr.Name, pr.In, pr.Text, valuesOf(pr.Schema)})
		}
		p.Calls = append(p.Calls, call)
	}
	c.Header("Cache-Control", "private, no-cache")
	return web.Render(c, http.StatusOK, s.views.apiDocs, p)
}

// Examples are the request bodies that the page shows, by schema.
var Examples = map[string]string{
	"BookingRequest": `{
  "therapist": "their-slug",
  "service": "free-consultation",
  "mode": "video",
  "starts_at": "2026-12-01T17:00:00+11:00",
  "client": {"name": "Sam", "email": "sam@example.org", "timezone": "Australia/Brisbane"}
}`,
	"Code":    `{"code": "123456"}`,
	"NewTime": `{"starts_at": "2026-12-02T09:00:00+11:00"}`,
}

// valuesOf lists the values a parameter takes.
func valuesOf(schema obj) string {
	if list, ok := schema["items"].(obj); ok {
		schema = list
	}
	switch values := schema["enum"].(type) {
	case []string:
		return strings.Join(values, ", ")
	case []any:
		return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(values), "[]")), ", ")
	}
	return ""
}

func (s *API) openAPI(c *gin.Context) error {
	body, err := json.MarshalIndent(s.document(), "", " ")
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/json", body)
	return nil
}
