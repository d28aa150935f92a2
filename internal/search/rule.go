package search

// SortRule is a sort order as published: the criteria in turn. The page that explains the order is
// rendered from these rules, and a test holds the index to each.
type SortRule struct {
	Sort string // the value of Filter.Sort
	Name string // its label in the menu
	By   []string
}

// The tie-breaks of every order.
const (
	bySoonest = "The soonest free time. Who has none comes last."
	byTurns   = "Turns: the order of the day, below."
)

// SortRules lists the sort orders, the default first.
func SortRules() []SortRule {
	return []SortRule{
		{"", "Best match", []string{"How well your words fit, where you typed words that are not a filter. First come those whom they fit without a corrected slip; then a name counts before what somebody helps with and where they are, that before their headline, and that before the rest of their profile.",
			bySoonest, byTurns}},
		{Soonest, "Soonest free time", []string{bySoonest, byTurns}},
		{Price, "Lowest price", []string{"The lowest fee you can really get. A reduced fee counts while a place of it is left. Who names no fee comes last.", bySoonest, byTurns}},
		{Distance, "Nearest", []string{"How far away they are from the place you named, in a straight line.", bySoonest,
			byTurns}},
	}
}
