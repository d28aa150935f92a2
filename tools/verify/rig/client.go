package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"wattle/internal/clock"
)

// Answer is what came back for one request; err is set when nothing whole did.
type Answer struct {
	Status int
	Body   []byte
	Header http.Header
	Took   time.Duration
	Err    error
}

// Read decodes the body, whose form the contract gives.
func (a Answer) Read(dst any) error {
	if a.Err != nil {
		return a.Err
	}
	if err := json.Unmarshal(a.Body, dst); err != nil {
		return fmt.Errorf("status %d with a body that is not the contract's: %w", a.Status, err)
	}
	return nil
}

// String is the status and the beginning of the body.
func (a Answer) String() string {
	if a.Err != nil {
		return a.Err.Error()
	}
	return fmt.Sprintf("%d %.300s", a.Status, a.Body)
}

// Caller makes requests over its own connections.
type Caller struct{ Http *http.Client }

// NewCaller makes a caller with this many kept connections.
func NewCaller(connections int) *Caller {
	return &Caller{&http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConns:        2 * connections,
			MaxIdleConnsPerHost: connections,
			DisableCompression:  true,
		},
	}}
}

// Do sends body as JSON (nil is none) and reads the whole answer. headers are names and values in turn.
func (c *Caller) Do(ctx context.Context, method, address string, body any, headers ...string) Answer {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return Answer{Err: err}
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return Answer{Err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	took := clock.Stopwatch()
	res, err := c.Http.Do(req)
	if err != nil {
		return Answer{Err: err, Took: took()}
	}
	defer res.Body.Close()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	a.Body, a.Err = io.ReadAll(res.Body)
	a.Took = took()
	return a
}

// Get asks for an address.
func (c *Caller) Get(ctx context.Context, address string) Answer {
	return c.Do(ctx, http.MethodGet, address, nil)
}

// Person is what the list shows of a therapist.
type Person struct {
	Slug      string     `json:"slug"`
	State     string     `json:"state"`
	Postcode  string     `json:"postcode"`
	Accepting bool       `json:"accepting"`
	Next      *time.Time `json:"next_available_at"`
	Service   string     `json:"next_service"`
}

// Slot is a time on offer.
type Slot struct {
	Starts time.Time `json:"starts_at"`
	Ends   time.Time `json:"ends_at"`
	Modes  []string  `json:"modes"`
}

// Calendar is the slots of one therapist.
type Calendar struct {
	Service  string `json:"service"`
	Practice string `json:"therapist_timezone"`
	Zone     string `json:"timezone"`
	Days     []struct {
		Date  string `json:"date"`
		Slots []Slot `json:"slots"`
	} `json:"days"`
}

// All is the slots of all days.
func (c Calendar) All() (list []Slot) {
	for _, d := range c.Days {
		list = append(list, d.Slots...)
	}
	return list
}

// People is everybody the list shows under the query.
func (c *Caller) People(ctx context.Context, base, query string) (all []Person, err error) {
	for page := 1; ; page++ {
		var got struct {
			Total   int      `json:"total"`
			Results []Person `json:"results"`
		}
		a := c.Get(ctx, base+"/api/v1/therapists?per_page=50&page="+strconv.Itoa(page)+"&"+query)
		if err := a.Read(&got); err != nil || a.Status != http.StatusOK {
			return nil, fmt.Errorf("the list answered %s (%v)", a, err)
		}
		all = append(all, got.Results...)
		if len(got.Results) == 0 || len(all) >= got.Total {
			return all, nil
		}
	}
}

// Bookable is everybody who has a next free time.
func (c *Caller) Bookable(ctx context.Context, base string) (list []Person, err error) {
	all, err := c.People(ctx, base, "accepting=true&free_consultation=true")
	for _, p := range all {
		if p.Next != nil {
			list = append(list, p)
		}
	}
	if err == nil && len(list) == 0 {
		err = ErrEmpty
	}
	return list, err
}

// Slots asks for a calendar; query holds days, from, tz and so on.
func (c *Caller) Slots(ctx context.Context, base, slug, query string) (cal Calendar, err error) {
	a := c.Get(ctx, base+"/api/v1/therapists/"+url.PathEscape(slug)+"/slots?"+query)
	if err := a.Read(&cal); err != nil || a.Status != http.StatusOK {
		return cal, fmt.Errorf("the slots of %s answered %s (%v)", slug, a, err)
	}
	return cal, nil
}

// Request is the body of POST /bookings.
type Request struct {
	Therapist string    `json:"therapist"`
	Service   string    `json:"service"`
	Mode      string    `json:"mode"`
	Starts    time.Time `json:"starts_at"`
	Client    Client    `json:"client"`
	Note      string    `json:"note,omitempty"`
}

// Client is the person in a request.
type Client struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// Held is the answer to a booking that was placed.
type Held struct {
	ID        string    `json:"id"`
	Token     string    `json:"token"`
	HeldUntil time.Time `json:"held_until"`
}

// Want is a booking of the free consultation at a slot, for the client with this address.
func Want(slug string, s Slot, email string) Request {
	return Request{Therapist: slug, Service: "free-consultation", Mode: s.Modes[0], Starts: s.Starts,
		Client: Client{"Verity Example", email, "0491 570 006"}}
}

// Book holds a time.
func (c *Caller) Book(ctx context.Context, base string, r Request, headers ...string) (Answer, Held) {
	a := c.Do(ctx, http.MethodPost, base+"/api/v1/bookings", r, headers...)
	var h Held
	if a.Err == nil && a.Status == http.StatusCreated {
		a.Err = a.Read(&h)
	}
	return a, h
}

// Change makes one of the calls on a booking.
func (c *Caller) Change(ctx context.Context, base string, h Held, verb string, body any) Answer {
	if body == nil {
		body = struct{}{}
	}
	return c.Do(ctx, http.MethodPost, base+"/api/v1/bookings/"+h.ID+"/"+verb, body, "Authorization", "Bearer "+h.Token)
}

// SetClock moves every instance's clock and waits until both have heard.
func (c *Caller) SetClock(ctx context.Context, body map[string]string, at ...*Instance) error {
	if a := c.Do(ctx, http.MethodPost, at[0].Base+"/dev/clock", body); a.Err != nil || a.Status != http.StatusOK {
		return fmt.Errorf("the clock could not be moved: %s", a)
	}
	return Pause(ctx, 500*time.Millisecond) // instances look five times a second
}

// Pause waits, unless ctx ends first.
func Pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
