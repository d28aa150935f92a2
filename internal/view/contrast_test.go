package view_test

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"testing"

	"wattle/static"
)

// Text pairs need 4.5:1 and the edges of controls 3:1 (WCAG 2.2, 1.4.3 and 1.4.11), in both
// colour schemes.
func TestColoursAreReadable(t *testing.T) {
	light, dark := tokens(t)
	text := map[string][]string{
		"ink":            {"paper", "card", "sand", "leaf-tint", "clay-tint", "gold-tint", "sky-tint"},
		"muted":          {"paper", "card", "sand", "clay-tint"},
		"link":           {"paper", "card", "sand", "leaf-tint", "gold-tint"},
		"on-accent":      {"accent", "accent-strong"},
		"accent-strong":  {"leaf-tint", "paper", "card"},
		"on-gold":        {"gold"},
		"on-clay":        {"clay"},
		"card":           {"clay-ink"},
		"clay-ink":       {"paper", "card", "clay-tint", "sand"},
		"sky-ink":        {"sky-tint", "card"},
		"leaf-ink":       {"leaf-tint", "card", "paper"},
		"gold-ink":       {"gold-tint"},
		"on-ground":      {"ground"},
		"on-ground-soft": {"ground"},
	}
	edges := map[string][]string{"control": {"card", "paper"}, "accent": {"card", "paper"}, "clay": {"card", "paper"}, "focus": {"paper", "card"}}
	for _, scheme := range []struct {
		name    string
		colours map[string]string
	}{{"light", light}, {"dark", dark}} {
		checkPairs(t, scheme.name, scheme.colours, text, 4.5)
		checkPairs(t, scheme.name, scheme.colours, edges, 3)
	}
}

func checkPairs(t *testing.T, scheme string, colours map[string]string, pairs map[string][]string, least float64) {
	t.Helper()
	for front, backs := range pairs {
		for _, back := range backs {
			got := contrast(colours[front], colours[back])
			if !(got >= least) {
				t.Errorf("%s: %s %q on %s %q is %.2f:1, want %.1f:1", scheme, front, colours[front], back, colours[back], got, least)
			}
		}
	}
}

var pair = regexp.MustCompile(`--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)`)

func tokens(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	css, err := fs.ReadFile(static.FS, "css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark = map[string]string{}, map[string]string{}
	for _, m := range pair.FindAllStringSubmatch(string(css), -1) {
		light[m[1]], dark[m[1]] = m[2], m[3]
	}
	return light, dark
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	if len(hex) != 7 {
		return math.NaN()
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(fmt.Sprintf("colour %q: %v", hex, err))
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
