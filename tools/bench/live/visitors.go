package live

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/tools/bench/lab"
)

// visitors are a day's traffic to a server: 80 % results and profiles, 15 % times, 4 % suggestions and
// 1 % whole bookings.
type visitors struct {
	server *lab.Server
	http   *http.Client
	db     *pg.DB   // for the codes of captured mails
	slugs  []string // people who can be booked
	series uint64   // in the addresses, so that no earlier mail is found
	serial atomic.Int64
}

// newVisitors reads whom the server lists.
func newVisitors(ctx context.Context, s *lab.Server, database string) (*visitors, error) {
	v := &visitors{server: s, http: lab.Browser(maxInFlight), series: rand.Uint64()}
	for n := 1; n <= 8; n++ {
		var list struct {
			Results []struct {
				Slug string     `json:"slug"`
				Next *time.Time `json:"next_available_at"`
			} `json:"results"`
		}
		address := fmt.Sprintf("/api/v1/therapists?accepting=true&free_consultation=true&per_page=50&page=%d", n)
		if err := v.call(ctx, http.MethodGet, address, "", nil, &list); err != nil {
			return nil, err
		}
		for _, p := range list.Results {
			if p.Next != nil {
				v.slugs = append(v.slugs, p.Slug)
			}
		}
	}
	if len(v.slugs) == 0 {
		return nil, fmt.Errorf("the server lists nobody who can be booked")
	}
	var err error
	v.db, err = pg.Open(ctx, s.Lab.Cluster.URL("wattle_app", database))
	return v, err
}

func (v *visitors) close() { v.db.Close() }

var (
	searched = []string{"state=nsw&type=psychologist", "state=vic&type=counsellor&max_fee=180", "issue=anxiety&available=week", "q=anxiety",
		"issue=grief&language=mandarin", "gender=woman&sort=price", "state=qld&mode=video", "near=newtown+nsw+2042&sort=distance", "", "q=nguyen"}
	typed = []string{"anx", "newt", "psych", "dep", "kar", "anxiety in car", "tra", "melb"}
)

// visit is one visit of the mix. It reports each request to done; the first one counts from due, when
// it should have begun.
func (v *visitors) visit(ctx context.Context, r *rand.Rand, due func() time.Duration, done func(time.Duration, error)) {
	slug := v.slugs[r.IntN(len(v.slugs))]
	address := ""
	switch n := r.IntN(100); {
	case n < 50:
		address = fmt.Sprintf("/therapists?%s&page=%d", searched[r.IntN(len(searched))], 1+r.IntN(3))
	case n < 80:
		address = "/therapist/" + slug
	case n < 95:
		address = "/therapist/" + slug + "/book"
	case n < 99:
		address = "/suggest?q=" + url.QueryEscape(typed[r.IntN(len(typed))])
	default:
		v.book(ctx, r, slug, due, done)
		return
	}
	status, err := lab.Page(ctx, v.http, v.server.Base+address)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s answers %d", address, status)
	}
	done(due(), err)
}

// codeWait is how long a visitor waits for the mail with the code.
const codeWait = 20 * time.Second

// book is a whole booking: times, hold, code, confirmation. A slot that another visitor took is no
// error.
func (v *visitors) book(ctx context.Context, r *rand.Rand, slug string, due func() time.Duration, done func(time.Duration, error)) {
	var calendar struct {
		Days []struct {
			Slots []struct {
				Starts string   `json:"starts_at"`
				Modes  []string `json:"modes"`
			} `json:"slots"`
		} `json:"days"`
	}
	err := v.call(ctx, http.MethodGet, "/api/v1/therapists/"+slug+"/slots?days=30", "", nil, &calendar)
	done(due(), err)
	if err != nil || len(calendar.Days) == 0 {
		return
	}
	day := calendar.Days[r.IntN(len(calendar.Days))]
	if len(day.Slots) == 0 {
		return
	}
	slot := day.Slots[r.IntN(len(day.Slots))]
	email := fmt.Sprintf("visitor-%d-%d@example.org", v.series, v.serial.Add(1))
	var held struct{ ID, Token string }
	watch := clock.Stopwatch()
	err = v.call(ctx, http.MethodPost, "/api/v1/bookings", "", map[string]any{"therapist": slug, "service": "free-consultation", "mode": slot.Modes[0],
		"starts_at": slot.Starts, "client": map[string]string{"name": "Verity Example", "email": email, "phone": "0491 570 006"}}, &held)
	done(watch(), err)
	if err != nil || held.ID == "" {
		return
	}
	code, err := v.code(ctx, email)
	if err != nil {
		done(codeWait, err)
		return
	}
	watch = clock.Stopwatch()
	err = v.call(ctx, http.MethodPost, "/api/v1/bookings/"+held.ID+"/confirm", held.Token, map[string]string{"code": code}, nil)
	done(watch(), err)
}

var codeDigits = regexp.MustCompile(`^(\d{6})\r?\n`)

// code waits for the captured mail to an address and reads the code in it.
func (v *visitors) code(ctx context.Context, email string) (string, error) {
	watch := clock.Stopwatch()
	for watch() < codeWait && ctx.Err() == nil {
		var texts []string
		if err := v.db.Select(ctx, &texts, `SELECT text_body FROM dev_mails WHERE to_addr = $1`, email); err != nil {
			return "", err
		}
		for _, text := range texts {
			if m := codeDigits.FindStringSubmatch(text); m != nil {
				return m[1], nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return "", fmt.Errorf("no code was sent within %s", codeWait)
}

// call makes a request of the API. 409 is no error and leaves answer as it is.
func (v *visitors) call(ctx context.Context, method, address, token string, body, answer any) error {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, v.server.Base+address, content)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := v.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	switch {
	case err != nil || res.StatusCode == http.StatusConflict:
		return err
	case res.StatusCode >= 300:
		return fmt.Errorf("%s %s answers %d: %.200s", method, address, res.StatusCode, text)
	case answer == nil:
		return nil
	}
	return json.Unmarshal(text, answer)
}
