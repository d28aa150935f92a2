package upgrade

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"wattle/tools/verify/booking"
	"wattle/tools/verify/rig"
)

// player sends requests to both sides and records the differences.
type player struct {
	*rig.Trial
	c        *rig.Caller
	sides    [2]*side
	expected []*expected

	asked, unequal int
	answered       rig.Tally // statuses of the version before
	found          []finding
	index          map[string]int // of findings, by their text
}

// finding is one distinct difference and how many answers show it.
type finding struct {
	hunk  hunk
	first string
	times int
	named *expected
}

// both calls f for the two sides at once.
func (p *player) both(f func(i int, s *side)) {
	var wg sync.WaitGroup
	for i, s := range p.sides {
		wg.Go(func() { f(i, s) })
	}
	wg.Wait()
}

// clock sets both clocks to the target of a CLOCK step.
func (p *player) clock(ctx context.Context, target string) error {
	parts := clockTarget.FindStringSubmatch(target)
	d, err := time.ParseDuration(parts[2])
	if err != nil {
		return err
	}
	at := corpusStart
	if parts[1] != "" {
		if at, err = time.Parse(time.RFC3339, p.sides[0].known.fill(parts[1], plain)); err != nil {
			return err
		}
	}
	var errs [2]error
	p.both(func(i int, s *side) {
		errs[i] = p.c.SetClock(ctx, map[string]string{"now": at.Add(d).Format(time.RFC3339Nano)}, s.Instance)
	})
	return errors.Join(errs[:]...)
}

// settle waits until both sides list the same next free times, at most answerWithin.
func (p *player) settle(ctx context.Context) error {
	if err := p.clock(ctx, "0s"); err != nil {
		return err
	}
	const list = "/api/v1/therapists?per_page=50&sort=soonest&page="
	for took := booking.Stopwatch(); took() < answerWithin; {
		if err := rig.Pause(ctx, time.Second); err != nil {
			return err
		}
		var texts [2]string
		p.both(func(i int, s *side) {
			for page := range 8 {
				texts[i] += string(p.c.Get(ctx, s.Base+list+fmt.Sprint(page+1)).Body)
			}
		})
		if texts[0] == texts[1] {
			break
		}
	}
	return p.clock(ctx, "0s")
}

// discover finds people {a} to {f}, with times at least an hour apart that offer video and phone,
// and {nocall}, who offers no free call.
func (p *player) discover(ctx context.Context) error {
	old := p.sides[0]
	list, err := p.c.Bookable(ctx, old.Base)
	if err != nil {
		return err
	}
	found := names{}
	for letter := 'a'; len(list) > 0 && letter <= 'f'; list = list[1:] {
		cal, err := p.c.Slots(ctx, old.Base, list[0].Slug, "days=28")
		if err != nil {
			return err
		}
		var times []time.Time
		for _, s := range cal.All() {
			apart := len(times) == 0 || s.Starts.Sub(times[len(times)-1]) >= time.Hour
			either := slices.Contains(s.Modes, "video") && slices.Contains(s.Modes, "phone")
			if either && apart && s.Starts.Sub(corpusStart) > 48*time.Hour {
				times = append(times, s.Starts)
			}
		}
		if len(times) < 12 {
			continue
		}
		found[string(letter)] = list[0].Slug
		for n := range 12 {
			found[fmt.Sprintf("%c.%d", letter, n+1)] = times[n].Format(time.RFC3339)
		}
		letter++
	}
	if found["f"] == "" {
		return rig.ErrEmpty
	}
	all, err := p.c.People(ctx, old.Base, "")
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Service != "free-consultation" && found["nocall"] == "" {
			found["nocall"] = o.Slug
		}
	}
	for _, s := range p.sides {
		for name, value := range found {
			s.known[name] = value
		}
	}
	return nil
}

// step sends one request to both sides, retries it as the corpus says, captures and compares.
func (p *player) step(ctx context.Context, s step) error {
	if s.method == "CLOCK" {
		return p.clock(ctx, s.target)
	}
	var answers [2]rig.Answer
	for took := booking.Stopwatch(); ; {
		p.both(func(i int, at *side) { answers[i] = ask(ctx, p.c, at, s) })
		if s.wait == "" || p.arrived(s, answers) {
			break
		}
		if took() > answerWithin {
			p.Miss("%s: no match for %q in both answers after %s", s, s.wait, answerWithin)
			break
		}
		if err := rig.Pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	for i, at := range p.sides {
		for _, take := range s.captures {
			m := regexp.MustCompile(at.known.fill(take.pattern, regexp.QuoteMeta)).FindStringSubmatch(whole(answers[i]))
			if m == nil {
				p.Miss("%s: no {%s} in the answer of %s", s, take.name, at.Name)
				continue
			}
			at.known[take.name] = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if s.method != "TAKE" {
		p.compare(s, answers)
	}
	return ctx.Err()
}

func (p *player) arrived(s step, answers [2]rig.Answer) bool {
	for i, at := range p.sides {
		if !regexp.MustCompile(at.known.fill(s.wait, regexp.QuoteMeta)).Match(answers[i].Body) {
			return false
		}
	}
	return true
}

// whole is the text that captures match: headers, then the body.
func whole(a rig.Answer) string {
	var out strings.Builder
	for name, values := range a.Header {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(values, ", "))
	}
	return out.String() + string(a.Body)
}

// ask sends a step to one side.
func ask(ctx context.Context, c *rig.Caller, at *side, s step) rig.Answer {
	method := s.method
	if method == "TAKE" {
		method = http.MethodGet
	}
	var headers []string
	for i, h := range s.headers {
		if i%2 == 1 {
			h = at.known.fill(h, plain)
		}
		headers = append(headers, h)
	}
	return send(ctx, c, method, at.Base+at.known.fillTarget(s.target), at.known.fillBody(s), headers)
}

// send makes a request with a raw body and reads the whole answer.
func send(ctx context.Context, c *rig.Caller, method, address, body string, headers []string) rig.Answer {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return rig.Answer{Err: err}
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Http.Do(req)
	if err != nil {
		return rig.Answer{Err: err}
	}
	defer res.Body.Close()
	a := rig.Answer{Status: res.StatusCode, Header: res.Header}
	a.Body, a.Err = io.ReadAll(res.Body)
	return a
}

// compare records where the answers differ.
func (p *player) compare(s step, answers [2]rig.Answer) {
	p.asked++
	p.answered.Add(fmt.Sprint(answers[0].Status))
	before, after := printed(answers[0], p.sides[0].known), printed(answers[1], p.sides[1].known)
	if before[0] != after[0] { // with another status nothing else is comparable
		before, after = before[:1], after[:1]
	}
	list := differences(before, after)
	if len(list) > 0 {
		p.unequal++
	}
	for _, h := range list {
		text := h.String()
		var named *expected
		for _, e := range p.expected {
			if e.request.MatchString(s.String()) && e.place.MatchString(text) {
				named = e
				break
			}
		}
		key := text
		if named != nil {
			key, named.seen = named.reason, named.seen+1
		}
		if at, ok := p.index[key]; ok {
			p.found[at].times++
			continue
		}
		p.index[key] = len(p.found)
		p.found = append(p.found, finding{h, s.String(), 1, named})
	}
}

// shownFindings bounds how many differences are printed; all are counted.
const shownFindings = 60

func (p *player) report() {
	p.Want(p.asked >= corpusLeast, "the corpus has only %d requests", p.asked)
	unexpected := 0
	for _, f := range p.found {
		if f.named != nil {
			continue
		}
		if unexpected++; unexpected <= shownFindings {
			p.Say("differs %d ×, first in %s\n        %s", f.times, f.first, f.hunk.brief())
		}
	}
	for _, e := range p.expected {
		p.Say("expected: %s (%d ×)", e.reason, e.seen)
	}
	p.Say("%d requests answered by both versions (%s); %d answers differ", p.asked, &p.answered, p.unequal)
	p.Say("%d distinct differences, %d of them unexpected", len(p.found), unexpected)
	p.Want(unexpected == 0, "%d differences are not listed in %q", unexpected, p.Trial.Expected)
}
