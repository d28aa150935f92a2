package poster

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var ada = Person{Name: "Dr Ada Example", Title: "Clinical Psychologist", Initials: "AE", Place: "Newtown NSW 2042"}

func decoded(t interface {
	Helper()
	Fatal(...any)
}, p interface{ PNG() ([]byte, error) }) image.Image {
	t.Helper()
	b, err := p.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestPicturesHaveThePreviewSizeAndAreDeterministic(t *testing.T) {
	for what, p := range map[string]interface{ PNG() ([]byte, error) }{"person": ada, "guide": Guide{"What therapy costs", "6 minutes to read"}} {
		if size := decoded(t, p).Bounds().Size(); size != image.Pt(1200, 630) {
			t.Errorf("%s: %v", what, size)
		}
		first, _ := p.PNG()
		second, _ := p.PNG()
		if !bytes.Equal(first, second) {
			t.Errorf("%s: drawn twice it differs", what)
		}
		if len(first) > 150_000 {
			t.Errorf("%s: %d bytes", what, len(first))
		}
	}
}

func TestVersionChangesWithEveryPrintedField(t *testing.T) {
	seen := map[string]bool{ada.Version(): true}
	for _, change := range []func(*Person){
		func(p *Person) { p.Name += "s" }, func(p *Person) { p.Title = "Psychologist" }, func(p *Person) { p.Place = "" },
		func(p *Person) { p.Initials = "BE" }, func(p *Person) { p.Fiction = true }, func(p *Person) { p.Name, p.Title = p.Title, p.Name },
	} {
		p := ada
		change(&p)
		if seen[p.Version()] {
			t.Errorf("%+v shares its version with another picture", p)
		}
		seen[p.Version()] = true
	}
	if (Guide{"a", "b"}).Version() == (Guide{"ab", ""}).Version() {
		t.Error("two guides share a version")
	}
}

// letters are the boxes of the printed lines of a column.
func letters(t interface {
	Helper()
	Fatal(...any)
}, col column) []image.Rectangle {
	t.Helper()
	c := newCanvas()
	if err := c.print(col); err != nil {
		t.Fatal(err)
	}
	return c.marks
}

func TestTextStaysWithinTheMargins(t *testing.T) {
	names := rapid.StringOf(rapid.RuneFrom([]rune("aWMiłŻéễ Qg- '’.")))
	rapid.Check(t, func(t *rapid.T) {
		p := Person{Name: names.Draw(t, "name"), Title: names.Draw(t, "title"), Place: names.Draw(t, "place"), Fiction: rapid.Bool().Draw(t, "fiction")}
		if rapid.Bool().Draw(t, "long") {
			p.Name = strings.Repeat(p.Name, 9)
		}
		for _, col := range []column{p.words(), Guide{p.Name, p.Title}.words()} {
			for _, mark := range letters(t, col) {
				if !mark.In(image.Rect(col.left-4, margin-24, col.right+4, High-band)) {
					t.Fatalf("%q reaches %v, beyond %d to %d", p.Name, mark, col.left, col.right)
				}
			}
		}
	})
}

func TestLongNamesWrapThenShrinkThenEndInAnEllipsis(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines int
		cut   bool
	}{
		{"Bo Li", 1, false},
		{"Dr Wilhelmina-Charlotte Papadimitriou-Featherstonehaugh", 3, false},
		{strings.Repeat("a", 40), 2, false},
		{strings.Repeat("Wolfeschlegelsteinhausen ", 12), 3, true},
	} {
		s, err := Person{Name: c.name}.words().paragraphs[0].fit(Wide-margin-520, 1)
		if err != nil {
			t.Fatal(err)
		}
		last := s.lines[len(s.lines)-1]
		if len(s.lines) > c.lines || strings.HasSuffix(last, "…") != c.cut {
			t.Errorf("%q is printed as %q", c.name, s.lines)
		}
		if !c.cut && strings.Join(strings.Fields(strings.Join(s.lines, "")), "") != strings.ReplaceAll(c.name, " ", "") {
			t.Errorf("%q lost something: %q", c.name, s.lines)
		}
	}
}

func TestUnprintableNamesAreLeftOut(t *testing.T) {
	for _, name := range []string{"陈 小明", "محمد علي", "Ιωάννης", "Ada 陈", "Ada\u200d", "", "  "} {
		p := ada
		p.Name = name
		for _, par := range p.words().paragraphs {
			if !printable(par.font, par.text) || strings.Contains(par.text, strings.TrimSpace(name)) && strings.TrimSpace(name) != "" {
				t.Errorf("%q is printed as %q", name, par.text)
			}
		}
		if first := p.words().paragraphs[0].text; first != ada.Title {
			t.Errorf("without a name the picture begins with %q", first)
		}
		decoded(t, p)
	}
	for _, name := range []string{"Nguyễn Thị Minh", "Łukasz Żółć", "Þórdís Ægisdóttir", "Zoë O’Connor", "João d’Ávila", "Mária Nagyová", "e\u0301le\u0300ve"} {
		if !printable(serif, name) {
			t.Errorf("%q cannot be printed", name)
		}
	}
}

func TestPictureOfAMadeUpPersonSaysSo(t *testing.T) {
	made := ada
	made.Fiction = true
	plain, fiction := decoded(t, ada), decoded(t, made)
	strip := 0
	for y := range High {
		for x := range Wide {
			if plain.At(x, y) == fiction.At(x, y) {
				continue
			}
			if y < High-band {
				t.Fatalf("something above the strip differs at (%d, %d)", x, y)
			}
			strip++
		}
	}
	if strip < 2000 {
		t.Errorf("only %d pixels say that the person is made up", strip)
	}
}

func TestTextContrastIsAtLeastFourAndAHalf(t *testing.T) {
	for _, pair := range [][2]color.NRGBA{{ink, paper}, {muted, paper}, {accent, paper}, {accent, mist}, {white, ground}, {soft, ground}} {
		if ratio := contrast(pair[0], pair[1]); ratio < 4.5 {
			t.Errorf("%v on %v: %.2f", pair[0], pair[1], ratio)
		}
	}
}

// contrast is WCAG's ratio.
func contrast(a, b color.NRGBA) float64 {
	light := func(c color.NRGBA) float64 {
		part := func(v uint8) float64 {
			if f := float64(v) / 255; f > 0.04045 {
				return math.Pow((f+0.055)/1.055, 2.4)
			} else {
				return f / 12.92
			}
		}
		return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
	}
	return (max(light(a), light(b)) + 0.05) / (min(light(a), light(b)) + 0.05)
}

func TestInitialsAreTheFirstLettersOfBothNames(t *testing.T) {
	for _, c := range []struct{ given, family, want string }{
		{"Ada", "Example", "AE"}, {"zoë", "o’Connor", "ZO"}, {"", "Example", "E"}, {"’t", "Hooft", "TH"}, {"", "", ""},
		{"Élise", "Żółć", "ÉŻ"},
	} {
		if got := Initials(c.given, c.family); got != c.want {
			t.Errorf("%q %q: %q", c.given, c.family, got)
		}
	}
}
