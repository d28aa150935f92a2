package live

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"wattle/tools/bench/lab"
	"wattle/tools/rig"
)

// mostBooked is how many people the visitors book.
const mostBooked = 400

// visitors are a day's traffic to a server: 80 % results and profiles, 15 % times, 4 % suggestions and
// 1 % whole bookings.
type visitors struct {
	*lab.Lab
	server *lab.Server
	caller *rig.Caller
	slugs  []string // people who can be booked
	series uint64   // in the addresses, so that no earlier mail is found
	serial atomic.Int64
}

// newVisitors starts a server for so many people and warms it up.
func newVisitors(l *lab.Lab, people int) *visitors {
	v := &visitors{Lab: l, server: l.Serve(people), caller: rig.NewCaller(l.Trial, maxInFlight), series: rand.Uint64()}
	list := v.caller.Bookable(v.server.Instance, 1)
	for _, p := range list[:min(len(list), mostBooked)] {
		v.slugs = append(v.slugs, p.Slug)
	}
	v.at(firstRate, probePeriod)
	return v
}

var (
	searched = []string{"state=nsw&type=psychologist", "state=vic&type=counsellor&max_fee=180",
		"issue=anxiety&available=week", "q=anxiety", "issue=grief&language=mandarin", "gender=woman&sort=price",
		"state=qld&mode=video", "near=newtown+nsw+2042&sort=distance", "", "q=nguyen"}
	typed = []string{"anx", "newt", "psych", "dep", "kar", "anxiety in car", "tra", "melb"}
)

// visit is one visit of the mix. It reports each request to done; the first one counts from due, when
// it should have begun.
func (v *visitors) visit(r *rand.Rand, due func() time.Duration, done func(time.Duration, error)) {
	slug := v.slugs[r.IntN(len(v.slugs))]
	path := ""
	switch n := r.IntN(100); {
	case n < 50:
		path = fmt.Sprintf("/therapists?%s&page=%d", searched[r.IntN(len(searched))], 1+r.IntN(3))
	case n < 80:
		path = "/therapist/" + slug
	case n < 95:
		path = "/therapist/" + slug + "/book"
	case n < 99:
		path = "/suggest?q=" + url.QueryEscape(typed[r.IntN(len(typed))])
	default:
		v.book(r, slug, due, done)
		return
	}
	a := v.caller.Page(v.server.Instance, path)
	if a.Err == nil && a.Status != http.StatusOK {
		a.Err = fmt.Errorf("%s answers %d", path, a.Status)
	}
	done(due(), a.Err)
}

// codeWait is how long a visitor waits for the mail with the code.
const codeWait = 20 * time.Second

// book is a whole booking: times, hold, code, confirmation. A slot that another visitor took is no
// error.
func (v *visitors) book(r *rand.Rand, slug string, due func() time.Duration, done func(time.Duration, error)) {
	at := v.server.Instance
	var calendar rig.Calendar
	err := v.caller.Get(at, "/api/v1/therapists/"+slug+"/slots?days=30").Read(&calendar)
	done(due(), err)
	slots := calendar.All()
	if err != nil || len(slots) == 0 {
		return
	}
	email := fmt.Sprintf("visitor-%d-%d@example.org", v.series, v.serial.Add(1))
	a, held := v.caller.Book(at, rig.Want(slug, slots[r.IntN(len(slots))], email))
	done(a.Took, failure(a))
	if held.ID == "" {
		return
	}
	code := ""
	if v.Wait(codeWait, func() bool {
		code = v.server.CodeOf(email)
		return code != ""
	}) > codeWait {
		done(codeWait, fmt.Errorf("no code was sent within %s", codeWait))
		return
	}
	a = v.caller.Change(at, held, "confirm", map[string]any{"code": code})
	done(a.Took, failure(a))
}

// failure is the error of an answer; a conflict is none.
func failure(a rig.Answer) error {
	if a.Err == nil && a.Status == http.StatusConflict {
		return nil
	}
	return a.Read(new(struct{}))
}
