package portrait

import "fmt"

// body is shoulders and clothes.
func (s *sitter) body() string {
	wide := 0.0
	if s.Look == Masculine {
		wide = 3
	}
	shoulders := fmt.Sprintf("M%.0f 100C%.0f 84 %.0f 79 40 74Q50 84 60 74C%.0f 79 %.0f 84 %.0f 100z", 14-wide, 15-wide, 22-wide, 78+wide, 85+wide, 86+wide)
	garment := fmt.Sprintf(`<path fill="%s" d="%s"/>`, s.top, shoulders)
	switch s.rng.IntN(7) {
	case 0:
		return garment + s.crew()
	case 1:
		return s.open(garment)
	case 2:
		return garment + s.shirt()
	case 3:
		return s.jacket(garment)
	case 4:
		return garment + s.roll()
	case 5:
		if s.Look == Masculine {
			return garment + s.shirt()
		}
		return s.open(garment) + s.necklace()
	}
	return garment + s.crew() + s.pattern()
}

func (s *sitter) crew() string {
	return fmt.Sprintf(`<path d="M39.5 74.5Q50 87 60.5 74.5" fill="none" stroke="%s" stroke-width="3.2"/>`, s.trim)
}

// open is a neckline that shows the collarbones.
func (s *sitter) open(garment string) string {
	return garment + fmt.Sprintf(`<path fill="%s" d="M38 75L50 92L62 75Q50 66 38 75z"/><path d="M38 75L50 92L62 75" fill="none" stroke="%s" stroke-width="1.6"/>`, s.skin.base, s.trim)
}

func (s *sitter) necklace() string {
	return fmt.Sprintf(`<path d="M40.5 76.5Q50 91 59.5 76.5" fill="none" stroke="#D9A441"/><circle cx="50" cy="84.5" r="1.5" fill="%s"/>`, s.one("#D9A441", "#5E8C93", "#B4532F"))
}

func (s *sitter) shirt() string {
	return fmt.Sprintf(`<path d="M50 84v16" stroke="%s" stroke-width="1.2"/><path fill="%s" stroke="%s" stroke-width=".8" d="M41 72.5L50 84L44 90L37 76zM59 72.5L50 84L56 90L63 76z"/>`, s.trim, s.top, s.trim)
}

// jacket is worn open over something pale.
func (s *sitter) jacket(garment string) string {
	return garment + fmt.Sprintf(`<path fill="%s" d="M40 74.5Q50 84 60 74.5L56 100H44z"/><path fill="%s" d="M39.5 73.5L35 79L38 86L36 88L45 100H47zM60.5 73.5L65 79L62 86L64 88L55 100H53z"/>`, s.accent, s.trim)
}

func (s *sitter) roll() string {
	return fmt.Sprintf(`<path fill="%s" d="M41.5 68.5Q50 74 58.5 68.5Q61 72 60.5 77Q50 84 39.5 77Q39 72 41.5 68.5z"/>`, s.trim)
}

// pattern is a quiet print on a plain garment.
func (s *sitter) pattern() string {
	switch s.rng.IntN(3) {
	case 0:
		return fmt.Sprintf(`<path d="M20 90q30 9 60 0M17 97q33 9 66 0" fill="none" stroke="%s" stroke-width="2" opacity=".7"/>`, s.accent)
	case 1:
		return fmt.Sprintf(`<path d="M29 87h0M38 93h0M50 91h0M62 93h0M71 87h0M25 96h0M75 96h0" stroke="%s" stroke-width="2.6" opacity=".6"/>`, s.accent)
	}
	return ""
}
