package view

import (
	"html/template"
	"slices"
	"strings"
)

// facetList is partial "facets" for every group that has values, written by hand: a page of results
// has more than two hundred boxes, and a template takes longer over them than over all the rest. A
// test holds it to the template byte for byte.
func facetList(assets *Assets) func([]FacetGroup) (template.HTML, error) {
	icon := sprite(assets, "icon", "icons/icons.svg")
	return func(groups []FacetGroup) (template.HTML, error) {
		chevron, err := icon("chevron-down")
		if err != nil {
			return "", err
		}
		w := NewWriter()
		defer w.Free()
		w.facets(groups, string(chevron))
		return template.HTML(w.b), nil
	}
}

func (w *Writer) facets(groups []FacetGroup, chevron string) {
	for i := range groups {
		if len(groups[i].Values) > 0 {
			w.group(&groups[i], chevron)
		}
	}
}

func (w *Writer) group(g *FacetGroup, chevron string) {
	chosen := g.Chosen()
	w.Put(`<details class="facet" id="facet-`)
	w.Text(g.Name)
	w.Put(`"`)
	w.PutIf(` open`, g.Open || chosen > 0)
	w.Put(">\n<summary><span>")
	w.Text(g.Legend)
	w.Put(`</span>`)
	if chosen > 0 {
		w.Put(` <span class="count">`)
		w.Int(chosen)
		w.Put(`<span class="vh"> chosen</span></span>`)
	}
	w.Put(chevron)
	w.Put("</summary>\n<fieldset>\n<legend class=\"vh\">")
	w.Text(g.Legend)
	w.Put(`</legend>`)
	if g.All != nil {
		w.all(g)
	}
	cut := g.cut()
	w.Put("\n<ul>")
	for i := range g.Values[:cut] {
		w.box(g, &g.Values[i])
	}
	w.Put("\n</ul>")
	if tail := g.Values[cut:]; len(tail) > 0 {
		w.tail(g, tail)
	}
	w.Put("\n</fieldset>\n</details>\n")
}

func (w *Writer) all(g *FacetGroup) {
	w.Put("\n<p class=\"facet-all\"><input type=\"checkbox\" id=\"x-all-")
	w.Text(g.Name)
	w.Put(`" name="`)
	w.Text(g.Name)
	w.Put(`_match" value="`)
	w.Text(g.All.Value)
	w.Put(`"`)
	w.PutIf(` checked`, g.All.On)
	w.Put(`><label for="x-all-`)
	w.Text(g.Name)
	w.Put(`">`)
	w.Text(g.All.Label)
	w.Put(`</label></p>`)
}

// tickList is partial "ticks", written by hand like the rest of the list.
func tickList(ticks []Facet) template.HTML {
	w := NewWriter()
	defer w.Free()
	w.ticks(ticks)
	return template.HTML(w.b)
}

func (w *Writer) ticks(ticks []Facet) {
	w.Put(`<ul class="ticks">`)
	for i := range ticks {
		f := &ticks[i]
		w.Put(`<li><label><input type="checkbox" id="x-`)
		w.Put(ID(f.Value))
		w.Put(`" name="`)
		w.Text(f.Value)
		w.Put(`" value="true"`)
		w.PutIf(` checked`, f.On)
		w.Put(`><span>`)
		w.Text(f.Label)
		w.Put(`</span> <span class="n">`)
		w.Number(f.Count)
		w.Put(`</span></label></li>`)
	}
	w.Put(`</ul>`)
}

// tail is FacetGroup.Tail, without making it: a section stands where its first value does.
func (w *Writer) tail(g *FacetGroup, tail []Facet) {
	w.Put("\n<details class=\"more\" id=\"more-")
	w.Text(g.Name)
	w.Put(`"`)
	w.PutIf(` open`, g.TailOn())
	w.Put(`><summary><span class="if-shut">More</span><span class="if-open">Fewer</span><span class="vh"> of `)
	w.Text(g.Legend)
	w.Put(`</span></summary>`)
	for i := range tail {
		section := tail[i].Section
		if i > 0 && section == tail[i-1].Section || slices.ContainsFunc(tail[:i], func(f Facet) bool { return f.Section == section }) {
			continue
		}
		if section != "" {
			w.Put("\n<fieldset class=\"facet-part\"><legend>")
			w.Text(section)
			w.Put(`</legend>`)
		}
		w.Put("\n<ul>")
		for j := range tail[i:] {
			if tail[i+j].Section == section {
				w.box(g, &tail[i+j])
			}
		}
		w.Put("\n</ul>")
		w.PutIf("\n</fieldset>", section != "")
	}
	w.Put("\n</details>")
}

func (w *Writer) box(g *FacetGroup, f *Facet) {
	if r := f.ready; r != nil && !g.Radio && r.group == g.Name && r.value == f.Value && r.label == f.Label {
		w.Put(r.before)
		w.PutIf(` checked`, f.On)
		w.Put(r.between)
		w.Number(f.Count)
		w.Put(`</span></label></li>`)
		return
	}
	w.Put("\n<li><label><input type=\"")
	if g.Radio {
		w.Put(`radio`)
	} else {
		w.Put(`checkbox`)
	}
	w.Put(`" id="`)
	w.b = appendID(append(w.b, "x-"...), g.Name, f.Value)
	w.Put(`" name="`)
	w.Text(g.Name)
	w.Put(`" value="`)
	w.Text(f.Value)
	w.Put(`"`)
	w.PutIf(` checked`, f.On)
	w.Put(`><span>`)
	w.Text(f.Label)
	w.Put(`</span> <span class="n">`)
	w.Number(f.Count)
	w.Put(`</span></label></li>`)
}

// readyBox is what the box of a value shows besides its choice and count, which no search changes.
type readyBox struct {
	group, value, label string
	before, between     string
}

// Ready makes the value's box ready for a group of check boxes, so that a list is written faster.
func (f Facet) Ready(group string) Facet {
	w := NewWriter()
	defer w.Free()
	w.box(&FacetGroup{Name: group}, &Facet{Value: f.Value, Label: f.Label, Count: 1})
	whole := string(w.b)
	cut := strings.Index(whole, `><span>`)
	f.ready = &readyBox{group, f.Value, f.Label, whole[:cut], strings.TrimSuffix(whole[cut:], `1</span></label></li>`)}
	return f
}

// appendID appends ID(name + "-" + value).
func appendID(b []byte, name, value string) []byte {
	from := len(b)
	for _, part := range [...]string{name, "-", value} {
		for i := 0; i < len(part); i++ {
			switch c := part[i]; {
			case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
				b = append(b, c)
			case c >= 'A' && c <= 'Z' || c >= 0x80: // rare: Unicode has capitals of its own for ASCII letters
				return append(b[:from], ID(name+"-"+value)...)
			case len(b) > from && b[len(b)-1] != '-':
				b = append(b, '-')
			}
		}
	}
	for len(b) > from && b[len(b)-1] == '-' {
		b = b[:len(b)-1]
	}
	return b
}
