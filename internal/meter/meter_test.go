package meter

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestDurationsAreCountedInTheirBucketsAndAllAbove(t *testing.T) {
	h := &Histogram{Name: "took_seconds", Help: "How long.", Labels: []string{"engine", "kind"}}
	for _, d := range []time.Duration{0, 25 * time.Microsecond, 26 * time.Microsecond, 3 * time.Millisecond, time.Minute} {
		h.Observe(d, "embedded", `a "b"`)
	}
	h.Observe(time.Second, "another", "c")
	var b strings.Builder
	h.Write(&b)
	for _, want := range []string{
		"# TYPE took_seconds histogram\n",
		`took_seconds_bucket{engine="embedded",kind="a \"b\"",le="2.5e-05"} 2` + "\n",
		`took_seconds_bucket{engine="embedded",kind="a \"b\"",le="5e-05"} 3` + "\n",
		`took_seconds_bucket{engine="embedded",kind="a \"b\"",le="0.0025"} 3` + "\n",
		`took_seconds_bucket{engine="embedded",kind="a \"b\"",le="0.005"} 4` + "\n",
		`took_seconds_bucket{engine="embedded",kind="a \"b\"",le="+Inf"} 5` + "\n",
		`took_seconds_count{engine="embedded",kind="a \"b\""} 5` + "\n",
		`took_seconds_sum{engine="another",kind="c"} 1` + "\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Index(b.String(), "another") > strings.Index(b.String(), "embedded") {
		t.Error("the series are not in order")
	}
}

func TestNothingIsLostWhenManyCountAtOnce(t *testing.T) {
	h := &Histogram{Name: "x", Labels: []string{"a"}}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 1000 {
				h.Observe(time.Millisecond, "b")
			}
		})
	}
	group.Wait()
	var b strings.Builder
	h.Write(&b)
	if !strings.Contains(b.String(), `x_count{a="b"} 8000`) {
		t.Error(b.String())
	}
}

func TestFiguresCarryTheirLabels(t *testing.T) {
	var b strings.Builder
	Gauge(&b, "size", "How many.", 3)
	Counter(&b, "hits", "How often.", 5, "kept", "cards")
	Counter(&b, "hits", "", 6, "kept", "words")
	want := "# HELP size How many.\n# TYPE size gauge\nsize 3\n# HELP hits How often.\n# TYPE hits counter\nhits{kept=\"cards\"} 5\nhits{kept=\"words\"} 6\n"
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
}
