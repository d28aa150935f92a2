package region

import (
	"testing"
	"time"
)

func day(t *testing.T, date string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryHolidayRowIsValid(t *testing.T) {
	last := ""
	for _, r := range rows("holidays.tsv") {
		date, state, name, source := r[0], r[2], r[3], r[6]
		if _, ok := StateBySlug(state); !ok || name == "" || source == "" || date < "2026" || date >= "2029" {
			t.Errorf("%v", r)
		}
		if date < last {
			t.Errorf("%s %s is out of order", date, name)
		}
		last = date
	}
}

// The dates of domain.md §9 and the disagreements of the public libraries, settled by law.
func TestKnownHolidays(t *testing.T) {
	for _, c := range []struct{ state, date, want string }{
		{"nsw", "2027-03-26", "Good Friday"}, {"tas", "2027-03-29", "Easter Monday"}, {"tas", "2027-03-28", ""},
		{"vic", "2027-04-25", "Anzac Day"}, {"vic", "2027-04-26", ""}, {"tas", "2027-04-26", ""},
		{"nsw", "2026-04-27", "Anzac Day (additional day)"}, {"nsw", "2027-04-26", "Anzac Day (additional day)"},
		{"act", "2026-04-27", "Anzac Day (additional day)"}, {"qld", "2026-04-27", ""}, {"sa", "2026-04-27", ""},
		{"sa", "2027-04-26", ""}, {"wa", "2027-04-26", "Anzac Day (additional day)"},
		{"sa", "2026-04-05", "Easter Sunday"}, {"wa", "2026-04-05", "Easter Sunday"}, {"nt", "2026-04-05", "Easter Sunday"},
		{"nsw", "2027-12-27", "Christmas Day (additional day)"}, {"nsw", "2027-12-28", "Boxing Day (additional day)"},
		{"sa", "2026-12-28", "Proclamation Day (additional day)"}, {"wa", "2028-01-03", "New Year's Day (additional day)"},
		{"wa", "2027-03-01", "Labour Day"}, {"vic", "2027-03-08", "Labour Day"}, {"tas", "2027-03-08", "Eight Hours Day"},
		{"qld", "2027-05-03", "Labour Day"}, {"nt", "2027-05-03", "May Day"}, {"nsw", "2027-10-04", "Labour Day"}, {"sa", "2027-10-04", "Labour Day"},
		{"nsw", "2027-06-14", "King's Birthday"}, {"wa", "2027-09-27", "King's Birthday"}, {"qld", "2027-10-04", "King's Birthday"}, {"wa", "2027-06-14", ""},
		{"act", "2027-03-08", "Canberra Day"}, {"sa", "2027-03-08", "Adelaide Cup Day"}, {"act", "2027-05-31", "Reconciliation Day"},
		{"wa", "2027-06-07", "Western Australia Day"}, {"nt", "2027-08-02", "Picnic Day"},
		{"vic", "2027-09-24", "Friday before the AFL Grand Final"}, {"vic", "2027-11-02", "Melbourne Cup Day"}, {"nsw", "2027-11-02", ""},
		{"nsw", "2026-11-23", ""}, {"xx", "2026-01-01", ""}, {"nsw", "2030-01-01", ""},
	} {
		if got, ok := Holiday(c.state, day(t, c.date)); got != c.want || ok != (c.want != "") {
			t.Errorf("Holiday(%s, %s) = %q, want %q", c.state, c.date, got, c.want)
		}
	}
}

func TestAHolidayIsALocalCalendarDay(t *testing.T) {
	perth, err := LoadZone("Australia/Perth")
	if err != nil {
		t.Fatal(err)
	}
	late := time.Date(2026, 12, 25, 23, 30, 0, 0, perth) // still 25 December in Perth, as in UTC
	early := time.Date(2026, 12, 25, 1, 0, 0, 0, perth)  // 24 December in UTC
	for _, at := range []time.Time{late, early} {
		if name, _ := Holiday("wa", at); name != "Christmas Day" {
			t.Errorf("%s is %q", at, name)
		}
	}
}

func TestPartDayAndLocalHolidaysDoNotCount(t *testing.T) {
	for _, date := range []string{"2026-12-24", "2026-08-12"} { // Christmas Eve from six, and Brisbane's show day
		if name, ok := Holiday("qld", day(t, date)); ok {
			t.Errorf("%s is %q in all Queensland", date, name)
		}
	}
}

func BenchmarkHoliday(b *testing.B) {
	at := time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		Holiday("nsw", at)
	}
}
