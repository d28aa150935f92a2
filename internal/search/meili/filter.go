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

// never is met by no one: ids begin at 1.
const never = atID + " < 0"

// and joins conditions; an empty one is true.
func and(conditions ...string) string {
	return strings.Join(slices.DeleteFunc(conditions, func(c string) bool { return c == "" }), " AND ")
}

func either(list []string) string {
	if len(list) == 0 {
		return never
	}
	return "(" + strings.Join(list, " OR ") + ")"
}

// quote writes a value in the filter language.
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

// conditions is the filter of f. zones are those of the listed practices.
func conditions(f search.Filter, now time.Time, zones []string) string {
	var out []string
	for _, g := range search.Groups() {
		out = append(out, condition(g, f, now, zones))
	}
	if f.MaxFee.Set {
		out = append(out, fmt.Sprintf("%s <= %d", lowFee[priced(f)], f.MaxFee.Cents))
	}
	if f.MaxGap.Set {
		out = append(out, withinGap(f, priced(f), now, zones))
	}
	if f.Postcode != "" {
		out = append(out, oneOf(atPostcode, []string{f.Postcode}))
	}
	if !f.Near.IsZero() {
		out = append(out, fmt.Sprintf("_geoRadius(%s, %s, %d)",
			number(f.Near.Lat), number(f.Near.Lng), f.Radius()*1000))
	}
	return and(out...)
}

// condition is what f chooses of a group; "" for nothing.
func condition(g search.Group, f search.Filter, now time.Time, zones []string) string {
	values := g.Chosen(&f)
	if len(values) == 0 {
		return ""
	}
	var each []string
	for _, v := range values {
		if g.Name == "available" {
			each = append(each, window(v, now, zones))
		} else {
			each = append(each, oneOf(g.Name, []string{v}))
		}
	}
	switch {
	case g.Name == "available":
		return either(each)
	case g.Name == "issue" && f.AllIssues:
		return and(each...)
	}
	return oneOf(g.Name, values)
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// priced is which of the two formats' fees count.
func priced(f search.Filter) int {
	if f.Format() == formats[1] {
		return 1
	}
	return 0
}

// window is a value of available as of now.
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

// today ends at the next midnight in the zone of the practice.
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
		out = append(out, fmt.Sprintf("(%s > %d AND %s < %d AND %s)",
			instants[0], now.UnixMicro(), instants[0], midnight, oneOf(atZone, by[midnight])))
	}
	return either(out)
}

// withinGap compares fees with what Medicare pays by the dated schedule, on the day in the zone of the practice. The
// fee is stored and the benefit is not, so the condition stays true on the first of July.
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
