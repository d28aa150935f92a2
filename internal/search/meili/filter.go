package meili

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// never meets nobody: ids begin at 1.
const never = atID + " < 0"

// clause is one condition of a search. group is the group of filters it belongs to, whose counts
// leave it out; "" where no counts stand beside it.
type clause struct{ group, text string }

// ask is a search's conditions.
type ask []clause

// but joins all conditions save those of some groups.
func (a ask) but(groups ...string) string {
	var out []string
	for _, c := range a {
		if c.group == "" || !slices.Contains(groups, c.group) {
			out = append(out, c.text)
		}
	}
	return strings.Join(out, " AND ")
}

// and adds a condition to those already joined.
func and(all string, more ...string) string {
	for _, m := range more {
		switch {
		case m == "":
		case all == "":
			all = m
		default:
			all += " AND " + m
		}
	}
	return all
}

func either(list []string) string {
	if len(list) == 0 {
		return never
	}
	return "(" + strings.Join(list, " OR ") + ")"
}

// quote makes a value of the filter language.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func oneOf(attribute string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return attribute + " IN [" + strings.Join(quoted, ", ") + "]"
}

// conditions says what f asks for. zones are those of the listed practices.
func conditions(f search.Filter, now time.Time, zones []string) ask {
	var out ask
	for _, g := range search.Groups() {
		values := f.Chosen(g.Name)
		switch {
		case len(values) == 0:
		case g.Name == "available":
			var windows []string
			for _, v := range values {
				windows = append(windows, window(v, now, zones))
			}
			out = append(out, clause{g.Name, either(windows)})
		case g.Name == "issue" && f.AllIssues:
			var each []string
			for _, v := range values {
				each = append(each, oneOf(g.Name, []string{v}))
			}
			out = append(out, clause{g.Name, strings.Join(each, " AND ")})
		default:
			out = append(out, clause{g.Name, oneOf(g.Name, values)})
		}
	}
	if f.MaxFee.Set {
		out = append(out, clause{"price", withinFee(f, priced(f))})
	}
	if f.MaxGap.Set {
		out = append(out, clause{"gap", withinGap(f, priced(f), now, zones)})
	}
	if f.Postcode != "" {
		out = append(out, clause{"", oneOf(atPostcode, []string{f.Postcode})})
	}
	if !f.Near.IsZero() {
		out = append(out, clause{"", fmt.Sprintf("_geoRadius(%s, %s, %d)", number(f.Near.Lat), number(f.Near.Lng), f.Radius()*1000)})
	}
	return out
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// priced is which of the two formats' fees count.
func priced(f search.Filter) int {
	if f.Format() == formats[1] {
		return 1
	}
	return 0
}

func withinFee(f search.Filter, price int) string {
	return fmt.Sprintf("%s <= %d", lowFee[price], f.MaxFee.Cents)
}

// window is a value of available at now: the instants are compared with the clock of the question.
func window(value string, now time.Time, zones []string) string {
	after := func(i int) string { return fmt.Sprintf("%s > %d", instants[i], now.UnixMicro()) }
	switch value {
	case "today":
		return today(now, zones)
	case "week":
		return fmt.Sprintf("(%s AND %s <= %d)", after(0), instants[0], now.Add(search.Week).UnixMicro())
	case "evening":
		return after(1)
	case "weekend":
		return after(2)
	}
	return never
}

// today ends at the next midnight of the practice's own zone.
func today(now time.Time, zones []string) string {
	by := map[int64][]string{}
	for _, z := range zones {
		loc, err := region.LoadZone(z)
		if err != nil {
			loc = time.UTC
		}
		midnight := search.Midnight(loc, now).UnixMicro()
		by[midnight] = append(by[midnight], z)
	}
	var out []string
	for _, midnight := range sortedKeys(by) {
		out = append(out, fmt.Sprintf("(%s > %d AND %s < %d AND %s)", instants[0], now.UnixMicro(), instants[0], midnight, oneOf(atZone, by[midnight])))
	}
	return either(out)
}

// withinGap compares fees with what Medicare pays on the practice's own day by the dated schedule:
// the fee is stored, the benefit is not, so the condition stays true on a first of July.
func withinGap(f search.Filter, price int, now time.Time, zones []string) string {
	if price == 1 {
		return never // couples' sessions have no benefit
	}
	by := map[string][]string{} // zones that share the day
	for _, z := range zones {
		if loc, err := region.LoadZone(z); err == nil {
			day := now.In(loc).Format(time.DateOnly)
			by[day] = append(by[day], z)
		}
	}
	var out []string
	for _, day := range sortedKeys(by) {
		for _, r := range taxonomy.Rebates() {
			if day < r.From.Format(time.DateOnly) || day > r.To.Format(time.DateOnly) {
				continue
			}
			benefit, ok := directory.Benefit(r.Type, r.MinMinutes, by[day][0], now)
			if !ok {
				continue
			}
			long := fmt.Sprintf("%s >= %d", atGapLength, r.MinMinutes)
			if r.MaxMinutes > 0 {
				long += fmt.Sprintf(" AND %s <= %d", atGapLength, r.MaxMinutes)
			}
			out = append(out, fmt.Sprintf("(%s AND %s AND %s AND %s <= %d)", oneOf(atPractises, []string{r.Type}), long,
				oneOf(atZone, by[day]), atGapFee, f.MaxGap.Cents+benefit))
		}
	}
	return either(out)
}

func sortedKeys[K int64 | string, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
