package main

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

// answer is what came back for one request; err is set when nothing whole did.
type answer struct {
	status int
	body   []byte
	header http.Header
	took   time.Duration
	err    error
}

// read decodes the body, whose form the contract gives.
func (a answer) read(dst any) error {
	if a.err != nil {
		return a.err
	}
	if err := json.Unmarshal(a.body, dst); err != nil {
		return fmt.Errorf("status %d with a body that is not the contract's: %w", a.status, err)
	}
	return nil
}

func (a answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return fmt.Sprintf("%d %.300s", a.status, a.body)
}

// caller makes requests over its own connections.
type caller struct{ http *http.Client }

func newCaller(connections int) *caller {
	return &caller{&http.Client{
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

// do sends body as JSON (nil is none) and reads the whole answer. headers are names and values in turn.
func (c *caller) do(ctx context.Context, method, address string, body any, headers ...string) answer {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return answer{err: err}
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return answer{err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	took := clock.Stopwatch()
	res, err := c.http.Do(req)
	if err != nil {
		return answer{err: err, took: took()}
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	a.body, a.err = io.ReadAll(res.Body)
	a.took = took()
	return a
}

func (c *caller) get(ctx context.Context, address string) answer {
	return c.do(ctx, http.MethodGet, address, nil)
}

// person is what the list shows of a therapist.
type person struct {
	Slug      string     `json:"slug"`
	State     string     `json:"state"`
	Postcode  string     `json:"postcode"`
	Accepting bool       `json:"accepting"`
	Next      *time.Time `json:"next_available_at"`
	Service   string     `json:"next_service"`
}

// slot is a time on offer.
type slot struct {
	Starts time.Time `json:"starts_at"`
	Ends   time.Time `json:"ends_at"`
	Modes  []string  `json:"modes"`
}

// calendar is the slots of one therapist.
type calendar struct {
	Service  string `json:"service"`
	Practice string `json:"therapist_timezone"`
	Zone     string `json:"timezone"`
	Days     []struct {
		Date  string `json:"date"`
		Slots []slot `json:"slots"`
	} `json:"days"`
}

func (c calendar) all() (list []slot) {
	for _, d := range c.Days {
		list = append(list, d.Slots...)
	}
	return list
}

// people is everybody the list shows under the query.
func (c *caller) people(ctx context.Context, base, query string) (all []person, err error) {
	for page := 1; ; page++ {
		var got struct {
			Total   int      `json:"total"`
			Results []person `json:"results"`
		}
		a := c.get(ctx, base+"/api/v1/therapists?per_page=50&page="+strconv.Itoa(page)+"&"+query)
		if err := a.read(&got); err != nil || a.status != http.StatusOK {
			return nil, fmt.Errorf("the list answered %s (%v)", a, err)
		}
		all = append(all, got.Results...)
		if len(got.Results) == 0 || len(all) >= got.Total {
			return all, nil
		}
	}
}

// bookable is everybody who has a next free time.
func (c *caller) bookable(ctx context.Context, base string) (list []person, err error) {
	all, err := c.people(ctx, base, "accepting=true&free_consultation=true")
	for _, p := range all {
		if p.Next != nil {
			list = append(list, p)
		}
	}
	if err == nil && len(list) == 0 {
		err = errEmpty
	}
	return list, err
}

// slots asks for a calendar; query holds days, from, tz and so on.
func (c *caller) slots(ctx context.Context, base, slug, query string) (cal calendar, err error) {
	a := c.get(ctx, base+"/api/v1/therapists/"+url.PathEscape(slug)+"/slots?"+query)
	if err := a.read(&cal); err != nil || a.status != http.StatusOK {
		return cal, fmt.Errorf("the slots of %s answered %s (%v)", slug, a, err)
	}
	return cal, nil
}

// request is the body of POST /bookings.
type request struct {
	Therapist string    `json:"therapist"`
	Service   string    `json:"service"`
	Mode      string    `json:"mode"`
	Starts    time.Time `json:"starts_at"`
	Client    client    `json:"client"`
	Note      string    `json:"note,omitempty"`
}

type client struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// held is the answer to a booking that was placed.
type held struct {
	ID        string    `json:"id"`
	Token     string    `json:"token"`
	HeldUntil time.Time `json:"held_until"`
}

// want is a booking of the free consultation at a slot, for the client with this address.
func want(slug string, s slot, email string) request {
	return request{Therapist: slug, Service: "free-consultation", Mode: s.Modes[0], Starts: s.Starts,
		Client: client{"Verity Example", email, "0491 570 006"}}
}

// book holds a time.
func (c *caller) book(ctx context.Context, base string, r request, headers ...string) (answer, held) {
	a := c.do(ctx, http.MethodPost, base+"/api/v1/bookings", r, headers...)
	var h held
	if a.err == nil && a.status == http.StatusCreated {
		a.err = a.read(&h)
	}
	return a, h
}

// change makes one of the calls on a booking.
func (c *caller) change(ctx context.Context, base string, h held, verb string, body any) answer {
	if body == nil {
		body = struct{}{}
	}
	return c.do(ctx, http.MethodPost, base+"/api/v1/bookings/"+h.ID+"/"+verb, body, "Authorization", "Bearer "+h.Token)
}

// setClock moves every instance's clock and waits until both have heard.
func (c *caller) setClock(ctx context.Context, body map[string]string, at ...*instance) error {
	if a := c.do(ctx, http.MethodPost, at[0].base+"/dev/clock", body); a.err != nil || a.status != http.StatusOK {
		return fmt.Errorf("the clock could not be moved: %s", a)
	}
	return pause(ctx, 500*time.Millisecond) // instances look five times a second
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
