package words

import (
	"slices"
	"strings"
	"sync"
	"wattle/internal/search"
)

// phraseValues are phrases about time, waiting and money that are in no list of the taxonomy. "Cheap"
// sorts by price; it hides no one.
var phraseValues = []struct {
	values []search.Value
	words  string // normalised phrases, separated by commas
}{
	{[]search.Value{value("available", "today")}, "today, tonight, this afternoon, this arvo, this evening"},
	{[]search.Value{value("available", "week")}, `this week, within a week, within the week, within 7 days, in the next week, next 7 days, in the next few days, next few days,
		tomorrow, later this week, by friday`},
	{[]search.Value{value("available", "evening")}, `evening, evenings, after work, after 5, after 5pm, after 5 pm, after 6, after 6pm, after 6 pm, late appointments, late appointment, nights`},
	{[]search.Value{value("available", "evening"), value("available", "weekend")}, "after hours, evenings or weekends, evenings and weekends, evening or weekend, outside work hours, outside business hours, out of hours"},
	{[]search.Value{value("available", "weekend")}, "weekend, weekends, the weekend, saturday, saturdays, sunday, sundays"},
	{[]search.Value{value("accepting", "true")}, `no waiting list, no waiting lists, no wait list, no waitlist, no waitlists, without a waiting list, without waiting list, without a waitlist, without a wait, no wait,
		no waiting, no wait time, no waiting time, taking new clients, taking on new clients, accepting new clients, accepts new clients, accepting clients, taking clients, accepting new patients,
		accepting patients, taking new patients, taking patients, new patients, new clients, books open, open books`},
	{[]search.Value{value("sort", search.Soonest)}, `soon, asap, as soon as possible, soonest, earliest, earliest appointment, urgent, urgently, right away, straight away, immediately, next available, first available, available now,
		available soon, short wait, short waiting list, quick appointment`},
	{[]search.Value{value("sort", search.Price)}, "cheap, cheapest, cheaper, low cost, lower cost, lowest cost, lowest price, lowest fee, affordable, inexpensive, budget friendly, not expensive, not too expensive, cant afford much, on a budget"},
	{[]search.Value{value("reduced", "true")}, "sliding scale, sliding fee, sliding fees, reduced fee, reduced fees, reduced rate, reduced rates, low fee, low fees, discount, discounted, low income, reduced price"},
	{[]search.Value{value("free_consultation", "true")}, `free consultation, free consultations, free consult, free initial consultation, free first consultation, free initial consult, free phone consultation, free video consultation,
		free call, free first call, free intro, free intro call, free introduction, free introductory call, free chat, free first chat, free 15 minute call, free 15 minute consultation, free 15 minute chat,
		free 15 min call, free 15 min consultation, free 15 minutes, free discovery call, free trial, free meet and greet, first call free, first call is free, first session free, first session is free, free first session, try before`},
	{[]search.Value{value("funding", "bulk-bill")}, "no gap, free counselling, no gap fee, no gap fees, no out of pocket, no out of pocket cost, no out of pocket costs, gap free, zero gap"},
	{[]search.Value{value("gender", "woman")}, "female only, women only, woman only"},
	{[]search.Value{value("mode", "in-person")}, "in person, face to face, in the room, in office, in clinic, in rooms"},
	{[]search.Value{value("group", "adults")}, "adults only"},
}

// phrase is a phrase with its values.
type phrase struct {
	words  []string
	values []search.Value
}

// phrasesByFirst indexes the phrases by their first word.
var phrasesByFirst = sync.OnceValue(func() map[string][]phrase {
	out := map[string][]phrase{}
	for _, w := range phraseValues {
		for _, text := range strings.Split(w.words, ",") {
			s := phrase{strings.Fields(text), w.values}
			out[s.words[0]] = append(out[s.words[0]], s)
		}
	}
	return out
})

// readPhrase takes the longest phrase, including the words that introduce it ("available on", "free
// this week").
func readPhrase(words []string, i int) (token, bool) {
	best := token{from: i}
	for _, lead := range []int{0, longest(phraseLeads, words[i:])} {
		if i+lead >= len(words) {
			continue
		}
		for _, s := range phrasesByFirst()[words[i+lead]] {
			to := i + lead + len(s.words)
			if to <= best.to || to > len(words) || lead > 0 && s.values[0].Group != "available" {
				continue
			}
			if slices.Equal(s.words, words[i+lead:to]) {
				best.to, best.values = to, s.values
			}
		}
	}
	return best, best.known()
}

var phraseLeads = phrases("on", "on a", "on the", "in the", "at", "at the", "free", "free on", "free in the",
	"available", "available on", "available in the", "open", "open on", "who works", "works", "works on",
	"during the", "over the", "for")
