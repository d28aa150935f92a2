// Package meter counts how long things take, for the private /metrics: histograms in Prometheus'
// text format. Labels are names of our own, never what anybody typed.
package meter

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bounds are the upper ends of the buckets, from a search in the process to a request that waits.
var bounds = [...]time.Duration{25 * time.Microsecond, 50 * time.Microsecond, 100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond,
	2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
	250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second}

// Histogram counts durations by labels. Fill Name, Help and Labels, and use it from anywhere.
type Histogram struct {
	Name   string
	Help   string
	Labels []string

	series sync.Map // label values, joined → *series
}

type series struct {
	buckets [len(bounds) + 1]atomic.Int64
	sum     atomic.Int64 // nanoseconds
}

// Observe counts one duration under values of the labels, in their order.
func (h *Histogram) Observe(took time.Duration, values ...string) {
	key := strings.Join(values, "\x00")
	s, ok := h.series.Load(key)
	if !ok {
		s, _ = h.series.LoadOrStore(key, &series{})
	}
	i, _ := slices.BinarySearch(bounds[:], took)
	s.(*series).buckets[i].Add(1)
	s.(*series).sum.Add(int64(took))
}

// Write prints the histogram, series in order of their labels.
func (h *Histogram) Write(w io.Writer) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s histogram\n", h.Name, h.Help)
	var keys []string
	h.series.Range(func(key, _ any) bool { keys = append(keys, key.(string)); return true })
	slices.Sort(keys)
	for _, key := range keys {
		s, _ := h.series.Load(key)
		h.write(w, h.pairs(key), s.(*series))
	}
}

func (h *Histogram) write(w io.Writer, labels string, s *series) {
	comma := ""
	if labels != "" {
		comma = ","
	}
	var n int64
	for i := range s.buckets {
		n += s.buckets[i].Load()
		end := "+Inf"
		if i < len(bounds) {
			end = fmt.Sprint(bounds[i].Seconds())
		}
		fmt.Fprintf(w, "%s_bucket{%s%sle=%q} %d\n", h.Name, labels, comma, end, n)
	}
	fmt.Fprintf(w, "%s_sum{%s} %v\n%[1]s_count{%[2]s} %[4]d\n", h.Name, labels, time.Duration(s.sum.Load()).Seconds(), n)
}

var escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (h *Histogram) pairs(key string) string {
	var out []string
	for i, v := range strings.Split(key, "\x00") {
		if i < len(h.Labels) {
			out = append(out, h.Labels[i]+`="`+escapeLabel.Replace(v)+`"`)
		}
	}
	return strings.Join(out, ",")
}

// Gauge prints one figure, with label pairs of name and value.
func Gauge(w io.Writer, name, help string, value any, pairs ...string) {
	figure(w, "gauge", name, help, value, pairs)
}

// Counter prints one figure that only grows.
func Counter(w io.Writer, name, help string, value any, pairs ...string) {
	figure(w, "counter", name, help, value, pairs)
}

func figure(w io.Writer, kind, name, help string, value any, pairs []string) {
	if help != "" { // of several figures of one name the first brings it
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s %[3]s\n", name, help, kind)
	}
	var labels []string
	for i := 0; i+1 < len(pairs); i += 2 {
		labels = append(labels, pairs[i]+`="`+escapeLabel.Replace(pairs[i+1])+`"`)
	}
	if len(labels) > 0 {
		name += "{" + strings.Join(labels, ",") + "}"
	}
	fmt.Fprintf(w, "%s %v\n", name, value)
}
