package raster

import (
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"wattle/internal/portrait"
)

// on draws the inside of a drawing of 10 by 10 onto 100 by 100 pixels and gives what is seen there.
func on(t *testing.T, inside string) func(x, y int) color.RGBA {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 100, 100))
	if err := Draw(img, img.Bounds(), []byte(`<svg viewBox="0 0 10 10">`+inside+`</svg>`)); err != nil {
		t.Fatalf("%s: %v", inside, err)
	}
	return img.RGBAAt
}

func TestWhatIsDrawnLiesWhereSVGSays(t *testing.T) {
	for _, c := range []struct {
		what, svg string
		in, out   []image.Point // painted and left alone
	}{
		{"a square by every straight command", `<path fill="#f00" d="M2 2H8V8h-6z"/>`, pts(21, 21, 79, 79, 50, 50), pts(19, 50, 81, 50, 50, 19)},
		{"further pairs after M are lines", `<path fill="#f00" d="m2 2 6 0 0 6-6 0"/>`, pts(21, 21, 79, 79), pts(50, 81)},
		{"a cubic and its smooth follower", `<path fill="#f00" d="M0 5C0 0 5 0 5 5S10 10 10 5z"/>`, pts(25, 30, 75, 70), pts(25, 70, 75, 30)},
		{"a quadratic and its smooth follower", `<path fill="#f00" d="M0 5Q2.5 0 5 5T10 5z"/>`, pts(25, 35, 75, 65), pts(25, 65, 75, 35)},
		{"an arc, the short way and the long", `<path fill="#f00" d="M2 5a3 3 0 0 1 6 0z"/>`, pts(50, 25), pts(50, 55)},
		{"an arc against the sweep", `<path fill="#f00" d="M2 5A3 3 0 0 0 8 5z"/>`, pts(50, 75), pts(50, 45)},
		{"a circle", `<circle fill="#f00" cx="5" cy="5" r="3"/>`, pts(50, 50, 50, 21, 70, 70), pts(75, 75, 50, 18)},
		{"an ellipse turned", `<ellipse fill="#f00" cx="5" cy="5" rx="4" ry="1" transform="rotate(90 5 5)"/>`, pts(50, 15, 50, 85), pts(15, 50, 85, 50)},
		{"a rectangle with round corners", `<rect fill="#f00" x="1" y="1" width="8" height="8" rx="3"/>`, pts(50, 12, 12, 50), pts(12, 12, 88, 88)},
		{"a group that moves", `<g transform="matrix(2 0 0 2 2 2)" fill="#f00"><path d="M0 0h2v2h-2z"/></g>`, pts(21, 21, 59, 59), pts(19, 19, 62, 62)},
		{"a hole by the even-odd rule", `<path fill="#f00" fill-rule="evenodd" d="M1 1h8v8h-8zM3 3h4v4h-4z"/>`, pts(20, 20, 80, 80), pts(50, 50)},
		{"no hole without it", `<path fill="#f00" d="M1 1h8v8h-8zM3 3h4v4h-4z"/>`, pts(20, 20, 50, 50), pts(5, 5)},
		{"a stroke with square ends", `<path stroke="#f00" stroke-width="2" d="M2 5h6"/>`, pts(21, 41, 79, 59), pts(15, 50, 85, 50, 50, 38)},
		{"a stroke with round ends", `<path stroke="#f00" stroke-width="2" stroke-linecap="round" d="M2 5h6"/>`, pts(13, 50, 87, 50), pts(12, 42)},
		{"a line without length is a dot", `<path stroke="#f00" stroke-width="4" stroke-linecap="round" d="M5 5h0"/>`, pts(50, 50, 32, 50), pts(25, 50)},
		{"a bend that overlaps itself", `<path fill="none" stroke="#f00" stroke-width="2" d="M2 8L5 2L8 8"/>`, pts(50, 20, 50, 25, 30, 60), pts(50, 60)},
		{"dashes", `<path stroke="#f00" stroke-width="2" stroke-dasharray="2 2" d="M0 5h10"/>`, pts(10, 50, 50, 50, 90, 50), pts(30, 50, 70, 50)},
		{"nothing filled", `<circle fill="none" cx="5" cy="5" r="3"/>`, nil, pts(50, 50)},
	} {
		at := on(t, c.svg)
		for _, p := range c.in {
			if at(p.X, p.Y) != (color.RGBA{0xFF, 0, 0, 0xFF}) {
				t.Errorf("%s: at %v is %v", c.what, p, at(p.X, p.Y))
			}
		}
		for _, p := range c.out {
			if at(p.X, p.Y) != (color.RGBA{}) {
				t.Errorf("%s: at %v is %v, where nothing should be", c.what, p, at(p.X, p.Y))
			}
		}
	}
}

func pts(xy ...int) (out []image.Point) {
	for i := 0; i < len(xy); i += 2 {
		out = append(out, image.Pt(xy[i], xy[i+1]))
	}
	return out
}

func TestOpacityLetsThroughWhatLiesBelow(t *testing.T) {
	at := on(t, `<path fill="#fff" d="M0 0h10v10H0z"/><path fill="#000" opacity=".5" d="M0 0h10v10H0z"/>`)
	if c := at(50, 50); c.R < 126 || c.R > 129 || c.A != 255 {
		t.Errorf("half black over white is %v", c)
	}
}

func TestADrawingCoversItsBoxAndNothingElse(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	r := image.Rect(10, 10, 50, 20) // four times as wide as high
	if err := Draw(img, r, []byte(`<svg viewBox="0 0 10 10"><path fill="#123456" d="M-9 -9h40v40h-40z"/></svg>`)); err != nil {
		t.Fatal(err)
	}
	for y := range 40 {
		for x := range 60 {
			if painted := img.RGBAAt(x, y).A == 255; painted != image.Pt(x, y).In(r) {
				t.Fatalf("(%d, %d) painted: %v", x, y, painted)
			}
		}
	}
}

func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for _, inside := range []string{`<text>x</text>`, `<path d="M0 0X5"/>`, `<path d="5 5"/>`, `<path d="M0"/>`, `<path d="L5 5"/>`, `<path style="fill:red" d="M0 0"/>`, `<path fill="red" d="M0 0h1"/>`,
		`<path fill="#12345" d="M0 0h1"/>`, `<g transform="skewX(3)"/>`, `<g>`, `<path d="M0 0zz"/>`, `<path stroke="url(#x)" d="M0 0h1"/>`} {
		img := image.NewRGBA(image.Rect(0, 0, 9, 9))
		if err := Draw(img, img.Bounds(), []byte(`<svg viewBox="0 0 10 10">`+inside+`</svg>`)); err == nil {
			t.Errorf("%s was drawn", inside)
		}
	}
	for _, box := range []string{"", "0 0 10", "0 0 0 10", "a b c d"} {
		if err := Draw(image.NewRGBA(image.Rect(0, 0, 9, 9)), image.Rect(0, 0, 9, 9), []byte(`<svg viewBox="`+box+`"/>`)); err == nil {
			t.Errorf("the box %q was taken", box)
		}
	}
}

func TestEveryPortraitIsDrawnWithoutAGap(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		code := r.IntN(1 << 30)
		img := image.NewRGBA(image.Rect(0, 0, 24, 24))
		if err := Draw(img, img.Bounds(), portrait.SVG(portrait.From(code))); err != nil {
			t.Fatalf("%d: %v", code, err)
		}
		for i := 3; i < len(img.Pix); i += 4 {
			if img.Pix[i] != 255 {
				t.Fatalf("%d: the backdrop does not cover pixel %d", code, i/4)
			}
		}
	}
}

func FuzzPathNeverPanics(f *testing.F) {
	for _, d := range []string{"M0 0", "M0 0q1.5.3-6 8t1 1a3 3 0 1 0 4 4zl1 1", "m2 2 6 0", "M0 0 10000000 1", "M1e9 1C", strings.Repeat("M0 0z", 9)} {
		f.Add(d)
	}
	f.Fuzz(func(t *testing.T, d string) {
		lines, err := path(d)
		if err != nil {
			return
		}
		img := image.NewRGBA(image.Rect(0, 0, 8, 8))
		p := &painter{dst: img, clip: img.Bounds()}
		_ = p.paint(lines, look{fill: "#000", stroke: "#fff", strokeWidth: 1, fillAlpha: 1, strokeAlpha: 1, evenOdd: true, at: affine{a: 1, d: 1}})
	})
}
