package rig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wattle/internal/clock"
)

// Answer is the response to one request; Err is set when no whole response came.
type Answer struct {
	Status int
	Body   []byte
	Header http.Header
	Took   time.Duration
	Err    error
}

// Read decodes the body of a successful answer.
func (a Answer) Read(dst any) error {
	if a.Err != nil || a.Status/100 != 2 {
		return fmt.Errorf("answered %s", a)
	}
	return json.Unmarshal(a.Body, dst)
}

// String is the status and the beginning of the body.
func (a Answer) String() string {
	if a.Err != nil {
		return a.Err.Error()
	}
	return fmt.Sprintf("%d %.300s", a.Status, a.Body)
}

// Caller makes requests over its own connections.
type Caller struct {
	t    *Trial
	http *http.Client
}

// NewCaller makes a caller with this many kept connections.
func NewCaller(t *Trial, connections int) *Caller {
	return &Caller{t, &http.Client{
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

// Do sends a string as it is and any other body but nil as JSON. headers are names and values in turn.
func (c *Caller) Do(method, address string, body any, headers ...string) Answer {
	var content io.Reader
	if text, ok := body.(string); ok {
		content = strings.NewReader(text)
	} else if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return Answer{Err: err}
		}
		content, headers = bytes.NewReader(raw), append([]string{"Content-Type", "application/json"}, headers...)
	}
	req, err := http.NewRequestWithContext(c.t.Ctx, method, address, content)
	if err != nil {
		return Answer{Err: err}
	}
	for pair := range slices.Chunk(headers, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	took := clock.Stopwatch()
	res, err := c.http.Do(req)
	if err != nil {
		return Answer{Err: err, Took: took()}
	}
	defer res.Body.Close()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	a.Body, a.Err = io.ReadAll(res.Body)
	a.Took = took()
	return a
}

// Get asks an instance for a path.
func (c *Caller) Get(at *Instance, path string) Answer {
	return c.Do(http.MethodGet, at.Base+path, nil)
}

// Page asks for a page as a browser does.
func (c *Caller) Page(at *Instance, path string) Answer {
	return c.Do(http.MethodGet, at.Base+path, nil, "Accept-Encoding", "gzip, deflate, br, zstd")
}

// Person is a therapist as the list shows one.
type Person struct {
	Slug     string     `json:"slug"`
	State    string     `json:"state"`
	Postcode string     `json:"postcode"`
	Next     *time.Time `json:"next_available_at"`
	Service  string     `json:"next_service"`
}

// Slot is a time on offer.
type Slot struct {
	Starts time.Time `json:"starts_at"`
	Ends   time.Time `json:"ends_at"`
	Modes  []string  `json:"modes"`
}

// Target is a slot of a therapist.
type Target struct {
	Slug string
	Slot Slot
}

// Calendar is the slots of one therapist.
type Calendar struct {
	Practice string `json:"therapist_timezone"`
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

// People lists everyone who matches the query.
func (c *Caller) People(at *Instance, query string) (all []Person) {
	for page := 1; ; page++ {
		var got struct {
			Total   int      `json:"total"`
			Results []Person `json:"results"`
		}
		c.t.Must(c.Get(at, "/api/v1/therapists?per_page=50&page="+strconv.Itoa(page)+"&"+query).Read(&got))
		all = append(all, got.Results...)
		if len(got.Results) == 0 || len(all) >= got.Total {
			return all
		}
	}
}

// Bookable lists at least n people who have a next free time.
func (c *Caller) Bookable(at *Instance, n int) []Person {
	list := c.People(at, "accepting=true&free_consultation=true")
	list = slices.DeleteFunc(list, func(p Person) bool { return p.Next == nil })
	if len(list) < n {
		c.t.Fail("only %d of %d people can be booked", len(list), n)
	}
	return list
}

// Slots asks for a calendar; query holds days, from, tz and so on.
func (c *Caller) Slots(at *Instance, slug, query string) (cal Calendar) {
	c.t.Must(c.Get(at, "/api/v1/therapists/"+url.PathEscape(slug)+"/slots?"+query).Read(&cal))
	return cal
}

// SlotAt is the slot of a therapist that starts at a time, if it is on offer.
func (c *Caller) SlotAt(at *Instance, slug string, starts time.Time) (Slot, bool) {
	list := c.Slots(at, slug, "days=2&from="+starts.Format(time.DateOnly)).All()
	if i := slices.IndexFunc(list, func(s Slot) bool { return s.Starts.Equal(starts) }); i >= 0 {
		return list[i], true
	}
	return Slot{}, false
}

// Targets is n slots of different therapists, days ahead.
func (c *Caller) Targets(at *Instance, n int) (list []Target) {
	for _, p := range c.Bookable(at, n) {
		free := c.Slots(at, p.Slug, "days=21").All()
		if len(free) > 8 { // so that others are left to offer
			list = append(list, Target{p.Slug, free[len(free)/2]})
		}
		if len(list) == n {
			return list
		}
	}
	c.t.Fail("only %d of %d people have several free times", len(list), n)
	return nil
}

// Request is the body of POST /bookings.
type Request struct {
	Therapist string    `json:"therapist"`
	Service   string    `json:"service"`
	Mode      string    `json:"mode"`
	Starts    time.Time `json:"starts_at"`
	Client    Client    `json:"client"`
}

// Client is the person in a request.
type Client struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// Held is the answer to a hold.
type Held struct {
	ID    string `json:"id"`
	Token string `json:"token"`
}

// Want asks for the free consultation at a slot.
func Want(slug string, s Slot, email string) Request {
	return Request{Therapist: slug, Service: "free-consultation", Mode: s.Modes[0], Starts: s.Starts,
		Client: Client{"Verity Example", email, "0491 570 006"}}
}

// Book holds a time.
func (c *Caller) Book(at *Instance, r Request) (a Answer, h Held) {
	a = c.Do(http.MethodPost, at.Base+"/api/v1/bookings", r)
	if a.Status == http.StatusCreated && a.Err == nil {
		a.Err = a.Read(&h)
	}
	return a, h
}

// MustBook holds a time that has to be free.
func (c *Caller) MustBook(at *Instance, r Request) Held {
	a, h := c.Book(at, r)
	if a.Status != http.StatusCreated {
		c.t.Fail("%s has %s on offer and refuses it: %s", r.Therapist, r.Starts.Format(time.RFC3339), a)
	}
	return h
}

// Change makes one of the calls on a booking.
func (c *Caller) Change(at *Instance, h Held, verb string, body map[string]any) Answer {
	if body == nil {
		body = map[string]any{}
	}
	return c.Do(http.MethodPost, at.Base+"/api/v1/bookings/"+h.ID+"/"+verb, body, "Authorization", "Bearer "+h.Token)
}

// SetClock moves the clock of every instance: {"now": …} or {"advance": …}.
func (c *Caller) SetClock(at *Instance, body map[string]string) (now time.Time) {
	var got struct {
		Now time.Time `json:"now"`
	}
	if a := c.Do(http.MethodPost, at.Base+"/dev/clock", body); a.Status != http.StatusOK {
		c.t.Fail("the clock does not move: %s", a)
	}
	c.t.Pause(500 * time.Millisecond) // instances look five times a second
	c.t.Must(c.Get(at, "/dev/clock").Read(&got))
	return got.Now
}
