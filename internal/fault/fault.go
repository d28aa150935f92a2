// Package fault defines the few kinds of error that people see, each with a message that is safe to
// show. Any other error is internal: it is logged in full and shown as one fixed sentence.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind classifies an error; it decides the HTTP status and the page. A Kind is itself an error, so
// that errors.Is(err, fault.NotFound) works.
type Kind int

// The kinds, each with its HTTP status.
const (
	Internal     Kind = iota // 500
	Invalid                  // 422, 400 for malformed queries
	NotFound                 // 404
	Conflict                 // 409
	Forbidden                // 403
	Unauthorised             // 401
	TooMany                  // 429
	Unavailable              // 503: nothing happened, or the outcome is unknown
	Gone                     // 410
	Malformed                // 400
	TooLarge                 // 413
	Unsupported              // 415
	Method                   // 405
)

var names = [...]string{"internal", "invalid", "not found", "conflict", "forbidden", "unauthorised",
	"too many", "unavailable", "gone", "malformed", "too large", "unsupported", "method"}

// Error returns the kind's name. It appears in logs only.
func (k Kind) Error() string {
	if k < 0 || int(k) >= len(names) {
		return "internal"
	}
	return names[k]
}

// Field is a validation message for one form field.
type Field struct {
	Name    string `json:"field"`
	Message string `json:"message"`
}

// Error is an error with a message for people. Its cause, Err, appears in the log only.
type Error struct {
	Kind       Kind
	Message    string
	Fields     []Field
	RetryAfter time.Duration
	Data       any // context for the response, such as other free times
	Err        error
}

// New returns a fault of kind k with a message for people.
func New(k Kind, msg string) *Error { return &Error{Kind: k, Message: msg} }

// Newf is New with formatting.
func Newf(k Kind, format string, args ...any) *Error { return New(k, fmt.Sprintf(format, args...)) }

// Wrap is New with a cause, which appears in the log only.
func Wrap(k Kind, msg string, err error) *Error { return &Error{Kind: k, Message: msg, Err: err} }

// FieldError returns an Invalid fault with a message for one field.
func FieldError(name, msg string) *Error {
	return New(Invalid, "Some answers need another look.").With(name, msg)
}

// With adds a field message and returns e.
func (e *Error) With(name, msg string) *Error {
	e.Fields = append(e.Fields, Field{name, msg})
	return e
}

// OrNil returns nil if no field has a message. It ends a validation.
func (e *Error) OrNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Error returns the message and the cause. It appears in logs only.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is e's kind.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// As returns the first fault in err's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Of returns the kind of err, or Internal if err is not a fault.
func Of(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return Internal
}
