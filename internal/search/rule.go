package search

// SortRule is one order of results as it is published: what decides, in turn. The page that explains
// the order is made of these, and a test holds the index to each.
type SortRule struct {
	Sort string // as in Filter.Sort
	Name string // as the menu names it
	By   []string
}

// What decides in every order, once what is asked for leaves people equal.
const (
	bySoonest = "The soonest free time. Who has none comes last."
	byTurns   = "Turns: the order of the day, below."
)

// SortRules are the orders there are, the one that nobody has to choose first.
func SortRules() []SortRule {
	return []SortRule{
		{"", "Best match", []string{"How well your words fit, where you typed words that are not a filter. First come those whom they fit without a corrected slip; then a name counts before what somebody helps with and where they are, that before their headline, and that before the rest of their profile.",
			bySoonest, byTurns}},
		{Soonest, "Soonest free time", []string{bySoonest, byTurns}},
		{Price, "Lowest price", []string{"The lowest fee you can really get. A reduced fee counts while a place of it is left. Who names no fee comes last.", bySoonest, byTurns}},
		{Distance, "Nearest", []string{"How far away they are from the place you named, in a straight line.", bySoonest, byTurns}},
	}
}
