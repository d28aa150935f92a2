package upgrade

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"wattle/tools/rig"
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
	rig.Together(2, func(i int) { f(i, p.sides[i]) })
}

// clock sets both clocks to the target of a CLOCK step.
func (p *player) clock(target string) {
	parts := clockTarget.FindStringSubmatch(target)
	d, err := time.ParseDuration(parts[2])
	p.Must(err)
	at := corpusStart
	if parts[1] != "" {
		at, err = time.Parse(time.RFC3339, p.sides[0].known.fill(parts[1], plain))
		p.Must(err)
	}
	p.both(func(_ int, s *side) {
		p.c.SetClock(s.Instance, map[string]string{"now": at.Add(d).Format(time.RFC3339Nano)})
	})
}

// settle waits until both sides list the same next free times, at most answerWithin.
func (p *player) settle() {
	p.clock("0s")
	p.Pause(time.Second)
	p.Wait(answerWithin, func() bool {
		var texts [2]string
		p.both(func(i int, s *side) {
			for page := range 8 {
				path := fmt.Sprintf("/api/v1/therapists?per_page=50&sort=soonest&page=%d", page+1)
				texts[i] += string(p.c.Get(s.Instance, path).Body)
			}
		})
		return texts[0] == texts[1]
	})
	p.clock("0s")
}

// discover finds people {a} to {f}, with times at least an hour apart that offer video and phone,
// and {nocall}, who offers no free call.
func (p *player) discover() {
	old, found, letter := p.sides[0].Instance, names{}, 'a'
	for _, o := range p.c.Bookable(old, 6) {
		var times []time.Time
		for _, s := range p.c.Slots(old, o.Slug, "days=28").All() {
			apart := len(times) == 0 || s.Starts.Sub(times[len(times)-1]) >= time.Hour
			either := slices.Contains(s.Modes, "video") && slices.Contains(s.Modes, "phone")
			if either && apart && s.Starts.Sub(corpusStart) > 48*time.Hour {
				times = append(times, s.Starts)
			}
		}
		if len(times) < 12 || letter > 'f' {
			continue
		}
		found[string(letter)] = o.Slug
		for n := range 12 {
			found[fmt.Sprintf("%c.%d", letter, n+1)] = times[n].Format(time.RFC3339)
		}
		letter++
	}
	if letter <= 'f' {
		p.Fail("too few people have times for the corpus")
	}
	all := p.c.People(old, "")
	if i := slices.IndexFunc(all, func(o rig.Person) bool { return o.Service != "free-consultation" }); i >= 0 {
		found["nocall"] = all[i].Slug
	}
	for _, s := range p.sides {
		maps.Copy(s.known, found)
	}
}

// step sends one request to both sides, retries it as the corpus says, captures and compares.
func (p *player) step(s step) {
	if s.method == "CLOCK" {
		p.clock(s.target)
		return
	}
	var answers [2]rig.Answer
	took := p.Wait(answerWithin, func() bool {
		p.both(func(i int, at *side) { answers[i] = at.ask(p.c, s) })
		for i, at := range p.sides {
			if s.wait != "" && !regexp.MustCompile(at.known.fill(s.wait, regexp.QuoteMeta)).Match(answers[i].Body) {
				return false
			}
		}
		return true
	})
	p.Want(took <= answerWithin || s.wait == "", "%s: no match for %q in both answers after %s", s, s.wait, answerWithin)
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
}

// whole is the text that captures match: headers, then the body.
func whole(a rig.Answer) string {
	var out strings.Builder
	a.Header.Write(&out) //nolint:errcheck // a builder takes everything
	return strings.ReplaceAll(out.String(), "\r\n", "\n") + string(a.Body)
}

// ask sends a step to one side.
func (at *side) ask(c *rig.Caller, s step) rig.Answer {
	method := s.method
	if method == "TAKE" {
		method = http.MethodGet
	}
	headers := slices.Clone(s.headers)
	for i := 1; i < len(headers); i += 2 {
		headers[i] = at.known.fill(headers[i], plain)
	}
	return c.Do(method, at.Base+at.known.fillTarget(s.target), at.known.fillBody(s), headers...)
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
			p.Say("differs %d ×, first in %s\n%.600s", f.times, f.first, f.hunk)
		}
	}
	for _, e := range p.expected {
		p.Say("expected: %s (%d ×)", e.reason, e.seen)
	}
	p.Say("%d requests answered by both versions (%s); %d answers differ", p.asked, &p.answered, p.unequal)
	p.Say("%d distinct differences, %d of them unexpected", len(p.found), unexpected)
	p.Want(unexpected == 0, "%d differences are not listed in %q", unexpected, p.Trial.Expected)
}
