package booking

import (
	"context"
	"sync"
)

// cache remembers practices for planning holds, so that a hold is one statement. It need not be
// fresh: the statement places nothing unless version, service and listing are still those it was
// planned with.
type cache struct {
	mu     sync.Mutex
	bySlug map[string]*practice
	ids    map[int64]string
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
	if p, err = s.practice(ctx, req.Slug, req.TherapistID); err == nil {
		s.known.put(p)
	}
	return p, true, err
}

func (s *Service) reload(ctx context.Context, slug string) (*practice, error) {
	p, err := s.practice(ctx, slug, 0)
	if err == nil {
		s.known.put(p)
	}
	return p, err
}
