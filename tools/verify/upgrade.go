package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	upgradePeople = 400
	corpusLeast   = 300
	answerWithin  = 20 * time.Second
)

// corpusStart is the development time at which the corpus starts. It lies mid-second, so that two
// answers a few milliseconds apart show the same second.
var corpusStart = time.Date(2026, 11, 16, 23, 1, 20, 500_000_000, time.UTC)

// upgrade compares the binary with an older one (-before; without it with itself): equal answers on
// equal databases, then a rolling deployment on one database.
func upgrade(ctx context.Context, t *trial) error {
	before := t.withBinary(t.before)
	if err := equalAnswers(ctx, t, before); err != nil {
		return err
	}
	return rolling(ctx, t, before)
}

// withBinary is a trial that runs another binary and ends with this one.
func (t *trial) withBinary(path string) *trial {
	other := &trial{options: t.options, name: t.name}
	if path != "" {
		other.binary = path
	}
	t.after(other.end)
	return other
}

// side is one version on its own database.
type side struct {
	*instance
	known names
}

// equalAnswers sends the whole corpus to both versions.
func equalAnswers(ctx context.Context, t, before *trial) error {
	steps, err := parseCorpus(corpusText)
	if err != nil {
		return err
	}
	names, err := readExpected(t.expected)
	if err != nil {
		return err
	}
	c := newCaller(4)
	old, fresh, err := equalHouses(ctx, t, before, c)
	if err != nil {
		return err
	}
	p := &player{trial: t, c: c, sides: [2]*side{old, fresh}, expected: names, index: map[string]int{}}
	if err := p.settle(ctx); err != nil {
		return err
	}
	if err := p.discover(ctx); err != nil {
		return err
	}
	for _, s := range steps {
		if err := p.step(ctx, s); err != nil {
			return err
		}
	}
	p.report()
	return nil
}

// equalHouses starts each version on its own copy of the data that the older version made.
func equalHouses(ctx context.Context, t, before *trial, c *caller) (old, fresh *side, err error) {
	one, err := newHouse(before)
	if err != nil {
		return nil, nil, err
	}
	maker, err := one.start(ctx, "maker")
	if err != nil {
		return nil, nil, err
	}
	if err := c.setClock(ctx, map[string]string{"now": corpusStart.Format(time.RFC3339Nano)}, maker); err != nil {
		return nil, nil, err
	}
	seed := one.command("seed", "-replace", "-n", fmt.Sprint(upgradePeople), "-seed", fmt.Sprint(t.seed))
	if out, err := seed.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("the older version does not seed: %w\n%s", err, out)
	}
	one.app.Close()
	one.owner.Close()
	one.app, one.owner = nil, nil
	maker.stop()
	other, err := newHouse(t)
	if err != nil {
		return nil, nil, err
	}
	if out, err := exec.Command("cp", "-a", filepath.Join(one.dir, "var"), other.dir).CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("copying the data: %w\n%s", err, out)
	}
	a, err := one.start(ctx, "before")
	if err != nil {
		return nil, nil, err
	}
	b, err := other.start(ctx, "after")
	return &side{a, names{}}, &side{b, names{}}, err
}
