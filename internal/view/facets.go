package view

import (
	"html/template"
	"sync"
)

var facetBuffers = sync.Pool{New: func() any { return new(writer) }}

// facetList prints partial "facets" for every group with values. A page of results has more than two
// hundred boxes, and html/template takes longer for them than for the rest of the page together. A
// test compares its output with the template's, byte for byte.
func facetList(assets *Assets) func([]FacetGroup) (template.HTML, error) {
	icon := sprite(assets, "icon", "icons/icons.svg")
	return func(groups []FacetGroup) (template.HTML, error) {
		chevron, err := icon("chevron-down")
		if err != nil {
			return "", err
		}
		w := facetBuffers.Get().(*writer)
		defer facetBuffers.Put(w)
		w.b = w.b[:0]
		for i := range groups {
			if len(groups[i].Values) > 0 {
				w.group(&groups[i], string(chevron))
			}
		}
		return template.HTML(w.b), nil
	}
}

func (w *writer) group(g *FacetGroup, chevron string) {
	chosen := g.Chosen()
	w.put(`<details class="facet" id="facet-`)
	w.text(g.Name)
	w.put(`"`)
	w.putIf(` open`, g.Open || chosen > 0)
	w.put(">\n<summary><span>")
	w.text(g.Legend)
	w.put(`</span>`)
	if chosen > 0 {
		w.put(` <span class="count">`)
		w.int(chosen)
		w.put(`<span class="vh"> chosen</span></span>`)
	}
	w.put(chevron)
	w.put("</summary>\n<fieldset>\n<legend class=\"vh\">")
	w.text(g.Legend)
	w.put(`</legend>`)
	if g.All != nil {
		w.all(g)
	}
	w.boxes(g, g.Head())
	if g.cut() < len(g.Values) {
		w.more(g)
	}
	w.put("\n</fieldset>\n</details>\n")
}

func (w *writer) all(g *FacetGroup) {
	w.put("\n<p class=\"facet-all\"><input type=\"checkbox\" id=\"x-all-")
	w.text(g.Name)
	w.put(`" name="`)
	w.text(g.Name)
	w.put(`_match" value="`)
	w.text(g.All.Value)
	w.put(`"`)
	w.putIf(` checked`, g.All.On)
	w.put(`><label for="x-all-`)
	w.text(g.Name)
	w.put(`">`)
	w.text(g.All.Label)
	w.put(`</label></p>`)
}

func (w *writer) more(g *FacetGroup) {
	w.put("\n<details class=\"more\" id=\"more-")
	w.text(g.Name)
	w.put(`"`)
	w.putIf(` open`, g.TailOn())
	w.put(`><summary><span class="if-shut">More</span><span class="if-open">Fewer</span><span class="vh"> of `)
	w.text(g.Legend)
	w.put(`</span></summary>`)
	for _, section := range g.Tail() {
		if section.Heading != "" {
			w.put("\n<fieldset class=\"facet-part\"><legend>")
			w.text(section.Heading)
			w.put(`</legend>`)
		}
		w.boxes(g, section.Values)
		w.putIf("\n</fieldset>", section.Heading != "")
	}
	w.put("\n</details>")
}

func (w *writer) boxes(g *FacetGroup, values []Facet) {
	w.put("\n<ul>")
	for i := range values {
		w.box(g, &values[i])
	}
	w.put("\n</ul>")
}

func (w *writer) box(g *FacetGroup, f *Facet) {
	w.put("\n<li><label><input type=\"")
	if g.Radio {
		w.put(`radio`)
	} else {
		w.put(`checkbox`)
	}
	w.put(`" id="`)
	w.put(g.ID(*f))
	w.put(`" name="`)
	w.text(g.Name)
	w.put(`" value="`)
	w.text(f.Value)
	w.put(`"`)
	w.putIf(` checked`, f.On)
	w.put(`><span>`)
	w.text(f.Label)
	w.put(`</span> <span class="n">`)
	w.number(f.Count)
	w.put(`</span></label></li>`)
}
