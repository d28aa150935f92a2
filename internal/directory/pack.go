package directory

import (
	"encoding/binary"
	"math"
	"time"

	"wattle/internal/money"
)

// coder writes a profile into bytes or reads it from them, field by field in one order. Texts stand
// as they are, slugs and other words of closed lists as their number in the book. What is read lies
// within the bytes read: nothing is copied but the prose.
type coder struct {
	book    *book
	words   []string // of the book, for reading
	out     []byte   // written to, unless reading
	in      string   // read from
	reading bool
	brief   bool     // the prose is passed over when reading
	spare   []string // room for the elements of lists yet to be read

	elementsRead []string // room for the elements of all lists
}

// profile goes through all of a profile.
func (c *coder) profile(t *Therapist) {
	c.heading(t)
	c.elements(t)
	for _, s := range []*string{&t.Headline, &t.Supervisor, &t.Email, &t.Street, &t.VideoURL, &t.Phone} {
		c.text(s)
	}
	for _, s := range []*string{(*string)(&t.Listing), &t.Honorific, &t.Type, &t.Gender, &t.State, &t.Suburb, &t.Postcode, &t.Zone, &t.Policy} {
		c.word(s)
	}
	for _, b := range []*bool{&t.Accepting, &t.Demo, &t.Registrar} {
		c.flag(b)
	}
	c.float(&t.Lat)
	c.float(&t.Lng)
	c.int(&t.Portrait)
	c.int(&t.PractisingSince)
	c.int(&t.Version)
	for _, list := range t.lists() {
		c.list(list)
	}
	for _, at := range []*time.Time{&t.Next.Any, &t.Next.Evening, &t.Next.Weekend, &t.Updated} {
		c.time(at)
	}
	c.reduced(t)
	rows(c, &t.Services, c.service)
	rows(c, &t.Credentials, c.credential)
	c.prose(&t.Bio)
}

// heading is what stands first, because it is looked at alone.
func (c *coder) heading(t *Therapist) {
	c.number(&t.ID)
	for _, s := range []*string{&t.Slug, &t.GivenName, &t.FamilyName} {
		c.text(s)
	}
}

// lists are all lists of slugs.
func (t *Therapist) lists() [10]*[]string {
	return [...]*[]string{&t.Issues, &t.AlsoIssues, &t.Approaches, &t.ClientGroups, &t.Languages, &t.Affirming, &t.Identities, &t.Faiths, &t.Access, &t.Funding}
}

// elements is how many elements all lists have together, so that one allocation holds them.
func (c *coder) elements(t *Therapist) {
	n := 0
	if !c.reading {
		for _, l := range t.lists() {
			n += len(*l)
		}
		for i := range t.Services {
			n += len(t.Services[i].Modes)
		}
		for i := range t.Credentials {
			n += len(t.Credentials[i].Endorsements)
		}
	}
	c.int(&n)
	if c.reading {
		if cap(c.spare) < n {
			c.spare = make([]string, n)
		}
		c.spare = c.spare[:n]
		c.elementsRead = c.spare
	}
}

func (c *coder) reduced(t *Therapist) {
	has := t.Reduced != nil
	if c.flag(&has); !has {
		t.Reduced = nil
		return
	}
	if c.reading {
		t.Reduced = &Reduced{}
	}
	c.cents(&t.Reduced.Fee)
	c.text(&t.Reduced.For)
	c.int(&t.Reduced.Left)
}

func (c *coder) service(s *Service) {
	c.number(&s.ID)
	for _, w := range []*string{&s.Slug, &s.Name, (*string)(&s.Kind), &s.Format} {
		c.word(w)
	}
	c.int(&s.Minutes)
	c.cents(&s.Fee)
	c.list(&s.Modes)
	c.int(&s.BufferBefore)
	c.int(&s.BufferAfter)
}

func (c *coder) credential(r *Credential) {
	c.word(&r.Kind)
	c.text(&r.Number)
	c.word(&r.RegistrationType)
	c.list(&r.Endorsements)
	c.word(&r.Level)
	c.text(&r.Conditions)
	for _, at := range []*time.Time{&r.FirstRegistered, &r.ExpiresOn, &r.CheckedOn, &r.NextCheckOn} {
		c.time(at)
	}
}

// rows goes through a list of values.
func rows[T any](c *coder, list *[]T, each func(*T)) {
	n := len(*list)
	c.int(&n)
	if c.reading {
		*list = resized(*list, n)
	}
	for i := range *list {
		each(&(*list)[i])
	}
}

// resized has n zero values, in the memory of old where they fit; nil for none.
func resized[T any](old []T, n int) []T {
	if n == 0 {
		return nil
	}
	if cap(old) < n {
		return make([]T, n)
	}
	clear(old[:n])
	return old[:n]
}

func (c *coder) list(l *[]string) {
	n := len(*l)
	c.int(&n)
	if c.reading {
		*l = nil
		if n > 0 {
			*l, c.spare = c.spare[:n:n], c.spare[n:]
		}
	}
	for i := range *l {
		c.word(&(*l)[i])
	}
}

func (c *coder) text(s *string) {
	n := len(*s)
	if c.int(&n); c.reading {
		*s, c.in = c.in[:n], c.in[n:]
	} else {
		c.out = append(c.out, *s...)
	}
}

// unlearnt stands before a word that the book has no number for.
const unlearnt = -1

func (c *coder) word(s *string) {
	n := unlearnt
	if !c.reading {
		if known, ok := c.book.number(*s); ok {
			n = known
		}
	}
	switch c.int(&n); {
	case n == unlearnt:
		c.text(s)
	case c.reading:
		*s = c.words[n]
	}
}

// prose is a long text, which is packed more tightly.
func (c *coder) prose(s *string) {
	if !c.reading {
		packed := c.book.tighten(*s)
		tight := packed != nil
		if c.flag(&tight); tight {
			n := len(packed)
			c.int(&n)
			c.out = append(c.out, packed...)
			return
		}
		c.text(s)
		return
	}
	if c.brief {
		*s = ""
		return
	}
	var tight bool
	c.flag(&tight)
	c.text(s)
	if tight {
		*s = c.book.loosen(*s)
	}
}

func (c *coder) flag(b *bool) {
	if c.reading {
		*b, c.in = c.in[0] == 1, c.in[1:]
		return
	}
	c.out = append(c.out, 0)
	if *b {
		c.out[len(c.out)-1] = 1
	}
}

func (c *coder) int(n *int) {
	v := int64(*n)
	c.number(&v)
	*n = int(v)
}

func (c *coder) cents(m *money.Cents) { c.number((*int64)(m)) }

// number is a whole number, small ones in one byte: nearly all are.
func (c *coder) number(n *int64) {
	if !c.reading {
		c.out = binary.AppendVarint(c.out, *n)
		return
	}
	var v uint64
	for shift, i := 0, 0; ; shift, i = shift+7, i+1 {
		b := c.in[i]
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			c.in = c.in[i+1:]
			break
		}
	}
	*n = int64(v>>1) ^ -int64(v&1)
}

func (c *coder) float(f *float64) {
	if !c.reading {
		c.out = binary.LittleEndian.AppendUint64(c.out, math.Float64bits(*f))
		return
	}
	var v uint64
	for i := range 8 {
		v |= uint64(c.in[i]) << (8 * i)
	}
	*f, c.in = math.Float64frombits(v), c.in[8:]
}

// time is an instant to the microsecond, as Postgres keeps it, in seconds where that is exact.
func (c *coder) time(t *time.Time) {
	has := !t.IsZero()
	if c.flag(&has); !has {
		*t = time.Time{}
		return
	}
	second, micro := t.Unix(), int64(t.Nanosecond()/1000)
	c.number(&second)
	c.number(&micro)
	if c.reading {
		*t = time.Unix(second, micro*1000).UTC()
	}
}
