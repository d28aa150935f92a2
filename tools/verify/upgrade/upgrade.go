// Package upgrade compares two versions and runs them side by side during a rolling deployment.
package upgrade

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"wattle/tools/verify/rig"
)

const (
	upgradePeople = 400
	corpusLeast   = 300
	answerWithin  = 20 * time.Second
)

// corpusStart is the development time at which the corpus starts. It lies mid-second, so that two
// answers a few milliseconds apart show the same second.
var corpusStart = time.Date(2026, 11, 16, 23, 1, 20, 500_000_000, time.UTC)

// Run compares the binary with an older one (-before; without it with itself): equal answers on
// equal databases, then a rolling deployment on one database.
func Run(ctx context.Context, t *rig.Trial) error {
	before := withBinary(t, t.Before)
	if err := equalAnswers(ctx, t, before); err != nil {
		return err
	}
	return rolling(ctx, t, before)
}

// withBinary is a trial that runs another binary and ends with this one.
func withBinary(t *rig.Trial, path string) *rig.Trial {
	other := &rig.Trial{Options: t.Options, Name: t.Name}
	if path != "" {
		other.Binary = path
	}
	t.After(other.End)
	return other
}

// side is one version on its own database.
type side struct {
	*rig.Instance
	known names
}

// equalAnswers sends the whole corpus to both versions.
func equalAnswers(ctx context.Context, t, before *rig.Trial) error {
	steps, err := parseCorpus(corpusText)
	if err != nil {
		return err
	}
	names, err := readExpected(t.Expected)
	if err != nil {
		return err
	}
	c := rig.NewCaller(4)
	old, fresh, err := equalHouses(ctx, t, before, c)
	if err != nil {
		return err
	}
	p := &player{Trial: t, c: c, sides: [2]*side{old, fresh}, expected: names, index: map[string]int{}}
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
func equalHouses(ctx context.Context, t, before *rig.Trial, c *rig.Caller) (old, fresh *side, err error) {
	one, err := rig.NewDeployment(before)
	if err != nil {
		return nil, nil, err
	}
	maker, err := one.Start(ctx, "maker")
	if err != nil {
		return nil, nil, err
	}
	if err := c.SetClock(ctx, map[string]string{"now": corpusStart.Format(time.RFC3339Nano)}, maker); err != nil {
		return nil, nil, err
	}
	seed := one.Command("seed", "-replace", "-n", fmt.Sprint(upgradePeople), "-seed", fmt.Sprint(t.Seed))
	if out, err := seed.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("the older version does not seed: %w\n%s", err, out)
	}
	one.App.Close()
	one.Owner.Close()
	one.App, one.Owner = nil, nil
	maker.Stop()
	other, err := rig.NewDeployment(t)
	if err != nil {
		return nil, nil, err
	}
	if out, err := exec.Command("cp", "-a", filepath.Join(one.Dir, "var"), other.Dir).CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("copying the data: %w\n%s", err, out)
	}
	a, err := one.Start(ctx, "before")
	if err != nil {
		return nil, nil, err
	}
	b, err := other.Start(ctx, "after")
	return &side{a, names{}}, &side{b, names{}}, err
}
