package portrait

import "fmt"

func (s *sitter) hijab() headdress {
	c := cloths[s.rng.IntN(len(cloths))]
	behind := fmt.Sprintf(`<path fill="%s" d="M50 12C70 12 74 30 72 46C72 60 76 70 82 84Q66 92 50 92T18 84C24 70 28 60 28 46C26 30 30 12 50 12z"/>`, c[1])
	over := fmt.Sprintf(`<path fill="%s" fill-rule="evenodd" d="M50 11.5C70 11.5 74.5 30 72 48C71 60 72 66 76 74C74 86 62 92 50 92S26 86 24 74C28 66 29 60 28 48C25.5 30 30 11.5 50 11.5zM50 23.5C39 23.5 34.5 33 34.5 43C34.5 55 42 65.5 50 65.5S65.5 55 65.5 43C65.5 33 61 23.5 50 23.5z"/>`, c[0])
	folds := fmt.Sprintf(`<path d="M33 58Q42 74 64 72M30 70Q44 84 70 78M38 21Q50 13 62 21" fill="none" stroke="%s" stroke-width="1.4"/>`, c[1])
	return headdress{behind, over + folds}
}

func (s *sitter) turban() headdress {
	c := cloths[s.rng.IntN(len(cloths))]
	over := fmt.Sprintf(`<path fill="%s" d="M31.5 38C24 20 36 7 50 7S76 20 68.5 38C66 30 58 26 50 23C42 26 34 30 31.5 38z"/><path d="M33 34C34 24 48 12 64 13M67 34C66 24 56 15 46 11M29.5 28Q36 14 52 9" fill="none" stroke="%s" stroke-width="1.4"/>`, c[0], c[1])
	return headdress{"", over}
}

func (s *sitter) headwrap() headdress {
	c := cloths[s.rng.IntN(len(cloths))]
	knot := fmt.Sprintf(`<g fill="%s"><ellipse cx="42" cy="11" rx="9" ry="6.5" transform="rotate(-24 42 11)"/><ellipse cx="59" cy="11" rx="9" ry="6.5" transform="rotate(24 59 11)"/></g>`, c[1])
	over := fmt.Sprintf(`<path fill="%s" d="M32 40C26 22 37 12 50 12S74 22 68 40C66 33 60 28.5 50 28.5S34 33 32 40z"/><circle cx="50.5" cy="14" r="5" fill="%s"/><path d="M34 33Q42 20 54 20M66 33Q60 22 50 19" fill="none" stroke="%s" stroke-width="1.3"/>`, c[0], c[0], c[1])
	return headdress{knot, over}
}
