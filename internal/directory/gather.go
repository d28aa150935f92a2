package directory

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// sampled is how many profiles are looked at before a book is begun.
const sampled = 1000

// gathering takes in a whole directory, one profile after the other, each packed at once: at no time
// are there more than a few unpacked.
type gathering struct {
	book  *book
	first []*Therapist // until there is a book
	all   []*record
}

func (g *gathering) take(t *Therapist) {
	if g.book != nil {
		g.all = append(g.all, g.book.record(t))
		return
	}
	if g.first = append(g.first, t); len(g.first) == sampled {
		g.begin()
	}
}

// begin makes the book from every so many of the first.
func (g *gathering) begin() {
	var sample []byte
	apart := max(1, len(g.first)*600/mostSample)
	for i := 0; i < len(g.first) && len(sample) < mostSample; i += apart {
		sample = append(sample, g.first[i].Bio...)
	}
	g.book = newBook(sample)
	for _, t := range g.first {
		g.all = append(g.all, g.book.record(t))
	}
	g.first = nil
}

// packing takes profiles in beside whoever reads them.
type packing struct {
	all  gathering
	read chan *Therapist
	done chan struct{}
}

func newPacking() *packing {
	p := &packing{read: make(chan *Therapist, 256), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for t := range p.read {
			p.all.take(t)
		}
	}()
	return p
}

func (p *packing) take(t *Therapist) { p.read <- t }

// end waits until all are packed. Of no packing it is an empty gathering.
func (p *packing) end() *gathering {
	if p == nil {
		return &gathering{}
	}
	close(p.read)
	<-p.done
	return &p.all
}

func (g *gathering) end() []*record {
	if g.book == nil {
		g.begin()
	}
	return g.all
}

// People are a whole directory, for an index to take in.
type People struct {
	n    int
	each iter.Seq[*Therapist]
}

// PeopleOf are the people of a list.
func PeopleOf(list []*Therapist) People {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b *Therapist) int {
		return cmp.Or(strings.Compare(a.State, b.State), strings.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	return People{len(list), slices.Values(list)}
}

// Len is how many there are.
func (p People) Len() int { return p.n }

// All goes through them by state, profession and id, so that an index which keeps this order has
// those side by side who are asked for together.
func (p People) All() iter.Seq[*Therapist] { return p.each }

// peopleOf are the people of packed profiles, each unpacked when it is their turn.
func peopleOf(all []*record) People {
	type place struct {
		state, profession string
		*record
	}
	places := make([]place, len(all))
	for i, r := range all {
		places[i] = place{r.book.word(r.state), r.book.word(r.profession), r}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(strings.Compare(a.state, b.state), strings.Compare(a.profession, b.profession), cmp.Compare(a.id, b.id))
	})
	return People{len(places), func(yield func(*Therapist) bool) {
		for _, p := range places {
			if !yield(p.therapist()) {
				return
			}
		}
	}}
}
