package portrait

import (
	"fmt"
	"strings"
)

func (s *sitter) backdrop() string {
	c := backdrops[s.rng.IntN(len(backdrops))]
	wall := fmt.Sprintf(`<path fill="%s" d="M0 0h100v100H0z"/>`, c[0])
	switch s.rng.IntN(5) {
	case 0:
		return wall + fmt.Sprintf(`<circle cx="50" cy="46" r="38" fill="%s"/>`, c[1])
	case 1:
		return wall + fmt.Sprintf(`<path fill="%s" d="M0 66Q25 52 52 63T100 56V100H0z"/>`, c[1])
	case 2:
		return wall + fmt.Sprintf(`<circle cx="%d" cy="20" r="32" fill="%s"/>`, 8+84*s.rng.IntN(2), c[1])
	case 3:
		return wall + s.sprig(c[1])
	}
	return wall + fmt.Sprintf(`<path fill="%s" d="M14 100V50a36 36 0 0 1 72 0v50z"/>`, c[1])
}

// sprig is a twig of wattle behind a shoulder.
func (s *sitter) sprig(leaf string) string {
	d, blossom := "M12 96Q8 60 20 26", "M16 28h0M7 37h0M17 46h0M7 56h0M16 66h0"
	if s.chance(50) {
		d, blossom = "M88 96Q92 60 80 26", "M92 28h0M83 37h0M93 46h0M83 56h0M92 66h0"
	}
	return fmt.Sprintf(`<path d="%s" fill="none" stroke="%s" stroke-width="3"/><path d="%s" stroke="#E9B949" stroke-width="7"/>`, d, leaf, blossom)
}

// head is neck, ears and face.
func (s *sitter) head() string {
	t := s.skin
	var b strings.Builder
	fmt.Fprintf(&b, `<path fill="%s" d="M42 58h16v17q0 7-8 7t-8-7z"/>`, t.base)
	fmt.Fprintf(&b, `<path fill="%s" d="M42 64q8 7 16 0v5q-8 6-16 0z"/>`, t.shade)
	if s.Cover != Hijab {
		fmt.Fprintf(&b, `<g fill="%s"><ellipse cx="33" cy="46" rx="3.2" ry="4.6"/><ellipse cx="67" cy="46" rx="3.2" ry="4.6"/></g>`, t.shade)
	}
	j, c := s.jaw, s.chin
	fmt.Fprintf(&b, `<path fill="%s" d="M33 40C33 26 40 20 50 20S67 26 67 40C67 %.1f %.1f %.1f 50 %.1fS33 %.1f 33 40z"/>`,
		t.base, 40+j*1.05, 50+j, c, c, 40+j*1.05)
	return b.String()
}

// features are brows, eyes, nose, mouth, beard and the marks of years.
func (s *sitter) features() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<path d="M39.5 52h0M60.5 52h0" stroke="%s" stroke-width="6.4" opacity=".5"/>`, s.skin.blush)
	b.WriteString(s.beard)
	b.WriteString(s.brows())
	b.WriteString(s.eyes())
	b.WriteString(s.nose())
	b.WriteString(s.mouth())
	if s.Age >= 2 {
		b.WriteString(s.lines())
	}
	return b.String()
}

func (s *sitter) brows() string {
	width := 1.3
	if s.Look == Masculine {
		width = 1.8
	}
	colour := s.lock
	if s.Hair == 5 && s.Age < 2 {
		colour = "#A07C48"
	}
	shape := s.one("M38.5 39.5q4-2.4 7.5-.6M61.5 39.5q-4-2.4-7.5-.6", "M38.5 39.5q3.5-2.8 7.5-1.2M61.5 39.5q-3.5-2.8-7.5-1.2", "M38.5 40q3.5-1.8 7.5-1M61.5 40q-3.5-1.8-7.5-1")
	return fmt.Sprintf(`<path d="%s" fill="none" stroke="%s" stroke-width="%.1f"/>`, shape, colour, width)
}

func (s *sitter) eyes() string {
	ink := "#2A2320"
	if s.Skin > 5 {
		ink = "#1C1412"
	}
	if s.chance(16) { // smiling eyes
		return fmt.Sprintf(`<path d="M39.6 45.2q2.6-2.8 5.2 0M55.2 45.2q2.6-2.8 5.2 0" fill="none" stroke="%s" stroke-width="1.5"/>`, ink)
	}
	eye := fmt.Sprintf(`<path d="M42.3 44.3v.6M57.7 44.3v.6" stroke="%s" stroke-width="3.5"/><path d="M42.9 43.9h0M58.3 43.9h0" stroke="#fff" stroke-width="1.1"/>`, ink)
	lid := `<path d="M39.5 43.4q2.8-2.6 5.5-.3M60.5 43.4q-2.8-2.6-5.5-.3" fill="none" stroke="` + ink + `" stroke-width=".9"/>`
	if s.Look != Masculine {
		return eye + lid
	}
	return eye
}

func (s *sitter) nose() string {
	d := s.one("M50 45.5q-2.2 4.5-1.6 5.4t2.6.3", "M48.2 50.6q1.8 1.5 3.6 0", "M49.6 46q-2 4.6-1 5.3t3 0", "M50.4 45.5q2.2 4.5 1.6 5.4t-2.6.3")
	return fmt.Sprintf(`<path d="%s" fill="none" stroke="%s" stroke-width="1.2"/>`, d, s.skin.shade)
}

func (s *sitter) mouth() string {
	t := s.skin
	switch s.rng.IntN(5) {
	case 0: // an open smile
		return fmt.Sprintf(`<path fill="#FFF9F2" stroke="%s" stroke-width=".9" d="M44.8 55.2q5.2 1.2 10.4 0q-1 4.2-5.2 4.2t-5.2-4.2z"/>`, t.lips)
	case 1:
		return fmt.Sprintf(`<path d="M45.5 56.5q4.8 2.8 8.8-.4" fill="none" stroke="%s" stroke-width="1.5"/>`, t.lips)
	case 2:
		if s.Look != Masculine {
			return fmt.Sprintf(`<path fill="%s" d="M45 56.2q2.5-1.4 5-.5q2.5-.9 5 .5q-2 3-5 3t-5-3z"/>`, t.lips)
		}
	}
	return fmt.Sprintf(`<path d="M45 56q5 3.8 10 0" fill="none" stroke="%s" stroke-width="1.5"/>`, t.lips)
}

// lines are those of laughter, and from sixty those of the brow.
func (s *sitter) lines() string {
	d := "M42 52.5q-1.8 1.8-1.9 3.8M58 52.5q1.8 1.8 1.9 3.8"
	if s.Age == 3 {
		d += "M44 33q6-1.2 12 0"
	}
	return fmt.Sprintf(`<path d="%s" fill="none" stroke="%s" stroke-width=".8"/>`, d, s.skin.shade)
}

func (s *sitter) chooseBeard() string {
	if s.Look == Feminine || s.Look == Neutral && !s.chance(10) {
		return ""
	}
	j, c := s.jaw, s.chin
	full := fmt.Sprintf(`<path fill="%s" d="M33.2 44C34 %.1f %.1f %.1f 50 %.1fS66 %.1f 66.8 44C65 50 62 52.5 57 52.3Q50 50.5 43 52.3C38 52.5 35 50 33.2 44z"/>`,
		s.hair, 40+j*1.3, 49-j, c+3, c+3, 40+j*1.3)
	short := strings.Replace(full, `<path`, `<path opacity=".24"`, 1)
	goatee := fmt.Sprintf(`<path fill="%s" d="M44 53.5q6-2.5 12 0q1.5 9-6 %.1fq-7.5-2-6-%.1fz"/>`, s.hair, c-51.5, c-53.5)
	moustache := fmt.Sprintf(`<path fill="%s" d="M43.5 55.2q2-3.4 6.5-2.6q4.5-.8 6.5 2.6q-3.5-.9-6.5-.6t-6.5.6z"/>`, s.hair)
	if s.Cover == Turban {
		return full
	}
	n := s.rng.IntN(100)
	switch {
	case n < 22:
		return full
	case n < 40:
		return short
	case n < 46:
		return goatee
	case n < 52:
		return moustache
	}
	return ""
}

func (s *sitter) spectacles() string {
	if !s.chance([4]int{24, 30, 44, 56}[s.Age]) {
		return ""
	}
	frame := s.one("#2A2320", "#5A3A2A", "#2F4A63", "#8A4B5A", "#B5842B", "#3B3F42")
	if s.Skin > 4 {
		frame = s.one("#E0B866", "#1B1513", "#D8D3CA", "#C98B76")
	}
	shape := s.one(
		`<circle cx="42.3" cy="45" r="5.3"/><circle cx="57.7" cy="45" r="5.3"/>`,
		`<rect x="36.8" y="40.8" width="10.8" height="8" rx="2.6"/><rect x="52.4" y="40.8" width="10.8" height="8" rx="2.6"/>`,
		`<path d="M36.6 41.5h11q.6 8-5 8t-6-8zM63.4 41.5h-11q-.6 8 5 8t6-8z"/>`)
	return fmt.Sprintf(`<g fill="#fff" fill-opacity=".16" stroke="%s" stroke-width="1.2">%s<path d="M47.6 44.5q2.4-1.6 4.8 0M36.6 44l-3-.8M63.4 44l3-.8" fill="none"/></g>`, frame, shape)
}
