package directory

import "sync"

// halfLately bounds either half of the profiles that are kept unpacked.
const halfLately = 1024

// lately keeps the profiles unpacked that were asked for lately. The young half is filled; when it is
// full it becomes the old one, from which what is still asked for comes back.
type lately struct {
	mu         sync.Mutex
	young, old map[*record]*Therapist
}

// of unpacks a record, or gives it as it was unpacked before; false for none.
func (l *lately) of(r *record) (*Therapist, bool) {
	if r == nil {
		return nil, false
	}
	if t, ok := l.get(r); ok {
		return t, true
	}
	t := r.therapist()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(r, t)
	return t, true
}

func (l *lately) get(r *record) (*Therapist, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.young[r]
	if !ok {
		if t, ok = l.old[r]; ok {
			l.add(r, t)
		}
	}
	return t, ok
}

func (l *lately) add(r *record, t *Therapist) {
	if l.young == nil || len(l.young) >= halfLately {
		l.young, l.old = make(map[*record]*Therapist, halfLately), l.young
	}
	l.young[r] = t
}

// forget lets go of all of them.
func (l *lately) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.young, l.old = nil, nil
}
