package demo

import (
	"embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed text/*.txt
var texts embed.FS

// community is a list of names with the features that tend to go with them.
type community struct {
	name          string
	cards         int
	skin          [2]int
	hair          []int
	texture       []string
	langs         []share[string]
	given         int // people in a hundred with a given name of the English list
	women, men    []string
	neutral, last []string
}

var communities = sync.OnceValue(readCommunities)

// readCommunities parses names.txt. It panics on a malformed list, which any test would catch.
func readCommunities() []*community {
	var out []*community
	for _, line := range lines("names.txt") {
		key, rest, _ := strings.Cut(line, " ")
		if key == "=" {
			out = append(out, communityHead(strings.Fields(rest)))
			continue
		}
		names := strings.Fields(rest)
		for i := range names {
			names[i] = strings.ReplaceAll(names[i], "_", " ")
		}
		c := out[len(out)-1]
		switch key {
		case "f":
			c.women = names
		case "m":
			c.men = names
		case "n":
			c.neutral = names
		case "s":
			c.last = names
		}
	}
	return out
}

func communityHead(fields []string) *community {
	c := &community{name: fields[0], cards: whole(fields[1])}
	for _, f := range fields[2:] {
		key, value, _ := strings.Cut(f, "=")
		switch key {
		case "skin":
			lo, hi, _ := strings.Cut(value, "-")
			c.skin = [2]int{whole(lo), whole(hi)}
		case "hair":
			for _, h := range strings.Split(value, ",") {
				c.hair = append(c.hair, whole(h))
			}
		case "texture":
			c.texture = strings.Split(value, ",")
		case "langs":
			c.langs = shares(value)
		case "given":
			c.given = whole(value)
		}
	}
	return c
}

// shares reads "hindi:5,tamil:2".
func shares(list string) []share[string] {
	var out []share[string]
	for _, item := range strings.Fields(strings.ReplaceAll(list, ",", " ")) {
		value, n, _ := strings.Cut(item, ":")
		out = append(out, share[string]{value, whole(n)})
	}
	return out
}

func whole(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// lines reads a text file without blank lines and comments.
func lines(name string) []string {
	raw, err := texts.ReadFile("text/" + name)
	if err != nil {
		panic(err)
	}
	var out []string
	for _, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			out = append(out, line)
		}
	}
	return out
}

// wholeName is a given and a family name. own: the given name is from the community's own list.
type wholeName struct {
	given, family string
	own           bool
}

// named draws a name. One family name in fourteen is a double name.
func (c *community) named(d dice, gender string) wholeName {
	english := communities()[0]
	f := wholeName{own: !d.chance(c.given) || c == english}
	from := english
	if f.own {
		from = c
	}
	f.given = pick(d, from.givenFor(gender)...)
	f.family = pick(d, c.last...)
	if c.name == "punjabi" {
		f.family = punjabi(d, gender, f.family)
	}
	if d.chance(7) {
		if other := pick(d, communities()...); d.chance(60) && c != english || other == c {
			f.family = joined(f.family, pick(d, english.last...))
		} else {
			f.family = joined(f.family, pick(d, other.last...))
		}
	}
	return f
}

func (c *community) givenFor(gender string) []string {
	switch gender {
	case "woman":
		return c.women
	case "man":
		return c.men
	}
	return c.neutral
}

// punjabi uses Singh for men and Kaur for women.
func punjabi(d dice, gender, family string) string {
	if family == "Singh" || family == "Kaur" || d.chance(30) {
		if gender == "man" {
			return "Singh"
		}
		return "Kaur"
	}
	return family
}

func joined(a, b string) string {
	if a == b || strings.ContainsAny(a, "- ") || strings.ContainsAny(b, "- ") {
		return a
	}
	return a + "-" + b
}

var plainLetters = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ñ", "n", "ü", "u", "ö", "o",
	"ş", "s", "ç", "c", "č", "c", "ć", "c", "š", "s", "ž", "z", "ś", "s", "ń", "n", "ł", "l", "ë", "e", "'", "", "’", "")

// slugOf returns a name in lower-case ASCII with its words joined by sep.
func slugOf(name, sep string) string {
	name = plainLetters.Replace(strings.ToLower(name))
	other := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	return strings.Join(strings.FieldsFunc(name, other), sep)
}
