package demo

// anchor is a person who must exist because demonstrations search for them: a clinical psychologist in
// New South Wales for at most $160, on an evening, with a free call first. Otherwise they are generated
// like everyone else.
type anchor struct {
	suburb       string
	focus        string
	fee, reduced int // dollars
	left         int // reduced places
	evenings     []int
}

// anchors by the index of the person. A directory of 400 or more contains all of them, three in Sydney
// with video sessions.
var anchors = map[int]*anchor{
	6:   {suburb: "Newtown", focus: "mood", fee: 250, reduced: 120, left: 3, evenings: []int{2, 4}},
	41:  {suburb: "Parramatta", focus: "trauma", fee: 235, reduced: 95, left: 2, evenings: []int{1, 3}},
	97:  {suburb: "Wollongong", focus: "perinatal", fee: 240, reduced: 140, left: 4, evenings: []int{3}},
	188: {suburb: "Hurstville", focus: "work", fee: 265, reduced: 150, left: 1, evenings: []int{1, 2, 4}},
	305: {suburb: "Newcastle", focus: "neuro", fee: 225, reduced: 110, left: 2, evenings: []int{2}},
}
