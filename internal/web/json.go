package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
)

// maxDepth bounds nested JSON; no body of ours is deeper than three.
const maxDepth = 8

// ReadJSON reads the body into dst strictly: the right type, one object, no unknown or repeated
// names, nothing after it. It returns the raw bytes for idempotency.
func ReadJSON(c *gin.Context, dst any) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if kind != "application/json" {
		return nil, fault.New(fault.Unsupported, "Send JSON, with Content-Type: application/json.")
	}
	if c.GetHeader("Content-Encoding") != "" {
		return nil, fault.New(fault.Unsupported, "Send the JSON uncompressed.")
	}
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, err
	}
	if err := checkShape(raw); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(dst); err != nil {
		return nil, asMalformed(err)
	}
	return raw, nil
}

// NoBody refuses a body where none is taken; an empty object is none.
func NoBody(c *gin.Context) error {
	if c.Request.ContentLength == 0 {
		return nil
	}
	var nothing struct{}
	_, err := ReadJSON(c, &nothing)
	return err
}

func asMalformed(err error) error {
	var typed *json.UnmarshalTypeError
	var when *time.ParseError
	switch {
	case errors.As(err, &when) || strings.Contains(err.Error(), "Time.UnmarshalJSON"):
		// The one time any body of ours holds.
		return fault.New(fault.Malformed, "A value has the wrong type.").
			With("starts_at", "This must be a time such as 2026-12-01T17:00:00+11:00.")
	case errors.As(err, &typed):
		return fault.New(fault.Malformed, "A value has the wrong type.").
			With(typed.Field, "This must be "+article(typed.Type.String())+".")
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return fault.New(fault.Malformed, "The body has a name this call does not know.").
			With(Clip(name, 60), "This name is not known.")
	}
	return fault.New(fault.Malformed, "The body is not the JSON this call takes.")
}

func article(kind string) string {
	switch {
	case strings.Contains(kind, "int"):
		return "a whole number"
	case strings.Contains(kind, "string"):
		return "text"
	}
	return "an object"
}

// Clip is at most the first n characters of s.
func Clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// checkShape refuses what encoding/json lets through: repeated names, deep nesting, trailing data
// and text that is not UTF-8.
func checkShape(raw []byte) error {
	bad := fault.New(fault.Malformed, "The body is not the JSON this call takes.")
	if !utf8.Valid(raw) {
		return bad
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	t, err := dec.Token()
	if err != nil || t != json.Delim('{') {
		return bad
	}
	if err := checkObject(dec, 1); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return bad
	}
	return nil
}

func checkObject(dec *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return fault.New(fault.Malformed, "The body is not the JSON this call takes.")
		}
		// encoding/json matches names whatever their case: so must the check for repeats.
		if low := strings.ToLower(name); seen[low] {
			return fault.New(fault.Malformed, "A name is given twice.").With(Clip(name, 60), "This name is given twice.")
		} else {
			seen[low] = true
		}
		if err := checkValue(dec, depth); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return asShape(err)
}

func checkValue(dec *json.Decoder, depth int) error {
	t, err := dec.Token()
	if err != nil {
		return asShape(err)
	}
	switch {
	case depth >= maxDepth:
		return fault.New(fault.Malformed, "The body is nested too deeply.")
	case t == json.Delim('{'):
		return checkObject(dec, depth+1)
	case t == json.Delim('['):
		for dec.More() {
			if err := checkValue(dec, depth+1); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	}
	return asShape(err)
}

func asShape(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Malformed, "The body is not the JSON this call takes.")
}
