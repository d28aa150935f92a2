package web

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/fault"
)

// slowPicture counts how often it is drawn, and how many are drawn at once.
type slowPicture struct {
	version            string
	drawn, now, atOnce *atomic.Int32
	let                chan struct{}
	fails              error
}

func (p slowPicture) Version() string { return p.version }

func (p slowPicture) PNG() ([]byte, error) {
	p.atOnce.Store(max(p.atOnce.Load(), p.now.Add(1)))
	<-p.let
	p.now.Add(-1)
	p.drawn.Add(1)
	return bytes.Repeat([]byte("x"), 100), p.fails
}

func TestPicturesAreDrawnOneAtATimeAndEachOnce(t *testing.T) {
	var drawn, now, atOnce atomic.Int32
	e, let := NewPictures(), make(chan struct{})
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if b, err := e.Draw(slowPicture{string(rune('a' + i%3)), &drawn, &now, &atOnce, let, nil}); err != nil || len(b) != 100 {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		})
	}
	close(let)
	all.Wait()
	if drawn.Load() != 3 || atOnce.Load() != 1 {
		t.Errorf("%d drawn, %d at once", drawn.Load(), atOnce.Load())
	}
	before := drawn.Load()
	for i := range 12 {
		if _, err := e.Draw(slowPicture{string(rune('a' + i%3)), &drawn, &now, &atOnce, let, nil}); err != nil {
			t.Error(err)
		}
	}
	if drawn.Load() != before {
		t.Error("a cached picture was drawn again")
	}
}

func TestAPictureThatFailsIsNotCached(t *testing.T) {
	var drawn, now, atOnce atomic.Int32
	e, let := NewPictures(), make(chan struct{})
	close(let)
	if _, err := e.Draw(slowPicture{"a", &drawn, &now, &atOnce, let, errors.New("no")}); err == nil {
		t.Error("the failure is lost")
	}
	if _, err := e.Draw(slowPicture{"a", &drawn, &now, &atOnce, let, nil}); err != nil {
		t.Errorf("after a failure: %v", err)
	}
	e.wait = time.Millisecond
	e.turns <- struct{}{} // another request is drawing
	if _, err := e.Draw(slowPicture{"b", &drawn, &now, &atOnce, let, nil}); fault.Of(err) != fault.Unavailable {
		t.Errorf("without a turn: %v", err)
	}
	if drawn.Load() != 2 {
		t.Errorf("%d drawn", drawn.Load())
	}
}
