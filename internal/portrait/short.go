package portrait

import "fmt"

// The shorter cuts lie wholly over the head.

func (s *sitter) sidePart() headdress {
	return headdress{"", s.fill("M32.5 44C29 24 39 14.5 51 14.5S71 24 67.5 44C67 38 66 34.5 63.5 31.5C54 32.5 45 30 40 26.5C38.5 31.5 34 34 32.5 44z")}
}

func (s *sitter) quiff() headdress {
	return headdress{"", s.fill("M32.5 43C30 32 32 24 36 20C37 14 50 9.5 60 13C68 16 70.5 30 67.5 43C67 37 66 33 63.5 29.5C56 27 50 31 42 27.5C38 28.5 33.5 34 32.5 43z") + s.strands("M42 21q8-6 17-2.5")}
}

func (s *sitter) crewCut() headdress {
	return headdress{"", s.fill("M32.8 42C31 26 39 17 50 17S69 26 67.2 42C66.5 36 65 32 62 28.5Q50 24.5 38 28.5C35 32 33.5 36 32.8 42z")}
}

func (s *sitter) tousled() headdress {
	return headdress{"", s.fill("M32 44C28 33 31 22 37 19.5C40 13.5 47 15 50 13.5C54 12.5 58 15 61 16.5C68 19 72 30 68 44C67.5 39 66.5 36 64.5 33L60 29.5L58 33L52.5 28L49 32L43.5 27.5L41 32L37.5 30C35 34 33 38 32 44z")}
}

func (s *sitter) combed() headdress {
	return headdress{"", s.fill("M32.5 44C29 24 39 14.5 50 14.5S71 24 67.5 44C67 36 63 29 57 24.5C48 23.5 38 26 35 33C33.5 37 33 40 32.5 44z") + s.strands("M40 22q8-4 16 0")}
}

func (s *sitter) shortCurls() headdress {
	return headdress{"", s.blobs(10.8, "M35.5 30h0M38.5 23.5h0M45 19h0M52 18h0M59 20.5h0M64 26h0M43 25h0M50 24h0M57 25.5h0") + s.blobs(7.8, "M66 33h0M33.8 36h0")}
}

func (s *sitter) cropped() headdress {
	return headdress{"", s.fill("M32.8 41C31 26 39 18 50 18S69 26 67.2 41C66 33 61 27.5 50 27.5S34 33 32.8 41z")}
}

func (s *sitter) fade() headdress {
	side := fmt.Sprintf(`<path opacity=".45" fill="%s" d="M32.8 43C31 27 39 19 50 19S69 27 67.2 43C66 36 62 31 60 29H40C38 31 34 36 32.8 43z"/>`, s.hair)
	return headdress{"", side + s.fill("M37 29C35 18 42 13.5 50 13.5S65 18 63 29Q50 25 37 29z")}
}

func (s *sitter) shortAfro() headdress {
	return headdress{"", s.fill("M32.5 43C26 34 29 12 50 12S74 34 67.5 43C67 35 62 28.5 50 28.5S33 35 32.5 43z")}
}

func (s *sitter) receding() headdress {
	return headdress{"", s.fill("M32.6 46C29 33 33 18.5 50 18.5S71 33 67.4 46C67 40 66.5 36 65 33Q64.5 27 61 24Q58 27 50 22.5Q42 27 39 24Q35.5 27 35 33C33.5 36 33 40 32.6 46z")}
}

func (s *sitter) balding() headdress {
	return headdress{"", s.fill("M32.4 47C29.5 38 30.5 31 34.5 27.5Q35.5 34 34.3 42zM67.6 47C70.5 38 69.5 31 65.5 27.5Q64.5 34 65.7 42z") + shine}
}

// shine is the light on a bare head.
const shine = `<path d="M41 25.5q4-3 8.5-3" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="2"/>`

func (s *sitter) bald() headdress {
	return headdress{"", shine}
}
