package words

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wattle/internal/money"
	"wattle/internal/search"
)

// The money sign and decimal points would be lost among the words: they are written out before
// ("$99.50" is "aud 99p50") and written as they were after.
const dollarMark = "aud"

var (
	decimals  = regexp.MustCompile(`(\d)\.(\d{1,2})\b`)
	thousands = regexp.MustCompile(`(\d),(\d{3})\b`)
	amount    = regexp.MustCompile(`^\d{1,4}(p\d{1,2})?$`)
	writer    = strings.NewReplacer("$", " "+dollarMark+" ", "<", " under ", "≤", " under ", "£", " ", "€", " ")
)

// marked prepares a text for being cut in words.
func marked(text string) string {
	return writer.Replace(decimals.ReplaceAllString(thousands.ReplaceAllString(text, "$1$2"), "${1}p$2"))
}

// plainText writes words as a person would.
func plainText(words []string) string {
	text := strings.Join(words, " ")
	if strings.Contains(text, dollarMark) || strings.Contains(text, "p") {
		text = strings.ReplaceAll(" "+text, " "+dollarMark+" ", " $")
		text = priced.ReplaceAllString(text, "$1.$2")
	}
	return strings.TrimSpace(text)
}

var priced = regexp.MustCompile(`\b(\d+)p(\d{1,2})\b`)

// The ways of saying a ceiling. Of the loose ones a bare number need not be money ("under 18").
var (
	firmLeads  = sayings("max", "maximum", "max of", "maximum of", "budget", "budget of", "budget is", "budget around", "can afford", "can pay", "afford", "pay", "spend", "for under", "for less than", "cost under", "costs under", "priced under", "price under", "fee under", "fees under")
	looseLeads = sayings("under", "below", "less than", "up to", "upto", "no more than", "not more than", "at most", "cheaper than", "lower than", "within", "not over", "no higher than")
	softLeads  = sayings("for", "around", "about", "roughly", "approx", "approximately", "at", "costs", "price", "fee", "charging")
	tails      = sayings("max", "maximum", "or less", "or under", "or below", "and under", "and below", "or cheaper", "tops", "at most")
	perSession = sayings("per session", "a session", "each session", "session", "per hour", "an hour", "hour", "per appointment", "an appointment", "per visit", "a visit", "each", "per consult", "ph", "pp")
	gapLeads   = sayings("gap", "gap of", "gap fee", "gap fee of", "out of pocket", "out of pocket cost")
	gapTails   = sayings("gap", "gap fee", "gap payment", "out of pocket", "after medicare", "after rebate", "after the rebate", "after medicare rebate", "after the medicare rebate", "with medicare rebate", "with the medicare rebate", "with rebate", "after my rebate")
	notDollars = wordSet("year years yr yrs yo y old month months week weeks fortnight day days minute minutes min mins hour hours hr hrs km kms kilometre kilometres kilometer kilometers k kg people person percent s am pm th st")
	floors     = wordSet("over above from min minimum than least beyond exceeding")
	periods    = sayings("a week", "per week", "a fortnight", "per fortnight", "a month", "per month", "a year", "per year", "weekly", "monthly", "each month", "each week")
)

// The bounds in dollars of a bare number after a loose lead: below them it is an age or a distance.
const leastBare, mostBare = 60, 1000

// sayings are phrases cut in words.
func sayings(texts ...string) [][]string {
	out := make([][]string, len(texts))
	for i, t := range texts {
		out[i] = strings.Fields(t)
	}
	return out
}

// longest is the length of the longest of the sayings with which the words begin.
func longest(list [][]string, words []string) int {
	n := 0
	for _, s := range list {
		if len(s) > n && len(s) <= len(words) && slices.Equal(words[:len(s)], s) {
			n = len(s)
		}
	}
	return n
}

// price is what has been read of an amount.
type price struct {
	words            []string
	at               int
	firm, loose, gap bool
	sign, tail, soft bool
	dollars          string
}

func (m *price) skip(list [][]string) bool {
	n := longest(list, m.words[m.at:])
	m.at += n
	return n > 0
}

// readMoney reads a ceiling ("under $120 a session", "max 150", "less than $80 gap"), an age or a
// distance. A floor ("over $100") is no ceiling.
func readMoney(words []string, i int) (piece, bool) {
	if p, ok := readAge(words, i); ok {
		return p, true
	}
	if p, ok := readDistance(words, i); ok {
		return p, true
	}
	m := &price{words: words, at: i}
	m.lead()
	if !m.sum() || i > 0 && floors[words[i-1]] && !m.firm && !m.loose {
		return piece{}, false
	}
	m.after()
	if m.at < len(words) && notDollars[words[m.at]] || longest(periods, words[m.at:]) > 0 {
		return piece{}, false
	}
	c, err := money.ParseDollars(m.dollars)
	if err != nil || c <= 0 || !m.meant(c) {
		return piece{}, false
	}
	group := "max_fee"
	if m.gap {
		group = "max_gap"
	}
	return piece{from: i, to: m.at, values: []search.Value{value(group, c.Dollars())}}, true
}

func (m *price) lead() {
	m.gap = m.skip(gapLeads)
	switch {
	case m.skip(firmLeads):
		m.firm = true
		m.skip(softLeads)
	case m.skip(looseLeads):
		m.loose = true
	case m.skip(softLeads):
		m.soft = true
	case len(m.words) > m.at && m.words[m.at] == "between":
		m.at++
		m.loose = true
	}
}

// sum reads the amount; of a range it is the upper end that counts.
func (m *price) sum() bool {
	if !m.one() {
		return false
	}
	was := *m
	m.skip(rangeWords)
	low := m.dollars
	if !m.one() || atoi(m.dollars) <= atoi(low) {
		*m = was
	}
	return true
}

func (m *price) one() bool {
	at := m.at
	sign := m.skip(signs)
	if m.at >= len(m.words) || !digit(m.words[m.at]) || !amount.MatchString(m.words[m.at]) {
		m.at = at
		return false
	}
	m.dollars = strings.ReplaceAll(m.words[m.at], "p", ".")
	m.at++
	m.sign = m.skip(currencyTails) || sign || m.sign
	return true
}

var (
	signs         = sayings(dollarMark)
	currencyTails = sayings("dollars", "dollar", "bucks")
	rangeWords    = sayings("to", "and", "or")
)

func (m *price) after() {
	m.tail = m.skip(tails)
	m.skip(perSession)
	m.tail = m.skip(tails) || m.tail
	m.gap = m.skip(gapTails) || m.gap
}

// meant says that the amount is a ceiling on money and nothing else.
func (m *price) meant(c money.Cents) bool {
	if m.sign || m.firm || m.gap || m.tail && !m.soft {
		return true
	}
	return m.loose && c >= leastBare*100 && c <= mostBare*100
}

func digit(word string) bool { return word[0] >= '0' && word[0] <= '9' }

func atoi(s string) int {
	s, _, _ = strings.Cut(s, ".")
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

var (
	ageTails  = sayings("year old", "years old", "year olds", "yr old", "yrs old", "yo", "y o")
	ageWord   = regexp.MustCompile(`^(\d{1,2})yo$`)
	kmWord    = regexp.MustCompile(`^(\d{1,3})kms?$`)
	ageOfWhom = sayings("son", "daughter", "boy", "girl")
	kmLeads   = sayings("within", "up to", "less than", "under")
	kmTails   = sayings("km", "kms", "kilometre", "kilometres", "kilometer", "kilometers")
	kmAfter   = sayings("of", "from", "away from", "around", "away")
	small     = regexp.MustCompile(`^\d{1,3}$`)
)

// readAge reads "14 year old" as the client group it lies in (domain facts §8).
func readAge(words []string, i int) (piece, bool) {
	if !digit(words[i]) {
		return piece{}, false
	}
	to, years := 0, 0
	if m := ageWord.FindStringSubmatch(words[i]); m != nil {
		to, years = i+1, atoi(m[1])
	} else if n := longest(ageTails, words[i+1:]); n > 0 && small.MatchString(words[i]) {
		to, years = i+1+n, atoi(words[i])
	}
	if to > 0 {
		to += longest(ageOfWhom, words[to:])
	}
	for _, g := range ageGroups {
		if to > 0 && years >= g.from && years <= g.to {
			return piece{from: i, to: to, values: []search.Value{value("group", g.slug)}}, true
		}
	}
	return piece{}, false
}

var ageGroups = []struct {
	from, to int
	slug     string
}{{3, 11, "children"}, {12, 15, "teens"}, {16, 17, "youth"}, {18, 25, "young-adults"}, {65, 110, "older-adults"}}

// readDistance reads "within 10 km of".
func readDistance(words []string, i int) (piece, bool) {
	at := i + longest(kmLeads, words[i:])
	if at >= len(words) || !digit(words[at]) {
		return piece{}, false
	}
	km := 0
	if m := kmWord.FindStringSubmatch(words[at]); m != nil {
		km, at = atoi(m[1]), at+1
	} else if n := longest(kmTails, words[at+1:]); n > 0 && small.MatchString(words[at]) {
		km, at = atoi(words[at]), at+1+n
	}
	if km < 1 || km > search.MaxWithinKm {
		return piece{}, false
	}
	at += longest(kmAfter, words[at:])
	return piece{from: i, to: at, values: []search.Value{value("within_km", strconv.Itoa(km))}}, true
}
