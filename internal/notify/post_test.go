package notify

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg/pgtest"
)

// server is a mail server that records what it accepts and replies as set.
type server struct {
	mu       sync.Mutex
	accepted []string // Message-IDs
	answer   func() error
	slow     time.Duration
}

func (s *server) Send(ctx context.Context, m Message) error {
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer != nil {
		if err := s.answer(); err != nil {
			return err
		}
	}
	s.accepted = append(s.accepted, m.ID)
	return nil
}

func post(t *testing.T, s Sender) (*Post, *clock.Fixed) {
	t.Helper()
	c := clock.At(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))
	return &Post{DB: pgtest.New(t), Clock: c, Sender: s}, c
}

func TestEachKeyIsSentOnce(t *testing.T) {
	s := &server{}
	p, c := post(t, s)
	m := signIn(t, "account-7")
	for range 3 {
		if err := p.Deliver(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Hour)
	}
	if len(s.accepted) != 1 || s.accepted[0] != m.ID {
		t.Errorf("accepted %v", s.accepted)
	}
	if err := p.Deliver(t.Context(), signIn(t, "account-8")); err != nil || len(s.accepted) != 2 {
		t.Errorf("another account's mail has its own key: %v, %v", s.accepted, err)
	}
}

func TestConcurrentWorkersSendOneMail(t *testing.T) {
	s := &server{slow: 100 * time.Millisecond}
	p, _ := post(t, s)
	m := signIn(t, "account-7")
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if err := p.Deliver(t.Context(), m); err != nil && !errors.Is(err, fault.Unavailable) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(s.accepted) != 1 {
		t.Errorf("%d mails", len(s.accepted))
	}
}

func TestAnOutageLosesNoMail(t *testing.T) {
	away := true
	s := &server{answer: func() error {
		if away {
			return errors.New("connection refused")
		}
		return nil
	}}
	p, _ := post(t, s)
	m := signIn(t, "account-7")
	for range 5 {
		if err := p.Deliver(t.Context(), m); !errors.Is(err, fault.Unavailable) {
			t.Fatalf("got %v", err)
		}
	}
	away = false
	for range 2 {
		if err := p.Deliver(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.accepted) != 1 {
		t.Errorf("%d mails", len(s.accepted))
	}
}

func TestARefusalIsFinalUnlessRetriedByHand(t *testing.T) {
	no := errors.Join(ErrRefused, errors.New("reply 550"))
	s := &server{answer: func() error { return no }}
	p, _ := post(t, s)
	m := signIn(t, "account-7")
	if err := p.Deliver(t.Context(), m); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
	no = nil
	if err := p.Deliver(t.Context(), m); err != nil || len(s.accepted) != 1 {
		t.Errorf("%v, %d mails", err, len(s.accepted))
	}
}

// The worker dies after the server has accepted the mail and before recording it. The mail is sent again
// after the lease with the same Message-ID, which lets the mailbox drop it.
func TestACrashBeforeTheRecordRepeatsTheSameMail(t *testing.T) {
	s := &server{}
	p, c := post(t, s)
	m := signIn(t, "account-7")
	if attempt, err := claim(t.Context(), p.DB, m.Key, m.ID, c.Now()); err != nil || attempt != 1 {
		t.Fatal(attempt, err)
	}
	_ = s.Send(t.Context(), m) // the worker dies here
	c.Advance(Lease - time.Second)
	if err := p.Deliver(t.Context(), m); !errors.Is(err, fault.Unavailable) || len(s.accepted) != 1 {
		t.Fatalf("within the lease: %v, %d mails", err, len(s.accepted))
	}
	c.Advance(2 * time.Second)
	if err := p.Deliver(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if len(s.accepted) != 2 || s.accepted[0] != s.accepted[1] {
		t.Errorf("accepted %v", s.accepted)
	}
}

func TestALostReplyWaitsForTheLease(t *testing.T) {
	lost := ErrUnsure
	s := &server{answer: func() error { return lost }}
	p, c := post(t, s)
	m := signIn(t, "account-7")
	if err := p.Deliver(t.Context(), m); !errors.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	lost = nil
	if err := p.Deliver(t.Context(), m); !errors.Is(err, fault.Unavailable) || len(s.accepted) != 0 {
		t.Fatalf("got %v", err)
	}
	c.Advance(Lease)
	if err := p.Deliver(t.Context(), m); err != nil || len(s.accepted) != 1 {
		t.Fatalf("%v, %d mails", err, len(s.accepted))
	}
}

func TestAClaimFromTheFutureIsIgnored(t *testing.T) {
	s := &server{}
	p, c := post(t, s)
	m := signIn(t, "account-7")
	if _, err := claim(t.Context(), p.DB, m.Key, m.ID, c.Now().Add(49*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := p.Deliver(t.Context(), m); err != nil || len(s.accepted) != 1 {
		t.Errorf("%v, %d mails", err, len(s.accepted))
	}
}

// A worker that lost its claim must not change the result of its successor.
func TestALateWorkerCannotFailItsSuccessor(t *testing.T) {
	p, c := post(t, &server{})
	m := signIn(t, "account-7")
	first, _ := claim(t.Context(), p.DB, m.Key, m.ID, c.Now())
	c.Advance(Lease)
	second, err := claim(t.Context(), p.DB, m.Key, m.ID, c.Now())
	if err != nil || second != first+1 {
		t.Fatal(second, err)
	}
	if err := finish(t.Context(), p.DB, m.Key, first, false, c.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := claim(t.Context(), p.DB, m.Key, m.ID, c.Now()); !errors.Is(err, fault.Unavailable) {
		t.Errorf("the successor lost its claim: %v", err)
	}
	if err := finish(t.Context(), p.DB, m.Key, first, true, c.Now()); err != nil {
		t.Fatal(err)
	}
	if attempt, err := claim(t.Context(), p.DB, m.Key, m.ID, c.Now().Add(Lease)); attempt != 0 || err != nil {
		t.Errorf("an accepted mail would be repeated: %d, %v", attempt, err)
	}
}

func TestAShutdownFinishesTheCurrentMail(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &server{answer: func() error { cancel(); return nil }}
	p, _ := post(t, s)
	m := signIn(t, "account-7")
	if err := p.Deliver(ctx, m); err != nil {
		t.Fatal(err)
	}
	if err := p.Deliver(t.Context(), m); err != nil || len(s.accepted) != 1 {
		t.Errorf("%v, %d mails", err, len(s.accepted))
	}
}

func TestForgetDeletesOldDeliveries(t *testing.T) {
	p, c := post(t, &server{})
	m := signIn(t, "account-7")
	if err := p.Deliver(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		later time.Duration
		rows  int
	}{{KeepFor, 1}, {time.Second, 0}} {
		c.Advance(step.later)
		if err := p.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := p.DB.Get(t.Context(), &n, `SELECT count(*) FROM deliveries`); err != nil || n != step.rows {
			t.Errorf("after %v: %d rows, %v", step.later, n, err)
		}
	}
}
