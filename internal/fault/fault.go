// Package fault holds the few kinds of error a person may meet, each with a sentence that is
// safe to show. Whatever is not a fault is internal: logged in full, shown as one fixed sentence.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in terms that decide the status and the page. A Kind is itself an
// error, so that errors.Is(err, fault.NotFound) reads naturally.
type Kind int

// The kinds, each with the HTTP status the web edge gives it.
const (
	Internal     Kind = iota // 500
	Invalid                  // 422, 400 for malformed queries
	NotFound                 // 404
	Conflict                 // 409
	Forbidden                // 403
	Unauthorised             // 401
	TooMany                  // 429
	Unavailable              // 503: nothing is known to have happened, or the outcome is unknown
	Gone                     // 410
	Malformed                // 400
	TooLarge                 // 413
	Unsupported              // 415
	Method                   // 405
)

var names = [...]string{"internal", "invalid", "not found", "conflict", "forbidden", "unauthorised",
	"too many", "unavailable", "gone", "malformed", "too large", "unsupported", "method"}

// Error gives the kind's name; it never reaches people.
func (k Kind) Error() string {
	if k < 0 || int(k) >= len(names) {
		return "internal"
	}
	return names[k]
}

// Field is one field's complaint, in plain English.
type Field struct {
	Name    string `json:"field"`
	Message string `json:"message"`
}

// Error is a failure with a sentence for people. Err, the cause, is for the log alone.
type Error struct {
	Kind       Kind
	Message    string
	Fields     []Field
	RetryAfter time.Duration
	Data       any // what helps the person on, such as other times
	Err        error
}

// New makes a fault of kind k with a sentence for people.
func New(k Kind, msg string) *Error { return &Error{Kind: k, Message: msg} }

// Newf is New with formatting.
func Newf(k Kind, format string, args ...any) *Error { return New(k, fmt.Sprintf(format, args...)) }

// Wrap keeps the cause for the log behind a sentence for people.
func Wrap(k Kind, msg string, err error) *Error { return &Error{Kind: k, Message: msg, Err: err} }

// FieldError is Invalid with one field's complaint.
func FieldError(name, msg string) *Error {
	return New(Invalid, "Some answers need another look.").With(name, msg)
}

// With adds a field's complaint and returns the same fault.
func (e *Error) With(name, msg string) *Error {
	e.Fields = append(e.Fields, Field{name, msg})
	return e
}

// OrNil is nil when no field was complained of: the end of a validation.
func (e *Error) OrNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Error is for logs: the sentence and its cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes a fault equal to its kind.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// As finds the fault in err's chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Of is the kind of err; Internal when it is not a fault.
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
