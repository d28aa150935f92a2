package memindex

import (
	"encoding/binary"
	"slices"
	"sort"
)

// postings are the slots in which a word stands, in ascending order, each with the best field it
// stands in: the distance from the slot before and two bits of field, as a varint. A slot stands
// once.
type postings struct {
	packed []byte
	n      int
	last   uint32 // the highest slot
	marks  []mark
}

// mark is where the postings after every blockful begin, and the slot before.
type mark struct{ slot, at uint32 }

const blockful = 128

// add enters a slot not lower than any before.
func (p *postings) add(slot, field uint32) {
	if p.n > 0 && p.last == slot {
		return // stands already, with a better field
	}
	if p.n > 0 && p.n%blockful == 0 {
		p.marks = append(p.marks, mark{p.last, uint32(len(p.packed))})
	}
	p.packed = binary.AppendUvarint(p.packed, uint64(slot-p.last)<<2|uint64(field))
	p.last = slot
	p.n++
}

// unpack appends the postings, slot<<2|field each.
func (p *postings) unpack(list []uint32) []uint32 {
	list, _ = unpackFrom(list, p.packed, 0, p.n)
	return list
}

func unpackFrom(list []uint32, packed []byte, slot uint32, n int) ([]uint32, uint32) {
	for i := 0; n > 0 && i < len(packed); n-- {
		v := uint32(packed[i])
		i++
		if v >= 0x80 {
			v &= 0x7f
			for shift := 7; ; shift += 7 {
				c := packed[i]
				i++
				v |= uint32(c&0x7f) << shift
				if c < 0x80 {
					break
				}
			}
		}
		slot += v >> 2
		list = append(list, slot<<2|v&3)
	}
	return list, slot
}

// find gives the field in which the word stands for a slot.
func (p *postings) find(slot uint32, memory []uint32) (field uint8, ok bool) {
	if p.n == 0 || slot > p.last {
		return 0, false
	}
	var from mark
	if i := sort.Search(len(p.marks), func(i int) bool { return p.marks[i].slot >= slot }); i > 0 {
		from = p.marks[i-1]
	}
	list, _ := unpackFrom(memory[:0], p.packed[from.at:], from.slot, blockful)
	i, _ := slices.BinarySearch(list, slot<<2)
	if i == len(list) || list[i]>>2 != slot {
		return 0, false
	}
	return uint8(list[i] & 3), true
}

// trim gives back memory that was kept for growing.
func (p *postings) trim() {
	if cap(p.packed) > len(p.packed)+len(p.packed)/8 {
		p.packed = slices.Clone(p.packed)
	}
	p.marks = slices.Clip(p.marks)
}
