package portrait

import "fmt"

// headdress is hair or cloth: what lies behind the shoulders and what lies over the face.
type headdress struct{ behind, over string }

func (s *sitter) headdress() headdress {
	switch s.Cover {
	case Hijab:
		return s.hijab()
	case Turban:
		return s.turban()
	case Headwrap:
		return s.headwrap()
	}
	h := s.hairstyle()
	if s.Cover == Kippah {
		h.over += fmt.Sprintf(`<path fill="%s" d="M42 16.5q8-4.5 16 0q-1 2-8 2t-8-2z"/>`, s.one("#2F4A63", "#3B3F42", "#6D5B7B"))
	}
	return h
}

func (s *sitter) hairstyle() headdress {
	if s.Look == Feminine || s.Look == Neutral && s.chance(40) {
		return s.pick(s.longer())
	}
	return s.pick(s.shorter())
}

func (s *sitter) pick(styles []func() headdress) headdress {
	return styles[s.rng.IntN(len(styles))]()
}

func (s *sitter) longer() []func() headdress {
	switch s.Texture {
	case Coily:
		return []func() headdress{s.afro, s.afro, s.puff, s.braids, s.cropped}
	case Curly:
		return []func() headdress{s.curls, s.curls, s.curlyBob, s.topKnot}
	case Wavy:
		return []func() headdress{s.waves, s.waves, s.lob, s.bun, s.pixie, s.ponytail}
	}
	return []func() headdress{s.straight, s.bob, s.fringeBob, s.bun, s.lob, s.ponytail, s.pixie}
}

func (s *sitter) shorter() []func() headdress {
	if s.Look == Masculine && s.chance([4]int{4, 14, 26, 34}[s.Age]) {
		return []func() headdress{s.bald, s.balding, s.receding}
	}
	switch s.Texture {
	case Coily:
		return []func() headdress{s.cropped, s.fade, s.shortAfro}
	case Curly:
		return []func() headdress{s.shortCurls, s.shortCurls, s.crewCut}
	}
	return []func() headdress{s.sidePart, s.quiff, s.crewCut, s.tousled, s.combed}
}

func (s *sitter) fill(d string) string { return fmt.Sprintf(`<path fill="%s" d="%s"/>`, s.hair, d) }

func (s *sitter) strands(d string) string {
	return fmt.Sprintf(`<path d="%s" fill="none" stroke="%s"/>`, d, s.lock)
}

// A parting: on the left, on the right, or in the middle.
func (s *sitter) parted() string {
	return s.one(
		"M32 47C29 25 38 15.5 50 15.5S71 25 68 47C67 40 65 35 60 31C52 31 45 29 41.5 25.5C40 31 34 36 32 47z",
		"M68 47C71 25 62 15.5 50 15.5S29 25 32 47C33 40 35 35 40 31C48 31 55 29 58.5 25.5C60 31 66 36 68 47z",
		"M32 47C29 25 38 15.5 50 15.5S71 25 68 47C67 38 61 32 50 23.5C39 32 33 38 32 47z")
}

func (s *sitter) straight() headdress {
	return headdress{s.fill("M30.5 44C28 22 38 14 50 14S72 22 69.5 44C71 60 71 74 74 84Q62 88 50 88T26 84C29 74 29 60 30.5 44z"), s.fill(s.parted())}
}

func (s *sitter) waves() headdress {
	return headdress{
		s.fill("M30 42C27 21 38 13.5 50 13.5S73 21 70 42C74 50 70 55 74 62S73 76 76 82Q63 90 50 86T24 82C27 76 22 69 26 62S26 50 30 42z"),
		s.fill(s.parted()) + s.strands("M29 60q-3 6 0 12M71 60q3 6 0 12")}
}

func (s *sitter) lob() headdress {
	return headdress{s.fill("M30.5 42C28 22 38 14 50 14S72 22 69.5 42C72 54 72 64 71 72Q66 76 60 73H40Q34 76 29 72C28 64 28 54 30.5 42z"), s.fill(s.parted())}
}

func (s *sitter) bob() headdress {
	return headdress{s.fill("M31 42C28 21 38 14 50 14S72 21 69 42C72 52 72 60 69 66Q64 68 60 65H40Q36 68 31 66C28 60 28 52 31 42z"), s.fill(s.parted())}
}

func (s *sitter) fringeBob() headdress {
	return headdress{
		s.fill("M31 42C28 21 38 14 50 14S72 21 69 42C72 52 71 60 69 67Q64 69 60 65H40Q36 69 31 67C29 60 28 52 31 42z"),
		s.fill("M32 50C28 25 38 15 50 15S72 25 68 50C68 43 67 39 65.5 36Q50 39.5 34.5 36C33 39 32 43 32 50z") + s.strands("M43 24q-1 6-1.5 11M50 23v13M57 24q1 6 1.5 11")}
}

func (s *sitter) bun() headdress {
	return headdress{
		fmt.Sprintf(`<g fill="%s"><circle cx="50" cy="13" r="7.5"/><path d="M32 44C30 24 39 15 50 15S70 24 68 44z"/></g>`, s.hair),
		s.fill("M32.5 44C30 25 39 16 50 16S70 25 67.5 44C66.5 34 60 27 50 26.5S33.5 34 32.5 44z") + s.strands("M45 14.5q5 3 10 0")}
}

func (s *sitter) topKnot() headdress {
	return headdress{
		fmt.Sprintf(`<g fill="%s"><circle cx="44.5" cy="13" r="6"/><circle cx="55" cy="12.5" r="6.5"/><circle cx="50" cy="8.5" r="6"/></g>`, s.hair),
		s.fill("M32.5 44C30 25 39 16 50 16S70 25 67.5 44C66.5 34 60 27 50 26.5S33.5 34 32.5 44z") + s.strands("M36 33q4-8 10-10M64 33q-4-8-10-10")}
}

func (s *sitter) ponytail() headdress {
	return headdress{
		s.fill("M62 30C72 34 76 44 74.5 54C73.5 64 79 68 75 78Q70 86 62.5 84C67 76 62 70 63 60z"),
		s.fill("M32.5 45C30 25 39 15.5 50 15.5S70 25 67.5 45C66 36 62 31 58 29.5C50 29.5 43 28 39 26C37 32 34 38 32.5 45z")}
}

func (s *sitter) pixie() headdress {
	return headdress{
		s.fill("M31.5 46C28 24 38 14.5 50 14.5S72 24 68.5 46L66 52H34z"),
		s.fill("M32 49C28 24 38 14.5 50 14.5S72 24 68 49C67.5 43 67 39 64.5 34C57 36 48 34.5 41 30C40 35 36 37 34.5 40z") + s.strands("M46 19q6 7 14 9")}
}

func (s *sitter) curls() headdress {
	return headdress{s.blobs(18, "M32 30h0M40 20h0M50 16.5h0M60 20h0M68 30h0M29 42h0M71 42h0M27 54h0M73 54h0M28 66h0M72 66h0M33 74h0M67 74h0") + s.blobs(36, "M50 40h0"),
		s.blobs(10.8, "M37 28h0M44 23.5h0M48 21h0M52 23h0M56 22h0M60 25h0") + s.blobs(7.8, "M65.5 32h0M33.5 35h0")}
}

func (s *sitter) curlyBob() headdress {
	return headdress{s.blobs(18, "M33 28h0M42 19h0M52 17h0M62 21h0M69 31h0M29 41h0M72 43h0M29 53h0M71 55h0") + s.blobs(36, "M50 40h0"),
		s.blobs(10.8, "M38 27h0M42 23h0M46 24h0M50.5 21h0M55 23.5h0M62.5 28h0") + s.blobs(7.8, "M34 34h0M66.5 35h0")}
}

func (s *sitter) afro() headdress {
	return headdress{fmt.Sprintf(`<path fill="%s" d="M50 8C68 8 77 22 75.5 36C78 52 68 60 62 60H38C32 60 22 52 24.5 36C23 22 32 8 50 8z"/>`, s.hair),
		s.fill("M33 42C30 28 37 18 50 18S70 28 67 42C66 33 61 27.5 50 27.5S34 33 33 42z")}
}

func (s *sitter) puff() headdress {
	return headdress{fmt.Sprintf(`<circle cx="50" cy="16" r="11.5" fill="%s"/>`, s.hair),
		s.fill("M32.5 43C30.5 27 39 17.5 50 17.5S69.5 27 67.5 43C66 34 60 27 50 27S34 34 32.5 43z") + fmt.Sprintf(`<path d="M41.5 18.5q8.5 4 17 0" fill="none" stroke="%s" stroke-width="2.2"/>`, s.one("#E9B949", "#B4532F", "#5E8C93"))}
}

func (s *sitter) braids() headdress {
	return headdress{
		fmt.Sprintf(`<path d="M32 36V80M36.5 30V84M63.5 30V84M68 36V80" stroke="%s" stroke-width="5"/><path d="M32 40V80M36.5 60V84M63.5 60V84M68 40V80" stroke="%s" stroke-width="3.6" stroke-dasharray=".9 3.6"/>`, s.hair, s.lock),
		s.fill("M32 44C29.5 25 38 16 50 16S70.5 25 68 44C67 36 61 28 50 25C39 28 33 36 32 44z") + s.strands("M50 17v8M43 19q-5 5-8 13M57 19q5 5 8 13")}
}

// blobs are curls: dots of one width, drawn as the round ends of lines without length.
func (s *sitter) blobs(width float64, d string) string {
	return fmt.Sprintf(`<path d="%s" stroke="%s" stroke-width="%g"/>`, d, s.hair, width)
}
