package meilitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// doc is an indexed document.
type doc struct {
	raw      map[string]json.RawMessage
	numbers  map[string]float64
	strings  map[string][]string
	words    map[string][]string // of the searchable attributes
	located  bool
	lat, lng float64
}

func newDoc(raw map[string]json.RawMessage, searchable []string) (*doc, error) {
	d := &doc{raw: raw, numbers: map[string]float64{}, strings: map[string][]string{}, words: map[string][]string{}}
	for name, text := range raw {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case float64:
			d.numbers[name] = v
		case string:
			d.strings[name] = []string{v}
		case []any:
			d.strings[name] = []string{}
			for _, e := range v {
				d.strings[name] = append(d.strings[name], fmt.Sprint(e))
			}
		case map[string]any:
			lat, ok := v["lat"].(float64)
			lng, also := v["lng"].(float64)
			if name == "_geo" && ok && also {
				d.located, d.lat, d.lng = true, lat, lng
			}
		}
	}
	for _, name := range searchable {
		d.words[name] = tokens(strings.Join(d.strings[name], " "))
	}
	return d, nil
}

func (d *doc) is(attribute, value string) bool {
	if n, ok := d.numbers[attribute]; ok {
		m, err := strconv.ParseFloat(value, 64)
		return err == nil && n == m
	}
	return slices.ContainsFunc(d.strings[attribute], func(s string) bool { return strings.EqualFold(s, value) })
}

func tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// query is the part of a search query that Wattle uses.
type query struct {
	IndexUID         string   `json:"indexUid"`
	Q                string   `json:"q"`
	MatchingStrategy string   `json:"matchingStrategy"`
	Filter           string   `json:"filter"`
	Sort             []string `json:"sort"`
	Offset           int      `json:"offset"`
	Limit            int      `json:"limit"`
	Page             int      `json:"page"`
	HitsPerPage      *int     `json:"hitsPerPage"`
	ShowRankingScore bool     `json:"showRankingScore"`
	Attributes       []string `json:"attributesToRetrieve"`
}

// candidate is a document that meets the filter, with how well it meets the words.
type candidate struct {
	*doc
	words, typos, field int
}

// score is equal for candidates whose words tie, and for no others. The real server has other figures.
func (c candidate) score() json.RawMessage {
	worse := (100-c.words)*1_000_000 + c.typos*1000 + c.field
	return strconv.AppendFloat(nil, 1/float64(1+worse), 'g', -1, 64)
}

func (x *index) search(q query) map[string]any {
	meets := test(func(*doc) bool { return true })
	if q.Filter != "" {
		t, err := parseFilter(q.Filter, x.settings.FilterableAttributes)
		if err != nil {
			panic(&problem{http.StatusBadRequest, "invalid_search_filter", err.Error()})
		}
		meets = t
	}
	found := x.match(q, meets)
	x.order(q, found)
	out := map[string]any{"indexUid": q.IndexUID, "query": q.Q, "processingTimeMs": 0}
	total, offset, limit := min(len(found), x.settings.Pagination.MaxTotalHits), q.Offset, q.Limit
	if q.HitsPerPage != nil {
		limit = *q.HitsPerPage
		offset = (q.Page - 1) * limit
		out["totalHits"], out["hitsPerPage"], out["page"] = total, limit, q.Page
	} else {
		out["estimatedTotalHits"], out["offset"], out["limit"] = total, offset, limit
	}
	wanted := q.Attributes
	if wanted == nil {
		wanted = x.settings.DisplayedAttributes
	}
	hits := []map[string]json.RawMessage{}
	for i := offset; i < min(total, offset+limit); i++ {
		hit := displayed(found[i].doc, wanted)
		if q.ShowRankingScore {
			hit["_rankingScore"] = found[i].score()
		}
		hits = append(hits, hit)
	}
	out["hits"] = hits
	return out
}

func displayed(d *doc, attributes []string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, name := range attributes {
		if v, ok := d.raw[name]; ok {
			out[name] = v
		}
	}
	return out
}

// match keeps the documents that meet the filter and the words: all words, or with the strategy "last" at least
// the first.
func (x *index) match(q query, meets test) []candidate {
	var asked []string
	for _, w := range tokens(q.Q) {
		if !slices.Contains(x.settings.StopWords, w) {
			asked = append(asked, w)
		}
	}
	forgiven := make([]map[string]int, len(asked))
	for i := range forgiven {
		forgiven[i] = map[string]int{}
	}
	var out []candidate
	for _, d := range x.sorted() {
		if !meets(d) {
			continue
		}
		c := candidate{doc: d}
		for i, w := range asked {
			typos, field, ok := x.meets(d, w, forgiven[i])
			if !ok {
				break
			}
			c.words, c.typos, c.field = i+1, c.typos+typos, c.field+field
		}
		if c.words == len(asked) || q.MatchingStrategy == "last" && c.words > 0 {
			out = append(out, c)
		}
	}
	return out
}

// meets says how well a document meets a word: the fewest typos, then the best field. A typo in the
// first letter counts twice.
func (x *index) meets(d *doc, word string, memory map[string]int) (typos, field int, ok bool) {
	best := math.MaxInt
	for i, name := range x.settings.SearchableAttributes {
		for _, w := range d.words[name] {
			away, seen := memory[w]
			if !seen {
				away = x.away(word, w)
				memory[w] = away
			}
			if away >= 0 {
				best = min(best, away*100+i)
			}
		}
	}
	return best / 100, best % 100, best < math.MaxInt
}

// away counts the typos between a word of the query and one of a document; -1 for too many.
func (x *index) away(asked, there string) int {
	if slices.Contains(x.settings.Synonyms[asked], there) {
		return 0
	}
	most := 0
	switch n := utf8.RuneCountInString(asked); {
	case n >= x.settings.TypoTolerance.MinWordSizeForTypos.TwoTypos:
		most = 2
	case n >= x.settings.TypoTolerance.MinWordSizeForTypos.OneTypo:
		most = 1
	}
	away := taxonomy.Typos(asked, there, most)
	if away > 0 && asked[0] != there[0] {
		away++
	}
	if away > most {
		return -1
	}
	return away
}

// order sorts by the ranking rules; "sort" stands for what the query asks.
func (x *index) order(q query, found []candidate) {
	var rules []func(a, b candidate) int
	for _, name := range x.settings.RankingRules {
		switch name {
		case "sort":
			for _, s := range q.Sort {
				rules = append(rules, x.rule(s))
			}
		case "words":
			rules = append(rules, func(a, b candidate) int { return cmp.Compare(b.words, a.words) })
		case "typo":
			rules = append(rules, func(a, b candidate) int { return cmp.Compare(a.typos, b.typos) })
		case "attributeRank":
			rules = append(rules, func(a, b candidate) int { return cmp.Compare(a.field, b.field) })
		default:
			rules = append(rules, x.rule(name))
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		for _, by := range rules {
			if c := by(a, b); c != 0 {
				return c
			}
		}
		return 0
	})
}

// rule reads "attribute:asc" or "_geoPoint(lat, lng):asc". Documents without the attribute come last; distances
// within a metre tie.
func (x *index) rule(text string) func(a, b candidate) int {
	name, ok := strings.CutSuffix(text, ":asc")
	attribute, _, _ := strings.Cut(name, "(")
	var lat, lng float64
	_, err := fmt.Sscanf(name, "_geoPoint(%g, %g)", &lat, &lng)
	geo := err == nil
	if geo {
		attribute = "_geo"
	}
	if !ok || !slices.Contains(x.settings.SortableAttributes, attribute) {
		panic(&problem{http.StatusBadRequest, "invalid_search_sort", text + " cannot be sorted by"})
	}
	value := func(c candidate) float64 {
		n, ok := c.numbers[name]
		switch {
		case geo && c.located:
			return math.Round(region.Distance(lat, lng, c.lat, c.lng) * 1000)
		case ok:
			return n
		}
		return math.Inf(1)
	}
	return func(a, b candidate) int { return cmp.Compare(value(a), value(b)) }
}
