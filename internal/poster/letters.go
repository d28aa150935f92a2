package poster

import (
	_ "embed" // the fonts
	"image"
	"image/color"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

//go:embed fonts/fraunces.ttf
var frauncesTTF []byte

//go:embed fonts/figtree.ttf
var figtreeTTF []byte

var (
	serif = parsed(frauncesTTF)
	sans  = parsed(figtreeTTF)
)

func parsed(ttf []byte) *sfnt.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // the fonts are part of the program
	}
	return f
}

// printable reports whether a font has every letter of a text.
func printable(f *sfnt.Font, text string) bool {
	var b sfnt.Buffer
	for _, r := range norm.NFC.String(text) {
		if unicode.IsSpace(r) {
			continue
		}
		if g, err := f.GlyphIndex(&b, r); err != nil || g == 0 {
			return false
		}
	}
	return strings.TrimSpace(text) != ""
}

// column is a vertically centred block of paragraphs; all lengths are in pixels.
type column struct {
	left, right, top, bottom int
	toRight                  bool
	paragraphs               []paragraph
}

type paragraph struct {
	font        *sfnt.Font
	text        string
	size, least float64 // pixels: the preferred size and the smallest
	maxLines    int
	colour      color.NRGBA
	before      int // space above it
}

// add appends a paragraph. It leaves out text that the font cannot print.
func (c *column) add(f *sfnt.Font, text string, size, least float64, lines int, colour color.NRGBA, before int) {
	text = strings.Join(strings.Fields(norm.NFC.String(text)), " ")
	if printable(f, text) {
		c.paragraphs = append(c.paragraphs, paragraph{font: f, text: text, size: size, least: least, maxLines: lines,
			colour: colour, before: before})
	}
}

// textBlock is a paragraph wrapped into lines at the size that fits.
type textBlock struct {
	paragraph
	face  font.Face
	lines []string
	step  int // from one line to the next
}

func (b textBlock) height() int { return b.step * len(b.lines) }

// fit wraps a paragraph at the largest size at which it fits. Text that is too long at the smallest
// size ends in an ellipsis, so it never overflows.
func (p paragraph) fit(wide int, scale float64) (textBlock, error) {
	size := max(p.least, p.size*scale)
	for {
		face, err := opentype.NewFace(p.font, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return textBlock{}, err
		}
		smallest := size <= p.least
		lines, ok := wrap(face, p.text, wide, smallest)
		if smallest || ok && len(lines) <= p.maxLines {
			return textBlock{p, face, clip(face, lines, p.maxLines, wide), int(size * 1.22)}, nil
		}
		size = max(p.least, size-4)
	}
}

func width(face font.Face, text string) int { return font.MeasureString(face, text).Ceil() }

// wrap breaks a text at spaces and after hyphens. It is not ok when a word is too long for a line;
// with must set, it splits the word.
func wrap(face font.Face, text string, wide int, must bool) (lines []string, ok bool) {
	ok, line := true, ""
	for _, word := range words(text) {
		if width(face, strings.TrimSpace(line+word)) <= wide {
			line += word
			continue
		}
		if strings.TrimSpace(line) != "" {
			lines, line = append(lines, strings.TrimSpace(line)), ""
		}
		for must && width(face, strings.TrimSpace(word)) > wide {
			n := 1
			letters := []rune(strings.TrimSpace(word))
			for n < len(letters) && width(face, string(letters[:n+1])) <= wide {
				n++
			}
			lines, word = append(lines, string(letters[:n])), string(letters[n:])
		}
		ok = ok && width(face, strings.TrimSpace(word)) <= wide
		line = word
	}
	if strings.TrimSpace(line) != "" {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines, ok
}

// words splits a text where a line may end; each piece keeps its space or hyphen.
func words(text string) (out []string) {
	from := 0
	for i, r := range text {
		if (r == ' ' || r == '-' || r == '–') && i > from {
			end := i + len(string(r))
			out, from = append(out, text[from:end]), end
		}
	}
	return append(out, text[from:])
}

// clip keeps the first lines; if it cuts any off, the last one kept ends in an ellipsis.
func clip(face font.Face, lines []string, most, wide int) []string {
	if len(lines) <= most {
		return lines
	}
	last := []rune(lines[most-1])
	for len(last) > 0 && width(face, strings.TrimSpace(string(last))+"…") > wide {
		last = last[:len(last)-1]
	}
	return append(lines[:most-1:most-1], strings.TrimSpace(string(last))+"…")
}

// print draws a column, at a smaller scale if it would be too tall.
func (c *canvas) print(col column) error {
	var blocks []textBlock
	high := 0
	for scale := 1.0; scale > 0.4; scale -= 0.08 {
		blocks, high = nil, 0
		for _, p := range col.paragraphs {
			b, err := p.fit(col.right-col.left, scale)
			if err != nil {
				return err
			}
			blocks, high = append(blocks, b), high+p.before+b.height()
		}
		if high <= col.bottom-col.top {
			break
		}
	}
	y := max(col.top, (col.top+col.bottom-high)/2)
	for _, b := range blocks {
		y += b.before
		for _, line := range b.lines {
			if y+b.step > col.bottom {
				return nil
			}
			c.line(b, line, col, y)
			y += b.step
		}
	}
	return nil
}

// line prints one line; y is the top of its box.
func (c *canvas) line(b textBlock, text string, col column, y int) {
	x := col.left
	if col.toRight {
		x = col.right - width(b.face, text)
	}
	m := b.face.Metrics()
	base := y + (b.step-(m.Ascent+m.Descent).Ceil())/2 + m.Ascent.Ceil()
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(b.colour), Face: b.face, Dot: fixed.P(x, base)}
	box, _ := d.BoundString(text)
	c.marks = append(c.marks, image.Rect(box.Min.X.Floor(), box.Min.Y.Floor(), box.Max.X.Ceil(), box.Max.Y.Ceil()))
	d.DrawString(text)
}
