package booking

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// cache remembers practices for planning holds, so that a hold is one statement. It need not be
// fresh: the statement places nothing unless version, service and listing are still those it was
// planned with.
type cache struct {
	mu     sync.Mutex
	bySlug map[string]*practice
	ids    map[int64]string

	loads singleflight.Group // a crowd at one practice reads it once
}

const cacheSize = 10_000 // practices; some 3 KB each

func (c *cache) get(slug string, id int64) *practice {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slug == "" {
		slug = c.ids[id]
	}
	return c.bySlug[slug]
}

func (c *cache) put(p *practice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bySlug == nil || len(c.bySlug) >= cacheSize {
		c.bySlug, c.ids = map[string]*practice{}, map[int64]string{}
	}
	c.bySlug[p.Slug], c.ids[p.ID] = p, p.Slug
}

// plannedWith is the practice a hold is planned with, and whether it was read just now.
func (s *Service) plannedWith(ctx context.Context, req *HoldRequest) (p *practice, fresh bool, err error) {
	if p := s.known.get(req.Slug, req.TherapistID); p != nil {
		return p, false, nil
	}
	p, err = s.load(ctx, req.Slug, req.TherapistID)
	return p, true, err
}

func (s *Service) reload(ctx context.Context, slug string) (*practice, error) {
	return s.load(ctx, slug, 0)
}

func (s *Service) load(ctx context.Context, slug string, id int64) (*practice, error) {
	v, err, _ := s.known.loads.Do(slug+"/"+strconv.FormatInt(id, 10), func() (any, error) {
		p, err := s.practice(context.WithoutCancel(ctx), slug, id)
		if err == nil {
			s.known.put(p)
		}
		return p, err
	})
	p, _ := v.(*practice)
	return p, err
}

// busyNow is what is taken in a practice's calendar, besides the booking named except. A crowd that
// lost a race reads it once.
func (s *Service) busyNow(ctx context.Context, therapist int64, except string, now time.Time) ([]Busy, error) {
	v, err, _ := s.known.loads.Do("busy/"+strconv.FormatInt(therapist, 10)+"/"+except, func() (any, error) {
		p := &practice{ID: therapist}
		err := fillBusy(context.WithoutCancel(ctx), s.DB, []*practice{p}, except, now)
		return p.busy, err
	})
	busy, _ := v.([]Busy)
	return busy, err
}
