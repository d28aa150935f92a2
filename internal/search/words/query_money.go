package words

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wattle/internal/money"
	"wattle/internal/search"
)

// The tokenizer drops "$" and decimal points, so they are spelled out first ("$99.50" becomes "aud
// 99p50") and restored for display.
const dollarMark = "aud"

var (
	decimals   = regexp.MustCompile(`(\d)\.(\d{1,2})\b`)
	thousands  = regexp.MustCompile(`(\d),(\d{3})\b`)
	amountWord = regexp.MustCompile(`^\d{1,4}(p\d{1,2})?$`)
	writer     = strings.NewReplacer("$", " "+dollarMark+" ", "<", " under ", "≤", " under ", "£", " ", "€", " ")
)

// marked prepares a text for the tokenizer.
func marked(text string) string {
	return writer.Replace(decimals.ReplaceAllString(thousands.ReplaceAllString(text, "$1$2"), "${1}p$2"))
}

// plainText undoes marked: it writes words as they were typed.
func plainText(words []string) string {
	text := strings.Join(words, " ")
	if strings.Contains(text, dollarMark) || strings.Contains(text, "p") {
		text = strings.ReplaceAll(" "+text, " "+dollarMark+" ", " $")
		text = priced.ReplaceAllString(text, "$1.$2")
	}
	return strings.TrimSpace(text)
}

var priced = regexp.MustCompile(`\b(\d+)p(\d{1,2})\b`)

// Phrases around a price limit. After a loose lead a bare number need not be money ("under 18").
var (
	firmLeads    = phrases("max", "maximum", "max of", "maximum of", "budget", "budget of", "budget is", "budget around", "can afford", "can pay", "afford", "pay", "spend", "for under", "for less than", "cost under", "costs under", "priced under", "price under", "fee under", "fees under")
	looseLeads   = phrases("under", "below", "less than", "up to", "upto", "no more than", "not more than", "at most", "cheaper than", "lower than", "within", "not over", "no higher than")
	softLeads    = phrases("for", "around", "about", "roughly", "approx", "approximately", "at", "costs", "price", "fee", "charging")
	tails        = phrases("max", "maximum", "or less", "or under", "or below", "and under", "and below", "or cheaper", "tops", "at most")
	perSession   = phrases("per session", "a session", "each session", "session", "per hour", "an hour", "hour", "per appointment", "an appointment", "per visit", "a visit", "each", "per consult", "ph", "pp")
	gapLeads     = phrases("gap", "gap of", "gap fee", "gap fee of", "out of pocket", "out of pocket cost")
	gapTails     = phrases("gap", "gap fee", "gap payment", "out of pocket", "after medicare", "after rebate", "after the rebate", "after medicare rebate", "after the medicare rebate", "with medicare rebate", "with the medicare rebate", "with rebate", "after my rebate")
	notDollars   = wordSet("year years yr yrs yo y old month months week weeks fortnight day days minute minutes min mins hour hours hr hrs km kms kilometre kilometres kilometer kilometers k kg people person percent s am pm th st")
	minimumWords = wordSet("over above from min minimum than least beyond exceeding")
	periods      = phrases("a week", "per week", "a fortnight", "per fortnight", "a month", "per month", "a year", "per year", "weekly", "monthly", "each month", "each week")
)

// A bare number after a loose lead is a price between these bounds in dollars; below, it is an age or a distance.
const leastBare, mostBare = 60, 1000

// phrases splits phrases into words.
func phrases(texts ...string) [][]string {
	out := make([][]string, len(texts))
	for i, t := range texts {
		out[i] = strings.Fields(t)
	}
	return out
}

// longest returns the length of the longest phrase that words start with.
func longest(list [][]string, words []string) int {
	n := 0
	for _, s := range list {
		if len(s) > n && len(s) <= len(words) && slices.Equal(words[:len(s)], s) {
			n = len(s)
		}
	}
	return n
}

// price is an amount while it is parsed.
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

// readMoney parses a price limit ("under $120 a session", "max 150", "less than $80 gap"), an age or a
// distance. A minimum ("over $100") is not a limit.
func readMoney(words []string, i int) (token, bool) {
	if p, ok := readAge(words, i); ok {
		return p, true
	}
	if p, ok := readDistance(words, i); ok {
		return p, true
	}
	m := &price{words: words, at: i}
	m.lead()
	if !m.amounts() || i > 0 && minimumWords[words[i-1]] && !m.firm && !m.loose {
		return token{}, false
	}
	m.after()
	if m.at < len(words) && notDollars[words[m.at]] || longest(periods, words[m.at:]) > 0 {
		return token{}, false
	}
	c, err := money.ParseDollars(m.dollars)
	if err != nil || c <= 0 || !m.isLimit(c) {
		return token{}, false
	}
	group := "max_fee"
	if m.gap {
		group = "max_gap"
	}
	return token{from: i, to: m.at, values: []search.Value{value(group, c.Dollars())}}, true
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

// amounts parses an amount or a range; of a range the upper end counts.
func (m *price) amounts() bool {
	if !m.amount() {
		return false
	}
	before := *m
	m.skip(rangeWords)
	low := m.dollars
	if !m.amount() || atoi(m.dollars) <= atoi(low) {
		*m = before
	}
	return true
}

func (m *price) amount() bool {
	at := m.at
	sign := m.skip(signs)
	if m.at >= len(m.words) || !digit(m.words[m.at]) || !amountWord.MatchString(m.words[m.at]) {
		m.at = at
		return false
	}
	m.dollars = strings.ReplaceAll(m.words[m.at], "p", ".")
	m.at++
	m.sign = m.skip(currencyTails) || sign || m.sign
	return true
}

var (
	signs         = phrases(dollarMark)
	currencyTails = phrases("dollars", "dollar", "bucks")
	rangeWords    = phrases("to", "and", "or")
)

func (m *price) after() {
	m.tail = m.skip(tails)
	m.skip(perSession)
	m.tail = m.skip(tails) || m.tail
	m.gap = m.skip(gapTails) || m.gap
}

// isLimit reports whether the amount is a price limit and nothing else.
func (m *price) isLimit(c money.Cents) bool {
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
	ageTails  = phrases("year old", "years old", "year olds", "yr old", "yrs old", "yo", "y o")
	ageWord   = regexp.MustCompile(`^(\d{1,2})yo$`)
	kmWord    = regexp.MustCompile(`^(\d{1,3})kms?$`)
	ageOfWhom = phrases("son", "daughter", "boy", "girl")
	kmLeads   = phrases("within", "up to", "less than", "under")
	kmTails   = phrases("km", "kms", "kilometre", "kilometres", "kilometer", "kilometers")
	kmAfter   = phrases("of", "from", "away from", "around", "away")
	small     = regexp.MustCompile(`^\d{1,3}$`)
)

// readAge parses "14 year old" into the client group of that age (domain facts §8).
func readAge(words []string, i int) (token, bool) {
	if !digit(words[i]) {
		return token{}, false
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
			return token{from: i, to: to, values: []search.Value{value("group", g.slug)}}, true
		}
	}
	return token{}, false
}

var ageGroups = []struct {
	from, to int
	slug     string
}{{3, 11, "children"}, {12, 15, "teens"}, {16, 17, "youth"}, {18, 25, "young-adults"}, {65, 110, "older-adults"}}

// readDistance parses "within 10 km of".
func readDistance(words []string, i int) (token, bool) {
	at := i + longest(kmLeads, words[i:])
	if at >= len(words) || !digit(words[at]) {
		return token{}, false
	}
	km := 0
	if m := kmWord.FindStringSubmatch(words[at]); m != nil {
		km, at = atoi(m[1]), at+1
	} else if n := longest(kmTails, words[at+1:]); n > 0 && small.MatchString(words[at]) {
		km, at = atoi(words[at]), at+1+n
	}
	if km < 1 || km > search.MaxWithinKm {
		return token{}, false
	}
	at += longest(kmAfter, words[at:])
	return token{from: i, to: at, values: []search.Value{value("within_km", strconv.Itoa(km))}}, true
}
