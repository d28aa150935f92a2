package rig

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// Crowd is what many visitors share.
type Crowd struct {
	T        *Trial
	C        *Caller
	Codes    *Codes
	CodeTime time.Duration // how long the mail with a code may take
	At       func(r *rand.Rand) *Instance

	// Any is a random booking to ask for; Move a random time to move a booking of a therapist to.
	Any  func(r *rand.Rand) Request
	Move func(r *rand.Rand, slug string) time.Time
	// Unsure says that bookings need not fit the hours or the client's other calls.
	Unsure bool

	Done Tally
	Took Durations
}

// Visitor books, confirms, moves and cancels at random.
type Visitor struct {
	*Crowd
	R         *rand.Rand
	Open      []Booked // held, not confirmed
	Confirmed []Booked
}

// Booked is a booking and the therapist it is with.
type Booked struct {
	Held
	Slug string
}

// Visitor makes the visitor with this number.
func (w *Crowd) Visitor(n uint64) *Visitor { return &Visitor{Crowd: w, R: w.T.Random(n)} }

// Step does one random thing.
func (v *Visitor) Step() {
	switch n := v.R.IntN(100); {
	case len(v.Open) > 6 || n < 15 && len(v.Open) > 0:
		v.Confirm(v.At(v.R))
	case n < 40 && len(v.Confirmed) > 0:
		v.move()
	case len(v.Confirmed) > 10 || n < 55 && len(v.Confirmed) > 0:
		i := v.R.IntN(len(v.Confirmed))
		v.note("cancel", v.C.Change(v.At(v.R), v.Confirmed[i].Held, "cancel", nil), http.StatusOK)
		v.Confirmed = slices.Delete(v.Confirmed, i, i+1)
	case n < 60 && len(v.Open) > 0:
		v.note("give up", v.C.Change(v.At(v.R), v.Open[0].Held, "cancel", nil), http.StatusOK)
		v.Open = v.Open[1:]
	default:
		v.Book()
	}
}

// note counts an answer and misses a status that is not allowed.
func (v *Visitor) note(verb string, a Answer, allowed ...int) {
	v.Took.Add(a.Took)
	v.Done.Add(fmt.Sprintf("%s %d", verb, a.Status))
	if a.Err != nil || !slices.Contains(allowed, a.Status) {
		v.T.Miss("%s: %s", verb, a)
	}
}

// Book holds a random time.
func (v *Visitor) Book() {
	r := v.Any(v.R)
	a, h := v.C.Book(v.At(v.R), r)
	allowed := []int{http.StatusCreated, http.StatusConflict}
	if v.Unsure {
		allowed = append(allowed, http.StatusUnprocessableEntity)
	}
	v.note("book", a, allowed...)
	if a.Err == nil && a.Status == http.StatusCreated {
		v.Open = append(v.Open, Booked{h, r.Therapist})
	}
}

// Confirm confirms the oldest hold with the code of its mail.
func (v *Visitor) Confirm(at *Instance) {
	b := v.Open[0]
	v.Open = v.Open[1:]
	code := v.Codes.Wait(v.T, b.ID, v.CodeTime)
	if code == "" {
		v.Done.Add("no code")
		return
	}
	a := v.C.Change(at, b.Held, "confirm", map[string]any{"code": code})
	allowed := []int{http.StatusOK}
	if v.Unsure {
		allowed = append(allowed, http.StatusConflict)
	}
	v.note("confirm", a, allowed...)
	if a.Err == nil && a.Status == http.StatusOK {
		v.Confirmed = append(v.Confirmed, b)
	}
}

// move reschedules a booking to a random time, which may lie outside the hours (422).
func (v *Visitor) move() {
	b := v.Confirmed[v.R.IntN(len(v.Confirmed))]
	a := v.C.Change(v.At(v.R), b.Held, "reschedule", map[string]any{"starts_at": v.Move(v.R, b.Slug)})
	v.note("reschedule", a, http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity)
}
