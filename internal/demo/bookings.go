package demo

import (
	"encoding/base32"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
)

// call is a booked free call.
type call struct {
	id           string
	mode         string
	status       string // confirmed or completed
	starts       time.Time
	before       time.Duration // buffers
	after        time.Duration
	length       time.Duration
	wall         time.Time // the wall clock's face, as if it were UTC
	offset       int       // seconds east of UTC
	place        int       // number within the day; 0 without a daily cap
	client       *client
	openPlace    int // number among the client's three open calls; 0 when over
	made, change time.Time
}

// client is a fictional person who booked.
type client struct {
	id        int64
	name      string
	email     string
	zone      string
	created   time.Time
	therapist map[int64]bool
	starts    []time.Time
	open      int
}

// fill books a practice: all free times if it is to be full, otherwise a few or none, and some in the
// past.
func (g *generator) fill(d dice, p *person) {
	free, ok := p.FreeConsult()
	if !ok || p.Listing != directory.Listed {
		return
	}
	zone, _ := region.LoadZone(p.Zone)
	b := &booker{g: g, d: d, p: p, service: free, zone: zone, today: day(g.now.In(zone))}
	switch {
	case p.fate == full:
		for i := 1; i <= p.calendar.horizon+2; i++ {
			b.take(i, p.calendar.cap)
		}
	case p.fate != away && d.chance(45):
		for range d.between(1, 3) {
			b.take(d.between(1, 12), 1)
		}
	}
	if p.years > 0 && d.chance(30) {
		for range d.between(1, 5) {
			b.take(-d.between(1, 60), 1)
		}
	}
}

// booker books the times of one practice.
type booker struct {
	g       *generator
	d       dice
	p       *person
	service directory.Service
	zone    *time.Location
	today   time.Time
}

// take books up to n calls at different times on the day that many days from today.
func (b *booker) take(days, n int) {
	date := b.today.AddDate(0, 0, days)
	for _, h := range b.p.calendar.on(date, b.p.State) {
		modes := b.service.Modes
		if len(h.modes) > 0 {
			modes = without(h.modes, without(h.modes, modes))
		}
		if len(modes) == 0 {
			continue
		}
		for at := h.from; at+b.service.Minutes <= h.to && n > 0; at += 60 {
			if b.d.chance(40) && b.p.fate != full {
				continue
			}
			if b.book(date, at, pick(b.d, modes...)) {
				n--
			}
		}
	}
}

// book makes a booking unless it is too close to another. A past booking is completed.
func (b *booker) book(date time.Time, minute int, mode string) bool {
	wall := date.Add(time.Duration(minute) * time.Minute)
	starts := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, b.zone)
	_, offset := starts.Zone()
	x := call{
		mode: mode, status: "confirmed", starts: starts.UTC(), wall: wall, offset: offset,
		length: time.Duration(b.service.Minutes) * time.Minute,
		before: time.Duration(b.service.BufferBefore) * time.Minute,
		after:  time.Duration(b.service.BufferAfter) * time.Minute,
	}
	onDay := 1
	for _, y := range b.p.bookings {
		if y.starts.Sub(x.starts).Abs() < time.Hour {
			return false
		}
		if day(y.wall).Equal(date) {
			onDay++
		}
	}
	if b.p.calendar.cap > 0 {
		if onDay > b.p.calendar.cap {
			return false
		}
		x.place = onDay
	}
	if x.starts.Before(b.g.now.Add(2 * time.Hour)) {
		if x.starts.Add(x.length).After(b.g.now.Add(-time.Hour)) {
			return false
		}
		x.status = "completed"
	}
	b.finish(&x)
	b.p.bookings = append(b.p.bookings, x)
	return true
}

// finish assigns the id, the client and the times of creation and last change.
func (b *booker) finish(x *call) {
	x.id = bookingID(b.d, b.p.ID)
	x.made = minimum(x.starts, b.g.now).Add(-time.Duration(b.d.between(60, 9*24*60)) * time.Minute).Truncate(time.Second)
	x.change = x.made
	if x.status == "completed" {
		x.change = x.starts.Add(x.length)
	}
	x.client = b.g.clientFor(b.d, b.p, x)
	if x.status == "confirmed" {
		x.client.open++
		x.openPlace = x.client.open
	}
	x.client.starts = append(x.client.starts, x.starts)
	x.client.therapist[b.p.ID] = true
}

func minimum(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// bookingID returns an id in the usual format of 26 letters and digits. The salt keeps two directories
// with the same seed from sharing ids.
func bookingID(d dice, salt int64) string {
	var raw [16]byte
	from := rand.NewPCG(d.Uint64(), uint64(salt))
	binary.LittleEndian.PutUint64(raw[:8], from.Uint64())
	binary.LittleEndian.PutUint64(raw[8:], from.Uint64())
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}

// clientFor finds a client who may book: fewer than three open calls, none with this practice, none at
// nearly the same time. Often it is a new client.
func (g *generator) clientFor(d dice, p *person, x *call) *client {
	if d.chance(60) {
		for _, c := range g.recent {
			if c.free(p.ID, x) {
				return c
			}
		}
	}
	c := g.newClient(d, p, x)
	if len(g.recent) >= 30 {
		g.recent = g.recent[1:]
	}
	g.recent = append(g.recent, c)
	return c
}

func (c *client) free(therapist int64, x *call) bool {
	if c.open >= 3 || len(c.starts) >= 6 || c.therapist[therapist] || x.made.Before(c.created) {
		return false
	}
	for _, s := range c.starts {
		if s.Sub(x.starts).Abs() < 2*time.Hour {
			return false
		}
	}
	return true
}

func (g *generator) newClient(d dice, p *person, x *call) *client {
	g.clientNumber++
	n := pick(d, communities()...).named(d, pick(d, "woman", "woman", "man", "non-binary"))
	c := &client{
		name: n.given + " " + n.family, zone: p.Zone, created: x.made, therapist: map[int64]bool{},
		email: slugOf(n.given, "-") + "." + slugOf(n.family, "-") + "." + itoa(g.clientNumber) + "@example.com",
	}
	g.clients = append(g.clients, c)
	return c
}
