package portrait

// skinTone is a face, the shade under its chin, and its lips and blush.
type skinTone struct{ base, shade, lips, blush string }

var skinTones = [8]skinTone{
	{"#F9DCC8", "#EBC0A5", "#C9705F", "#F2B7A0"},
	{"#F3CDAF", "#E0AE8B", "#BF6854", "#EAA588"},
	{"#EABD97", "#D39E76", "#B25E4B", "#DE9473"},
	{"#DBA67C", "#C0885E", "#A5523F", "#CB7F5B"},
	{"#C68C62", "#A97049", "#944736", "#B56A48"},
	{"#A8714B", "#8B5837", "#7F3B2F", "#985537"},
	{"#875636", "#6C4127", "#6B2F28", "#7A4129"},
	{"#6A4330", "#523122", "#572722", "#5F3223"},
}

// hairTones are hair and its darker strands, by Person.Hair.
var hairTones = [6][2]string{
	{"#2B2523", "#171312"},
	{"#46322A", "#2F211B"},
	{"#6B4A36", "#503526"},
	{"#8A5A3C", "#6C432B"},
	{"#B4673A", "#91502B"},
	{"#D8B27A", "#B99259"},
}

var greys = [4][2]string{
	{"#8E8A86", "#716D69"},
	{"#B5B0AB", "#95908B"},
	{"#D6D2CC", "#B4AFA8"},
	{"#6E6762", "#554F4B"},
}

// backdrops are the wall and the shape on it, after look.md's palette.
var backdrops = [][2]string{
	{"#E4EEE7", "#D2E2D7"},
	{"#DDEBEF", "#C9DEE5"},
	{"#F7E9C6", "#F1DBA2"},
	{"#F5E1D5", "#EDCDBB"},
	{"#F1EADD", "#E3D8C3"},
	{"#E8E4F0", "#D7D0E5"},
	{"#E9EFD9", "#D8E2BE"},
}

// outfits are a garment, its trim and what is worn under or with it.
var outfits = [][3]string{
	{"#1E5B4A", "#143F34", "#F3EEE2"},
	{"#2F4A63", "#213649", "#DDEBEF"},
	{"#B4532F", "#8E3F22", "#F7E9C6"},
	{"#6F7F5C", "#566446", "#F6F1E6"},
	{"#8A4B5A", "#6C3845", "#F5E1D5"},
	{"#E3D9C6", "#C9BCA2", "#1E5B4A"},
	{"#D9A441", "#B5842B", "#FBF8F2"},
	{"#4B4458", "#373143", "#E8E4F0"},
	{"#5E8C93", "#47707A", "#FBF8F2"},
	{"#3B3F42", "#2A2D2F", "#EDE7DB"},
	{"#C98B76", "#AC6F5A", "#FBF3EA"},
	{"#7C93B2", "#607797", "#FBF8F2"},
}

var cloths = [][2]string{
	{"#1E5B4A", "#164639"},
	{"#8A4B5A", "#6F3A47"},
	{"#2F4A63", "#233A4F"},
	{"#C9B79C", "#AF9B7E"},
	{"#B4532F", "#934224"},
	{"#5E8C93", "#4A727A"},
	{"#6D5B7B", "#574863"},
	{"#D9A441", "#BA8930"},
	{"#7A8C6A", "#637454"},
}

func (s *sitter) hairColour() (string, string) {
	tone := hairTones[s.Hair]
	silver := [4]int{0, 10, 50, 88}[s.Age]
	if s.chance(silver) {
		tone = greys[s.rng.IntN(3)]
		if s.Hair < 2 && s.Age < 3 {
			tone = greys[3]
		}
	}
	return tone[0], tone[1]
}
