package region

import (
	"sync"
	"time"
)

type dayKey struct {
	state string
	y     int
	m     time.Month
	d     int
}

// holidays maps each day to the holiday observed all day throughout a state. It is a hint: a practice may work
// on it. It is read from holidays.tsv, 2026 to 2028, written by hand from the acts and orders named in
// its source column and compared with github.com/rickar/cal and npm date-holidays. Where the
// libraries differ from each other or from the table, the table follows the law:
//   - NSW has extra Anzac Mondays on 27 April 2026 and 26 April 2027 (order); rickar/cal lacks them.
//   - ACT has 27 April 2026 by declaration of December 2025 (DFAT note PRB 25/266).
//   - SA has no Anzac Monday in 2027: the Public Holidays Act 2023 dropped the rule of 1910 (SA
//     Business Chamber, April 2026); rickar/cal still applies it.
//   - Easter Sunday is a holiday in SA (since 2024), WA and NT; rickar/cal lacks it.
//   - Where an act moves a holiday from a weekend to the next weekday (Tasmania's Boxing Day,
//     Queensland's Anzac Sunday), the table keeps both days, since practices close on both.
//   - The Friday before the AFL Grand Final is provisional from 2027 on.
//
// Local show days, except Brisbane's, are left out.
var holidays = sync.OnceValue(func() map[dayKey]string {
	out := map[dayKey]string{}
	for _, r := range rows("holidays.tsv") {
		date, err := time.Parse(time.DateOnly, r[0])
		if err != nil || date.Format("Mon") != r[1] {
			panic("holidays.tsv: " + r[0] + " is not a " + r[1])
		}
		if starts, area := r[4], r[5]; starts == "" && area == "" {
			out[dayKey{r[2], date.Year(), date.Month(), date.Day()}] = r[3]
		}
	}
	return out
})

// Holiday names the public holiday observed all day throughout a state (a slug) on the calendar day of
// date in its location. The table covers 2026 to 2028; other years have none.
func Holiday(state string, date time.Time) (name string, ok bool) {
	y, m, d := date.Date()
	name, ok = holidays()[dayKey{state, y, m, d}]
	return name, ok
}
