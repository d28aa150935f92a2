// Package upgrade compares two versions and runs them side by side during a rolling deployment.
package upgrade

import (
	"cmp"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"wattle/tools/rig"
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
func Run(t *rig.Trial) {
	equalAnswers(t)
	rolling(t)
}

// older is a deployment of the older binary.
func older(t *rig.Trial) *rig.Deployment {
	h := rig.NewDeployment(t)
	h.Binary = cmp.Or(t.Before, t.Binary)
	return h
}

// side is one version on its own database.
type side struct {
	*rig.Instance
	known names
}

// equalAnswers sends the whole corpus to both versions.
func equalAnswers(t *rig.Trial) {
	steps, err := parseCorpus(corpusText)
	t.Must(err)
	p := &player{Trial: t, c: rig.NewCaller(t, 4), index: map[string]int{}}
	p.expected, err = readExpected(t.Expected)
	t.Must(err)
	p.start()
	p.settle()
	p.discover()
	for _, s := range steps {
		p.step(s)
	}
	p.report()
}

// start starts each version on its own copy of the data that the older version made.
func (p *player) start() {
	one := older(p.Trial)
	maker := one.Start("maker")
	p.c.SetClock(maker, map[string]string{"now": corpusStart.Format(time.RFC3339Nano)})
	one.Run("seed", "-replace", "-n", fmt.Sprint(upgradePeople), "-seed", fmt.Sprint(p.Seed))
	one.Disconnect()
	maker.Stop()
	other := rig.NewDeployment(p.Trial)
	if out, err := exec.Command("cp", "-a", filepath.Join(one.Dir, "var"), other.Dir).CombinedOutput(); err != nil {
		p.Fail("copying the data: %v\n%s", err, out)
	}
	p.sides = [2]*side{{one.Start("before"), names{}}, {other.Start("after"), names{}}}
}
