package taxonomy

import (
	"strconv"
	"sync"
	"time"
)

// Row is a line of the Medicare schedule for Better Access: the benefit for an individual session of a
// profession within a range of minutes, between two dates. Amounts are in cents.
type Row struct {
	Type         string // slug
	MinMinutes   int    // of the session actually given
	MaxMinutes   int    // 0 for no upper end
	ItemRooms    string // item numbers
	ItemElse     string // in person, out of rooms
	ItemVideo    string
	ItemPhone    string
	FeeCents     int64 // schedule fee
	BenefitCents int64 // as published, or 85 % of the fee rounded up to five cents
	From, To     time.Time
	Source       string
}

// Item returns the item number for a mode: "in-person", "video" or "phone".
func (r Row) Item(mode string) string {
	switch mode {
	case "in-person":
		return r.ItemRooms
	case "video":
		return r.ItemVideo
	case "phone":
		return r.ItemPhone
	}
	return ""
}

// Benefit returns what Medicare pays towards a charge, in cents: never more than the charge.
func (r Row) Benefit(chargedCents int64) int64 { return max(0, min(r.BenefitCents, chargedCents)) }

// Gap returns what the client pays of a charge, in cents.
func (r Row) Gap(chargedCents int64) int64 { return chargedCents - r.Benefit(chargedCents) }

// Rebates lists the whole table. The slice is shared and must not be changed.
func Rebates() []Row { return rebateRows() }

var rebateRows = sync.OnceValue(func() []Row {
	var out []Row
	for _, r := range rows("rebates.tsv") {
		out = append(out, Row{Type: r["type"], MinMinutes: whole(r["min_minutes"]), MaxMinutes: whole(r["max_minutes"]),
			ItemRooms: r["item_rooms"], ItemElse: r["item_out_of_rooms"], ItemVideo: r["item_video"], ItemPhone: r["item_phone"],
			FeeCents: int64(whole(r["fee_cents"])), BenefitCents: int64(whole(r["benefit_cents"])),
			From: date(r["valid_from"]), To: date(r["valid_to"]), Source: r["source"]})
	}
	return out
})

// Rebate finds the line for an individual session of a profession, by length, mode ("video", "phone" or
// "in-person") and the calendar day of at in its location (the practice's). It returns false where
// Medicare pays nothing: other professions, shorter sessions, other modes, or days outside the table
// (fees change each 1 July, and an outdated benefit must not be shown). Couples' sessions and
// assessments are never rebatable; callers must not ask for them.
func Rebate(typ string, minutes int, mode string, at time.Time) (Row, bool) {
	y, m, d := at.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for _, r := range rebateRows() {
		fits := r.Type == typ && minutes >= r.MinMinutes && (r.MaxMinutes == 0 || minutes <= r.MaxMinutes)
		if fits && !day.Before(r.From) && !day.After(r.To) && r.Item(mode) != "" {
			return r, true
		}
	}
	return Row{}, false
}

func whole(cell string) int {
	if cell == "" {
		return 0
	}
	n, err := strconv.Atoi(cell)
	if err != nil {
		panic(err)
	}
	return n
}

func date(cell string) time.Time {
	t, err := time.Parse(time.DateOnly, cell)
	if err != nil {
		panic(err)
	}
	return t
}
