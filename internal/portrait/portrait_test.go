package portrait

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

func everybody(n int, yield func(Person)) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		yield(From(r.IntN(1 << 30)))
	}
}

func TestACodeDecodesToItsPerson(t *testing.T) {
	everybody(5000, func(p Person) {
		if code := p.Code(); code < 0 || code > 1<<31-1 || From(code) != p {
			t.Fatalf("%+v became %+v", p, From(code))
		}
	})
}

func TestEveryNumberCanBeDrawn(t *testing.T) {
	for _, code := range []int{0, 1, 1<<31 - 1, -1, 12345} {
		if len(SVG(From(code))) == 0 {
			t.Errorf("nothing drawn for %d", code)
		}
	}
}

func TestPortraitsAreSmallWellFormedAndDeterministic(t *testing.T) {
	largest := 0
	everybody(5000, func(p Person) {
		svg := SVG(p)
		largest = max(largest, len(svg))
		if !bytes.Equal(svg, SVG(p)) {
			t.Errorf("%+v looks different the second time", p)
		}
		d := xml.NewDecoder(bytes.NewReader(svg))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%+v: %v\n%s", p, err, svg)
			}
		}
		for _, no := range []string{"NaN", "%!", "href", "style=", "script"} {
			if bytes.Contains(svg, []byte(no)) {
				t.Errorf("%+v has %s", p, no)
			}
		}
	})
	if largest > 2500 {
		t.Errorf("the largest portrait has %d bytes", largest)
	}
	t.Logf("largest: %d bytes", largest)
}

func TestPeopleDiffer(t *testing.T) {
	seen := map[string]bool{}
	for seed := range 400 {
		seen[string(SVG(Person{Seed: seed, Skin: 2, Hair: 1}))] = true
	}
	if len(seen) < 380 {
		t.Errorf("400 seeds make %d portraits", len(seen))
	}
}

func BenchmarkSVG(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		SVG(From(i * 7919 % (1 << 30)))
	}
}
