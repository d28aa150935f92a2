package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
)

const (
	keyRounds = 20
	keyCopies = 50
)

// idempotent sends one request with one key fifty times at once to two instances: one booking, one
// mail, and fifty equal answers. The key with another body is 422, and whoever else uses the key
// never gets the first one's booking.
func idempotent(ctx context.Context, t *trial) error {
	h, a, b, err := twoInstances(ctx, t)
	if err != nil {
		return err
	}
	c := newCaller(keyCopies)
	list, err := hotTargets(ctx, c, a, t.times(keyRounds))
	if err != nil {
		return err
	}
	var lasted spans
	for n, target := range list {
		if err := keyRound(ctx, t, h, c, target, n, &lasted, a, b); err != nil {
			return err
		}
	}
	t.say("%d keys, each %d times at once over two instances: one booking and equal answers; %s", len(list), keyCopies, &lasted)
	if err := h.settled(ctx, t, 30e9); err != nil {
		return err
	}
	mails, err := h.count(ctx, `SELECT count(*) FROM dev_mails WHERE to_addr LIKE 'key%'`)
	t.want(mails == len(list), "%d mails for %d bookings", mails, len(list))
	return err
}

func keyRound(ctx context.Context, t *trial, h *house, c *caller, target target, n int, lasted *spans, at ...*instance) error {
	key := fmt.Sprintf("verify-%d-%d", t.seed, n)
	r := want(target.slug, target.slot, fmt.Sprintf("key%02d@example.org", n))
	answers := make([]answer, keyCopies)
	start := make(chan struct{})
	var first held
	go close(start)
	together(keyCopies, func(i int) {
		<-start
		a, got := c.book(ctx, at[i%len(at)].base, r, "Idempotency-Key", key)
		if answers[i] = a; i == 0 {
			first = got
		}
	})
	for _, a := range answers {
		lasted.add(a.took)
		if a.err != nil || a.status != http.StatusCreated || !bytes.Equal(a.body, answers[0].body) {
			t.miss("key %s: %s instead of the same 201", key, a)
		}
	}
	rows, err := h.count(ctx, `SELECT count(*) FROM bookings WHERE client_email = $1`, r.Client.Email)
	if err != nil {
		return err
	}
	t.want(rows == 1, "key %s made %d bookings", key, rows)
	other := r
	other.Note = "Another body under the same key."
	a, _ := c.book(ctx, at[n%2].base, other, "Idempotency-Key", key)
	t.want(a.status == http.StatusUnprocessableEntity, "the key with another body answered %s", a)
	return strangerWithKey(ctx, t, c, r, n, first, key, at...)
}

// strangerWithKey uses the same key as somebody else, for the same time: they learn nothing.
func strangerWithKey(ctx context.Context, t *trial, c *caller, r request, n int, first held, key string, at ...*instance) error {
	r.Client.Email = fmt.Sprintf("stranger%02d@example.org", n)
	a, got := c.book(ctx, at[n%2].base, r, "Idempotency-Key", key)
	leaks := first.ID == "" || bytes.Contains(a.body, []byte(first.ID)) || bytes.Contains(a.body, []byte(first.Token))
	t.want(!leaks && got.ID == "", "somebody else's key opened a booking: %s", a)
	t.want(a.status == http.StatusConflict || a.status == http.StatusUnprocessableEntity, "a stranger with the key was answered %s", a)
	return a.err
}
