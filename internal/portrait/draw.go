package portrait

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// drawing is a portrait being drawn. Its random source depends on the person's seed only, so the order of
// the random choices is part of every portrait.
type drawing struct {
	Person
	rng       *rand.Rand
	values    map[string]string // what $name stands for in parts.txt
	jaw, chin float64
	beard     string
}

func newDrawing(p Person) *drawing {
	d := &drawing{Person: p, rng: rand.New(rand.NewPCG(uint64(p.Seed), 0x77a771e)), values: map[string]string{}}
	d.set(colours()["skin"][p.Skin], "skin", "shade", "lips", "blush")
	d.set(d.hairColour(), "hair", "lock")
	d.jaw = 10.5 + d.rng.Float64()*3
	d.chin = 64.5 + d.rng.Float64()*2
	if p.Look == Masculine {
		d.jaw += 1.6
		d.chin += 0.8
	}
	d.set(d.colour("outfit"), "top", "trim", "accent")
	d.beard = d.chooseBeard()
	return d
}

// set gives values to names.
func (d *drawing) set(values []string, names ...string) {
	for i, name := range names {
		d.values[name] = values[i]
	}
}

// colour picks a set of colours.
func (d *drawing) colour(name string) []string { return one(d, colours()[name]...) }

// part draws a part, picking one if there are several.
func (d *drawing) part(name string) string {
	list := parts()[name]
	if len(list) == 0 {
		return ""
	}
	text := list[0]
	if len(list) > 1 {
		text = one(d, list...)
	}
	return os.Expand(text, func(name string) string {
		if name == "parting" {
			return d.part(name)
		}
		return d.values[name]
	})
}

// one picks one of several.
func one[T any](d *drawing, from ...T) T { return from[d.rng.IntN(len(from))] }

// chance is true with a probability of pct per cent.
func (d *drawing) chance(pct int) bool { return d.rng.IntN(100) < pct }

func (d *drawing) hairColour() []string {
	tone := colours()["hair"][d.Hair]
	if d.chance([4]int{0, 10, 50, 88}[d.Age]) {
		tone = one(d, colours()["grey"][:3]...)
		if d.Hair < 2 && d.Age < 3 {
			tone = colours()["grey"][3]
		}
	}
	return tone
}

func (d *drawing) backdrop() string {
	d.set(d.colour("backdrop"), "wall", "shape")
	wall := d.part("backdrop")
	switch d.rng.IntN(5) {
	case 0:
		return wall + d.part("disc")
	case 1:
		return wall + d.part("hill")
	case 2:
		return wall + d.part(one(d, "left sun", "right sun"))
	case 3:
		if d.chance(50) {
			return wall + d.part("right sprig")
		}
		return wall + d.part("left sprig")
	}
	return wall + d.part("arch")
}

// headdress returns hair or cloth: what lies behind the shoulders and what lies over the face.
func (d *drawing) headdress() (behind, over string) {
	style := map[Cover]string{Hijab: "hijab", Turban: "turban", Headwrap: "headwrap"}[d.Cover]
	if style != "" {
		d.set(d.colour("cloth"), "cloth", "fold")
	} else {
		style = one(d, d.hairstyles()...)
	}
	behind = d.part(style + " behind")
	if style == "puff" {
		d.values["ribbon"] = one(d, "#E9B949", "#B4532F", "#5E8C93")
	}
	over = d.part(style)
	if d.Cover == Kippah {
		d.values["kippah"] = one(d, "#2F4A63", "#3B3F42", "#6D5B7B")
		over += d.part("kippah")
	}
	return behind, over
}

// hairstyles lists the styles to pick from; a style listed twice is twice as likely.
func (d *drawing) hairstyles() []string {
	list := ""
	if d.Look == Feminine || d.Look == Neutral && d.chance(40) {
		list = [4]string{"straight bob fringe-bob bun lob ponytail pixie", "waves waves lob bun pixie ponytail",
			"curls curls curly-bob top-knot", "afro afro puff braids cropped"}[d.Texture]
	} else if d.Look == Masculine && d.chance([4]int{4, 14, 26, 34}[d.Age]) {
		list = "bald balding receding"
	} else {
		combed := "side-part quiff crew-cut tousled combed"
		list = [4]string{combed, combed, "short-curls short-curls crew-cut", "cropped fade short-afro"}[d.Texture]
	}
	return strings.Fields(list)
}

func (d *drawing) clothes() string {
	shoulders := d.part("shoulders")
	if d.Look == Masculine {
		shoulders = d.part("wide shoulders")
	}
	switch d.rng.IntN(7) {
	case 0:
		return shoulders + d.part("crew neck")
	case 1:
		return shoulders + d.part("open neck")
	case 2:
		return shoulders + d.part("shirt")
	case 3:
		return shoulders + d.part("jacket")
	case 4:
		return shoulders + d.part("roll neck")
	case 5:
		if d.Look == Masculine {
			return shoulders + d.part("shirt")
		}
		d.values["bead"] = one(d, "#D9A441", "#5E8C93", "#B4532F")
		return shoulders + d.part("open neck") + d.part("necklace")
	}
	return shoulders + d.part("crew neck") + d.part("pattern")
}

func (d *drawing) head() string {
	out := d.part("neck")
	if d.Cover != Hijab {
		out += d.part("ears")
	}
	cheek := 40 + d.jaw*1.05
	return out + fmt.Sprintf(
		`<path fill="%s" d="M33 40C33 26 40 20 50 20S67 26 67 40C67 %.1f %.1f %.1f 50 %.1fS33 %.1f 33 40z"/>`,
		d.values["skin"], cheek, 50+d.jaw, d.chin, d.chin, cheek)
}

// features draws everything in the face, including the lines of age.
func (d *drawing) features() string {
	out := d.part("blush") + d.beard + d.brows() + d.eyes() + d.part("nose") + d.part(d.mouth())
	switch d.Age {
	case 2:
		out += d.part("laugh lines")
	case 3:
		out += d.part("deep lines")
	}
	return out
}

func (d *drawing) brows() string {
	d.values["browwidth"], d.values["brow"] = "1.3", d.values["lock"]
	if d.Look == Masculine {
		d.values["browwidth"] = "1.8"
	}
	if d.Hair == 5 && d.Age < 2 {
		d.values["brow"] = "#A07C48"
	}
	return d.part("brows")
}

func (d *drawing) eyes() string {
	d.values["ink"] = "#2A2320"
	if d.Skin > 5 {
		d.values["ink"] = "#1C1412"
	}
	if d.chance(16) {
		return d.part("smiling eyes")
	}
	if d.Look == Masculine {
		return d.part("eyes")
	}
	return d.part("eyes") + d.part("lids")
}

func (d *drawing) mouth() string {
	mouth := one(d, "open smile", "half smile", "full lips", "smile", "smile")
	if mouth == "full lips" && d.Look == Masculine {
		return "smile"
	}
	return mouth
}

func (d *drawing) chooseBeard() string {
	if d.Look == Feminine || d.Look == Neutral && !d.chance(10) {
		return ""
	}
	hair, cheek, chin := d.values["hair"], 40+d.jaw*1.3, d.chin+3
	full := fmt.Sprintf(`<path fill="%s" d="M33.2 44C34 %.1f %.1f %.1f 50 %.1fS66 %.1f 66.8 44`+
		`C65 50 62 52.5 57 52.3Q50 50.5 43 52.3C38 52.5 35 50 33.2 44z"/>`, hair, cheek, 49-d.jaw, chin, chin, cheek)
	if d.Cover == Turban {
		return full
	}
	n := d.rng.IntN(100)
	switch {
	case n < 22:
		return full
	case n < 40:
		return strings.Replace(full, `<path`, `<path opacity=".24"`, 1) // stubble
	case n < 46:
		return fmt.Sprintf(`<path fill="%s" d="M44 53.5q6-2.5 12 0q1.5 9-6 %.1fq-7.5-2-6-%.1fz"/>`,
			hair, d.chin-51.5, d.chin-53.5)
	case n < 52:
		return d.part("moustache")
	}
	return ""
}

func (d *drawing) spectacles() string {
	if !d.chance([4]int{24, 30, 44, 56}[d.Age]) {
		return ""
	}
	frames := []string{"#2A2320", "#5A3A2A", "#2F4A63", "#8A4B5A", "#B5842B", "#3B3F42"}
	d.values["frame"] = one(d, frames...)
	if d.Skin > 4 {
		d.values["frame"] = one(d, "#E0B866", "#1B1513", "#D8D3CA", "#C98B76")
	}
	return d.part("spectacles")
}
