package demo

import (
	"time"

	"wattle/internal/directory"
)

// practise sets the years in practice and the register entries.
func (p *person) practise(d dice, i int, now time.Time) {
	p.years = tenure(d, p.Type)
	switch {
	case p.Type == "psychologist" && d.chance(14):
		p.Registrar = true
		p.years = d.between(2, 5)
	case p.Type == "provisional-psychologist":
		p.Supervisor = supervisor(d)
	}
	p.PractisingSince = now.Year() - p.years
	p.Honorific = honorific(d, p.Type, p.years)
	p.credentials(d, i, now)
	p.Policy = weighted(d, shares("flexible:30 standard:52 strict:18"))
}

// tenure draws the years in practice, from a distribution with a long tail.
func tenure(d dice, kind string) int {
	if kind == "provisional-psychologist" {
		return d.between(0, 2)
	}
	years := 2 + int(d.ExpFloat64()*9)
	if kind == "clinical-psychologist" || kind == "psychiatrist" {
		years += 3
	}
	return min(years, 38)
}

func supervisor(d dice) string {
	gender := pick(d, "woman", "woman", "man")
	n := pick(d, communities()...).named(d, gender)
	return n.given + " " + n.family
}

func honorific(d dice, kind string, years int) string {
	switch kind {
	case "psychiatrist":
		if years > 15 && d.chance(12) {
			return pick(d, "Assoc Prof", "Prof")
		}
		return "Dr"
	case "clinical-psychologist":
		return map[bool]string{true: "Dr"}[d.chance(28)]
	case "psychologist":
		return map[bool]string{true: "Dr"}[d.chance(9)]
	case "provisional-psychologist", "social-worker":
		return ""
	}
	return map[bool]string{true: "Dr"}[d.chance(3)]
}

// number returns a registration number outside the ranges in use; real ones are below PSY0005000000.
func number(prefix string, i int) string {
	n := 9_990_001 + i
	if n > 9_999_999 {
		n = 9_000_000 + i%990_000
	}
	return prefix + padded(n, 10)
}

// credentials adds the register entries, each checked within the last month.
func (p *person) credentials(d dice, i int, now time.Time) {
	today := day(now)
	since := time.Date(p.PractisingSince, time.Month(d.between(1, 12)), d.between(1, 28), 0, 0, 0, 0, time.UTC)
	if !since.Before(today) {
		since = today.AddDate(0, -2, 0)
	}
	checked := today.AddDate(0, 0, -d.between(1, 27))
	add := func(c directory.Credential) {
		c.FirstRegistered, c.CheckedOn, c.NextCheckOn = since, checked, checked.AddDate(0, 0, 30)
		p.Credentials = append(p.Credentials, c)
	}
	entry := func(kind, number, registration string, expires time.Time) {
		add(directory.Credential{Kind: kind, Number: number, RegistrationType: registration, ExpiresOn: expires})
	}
	switch p.Type {
	case "clinical-psychologist", "psychologist":
		entry("ahpra", number("PSY", i), "General", renewal(d, today, time.November))
	case "provisional-psychologist":
		entry("ahpra", number("PSY", i), "Provisional", renewal(d, today, time.November))
	case "psychiatrist":
		entry("ahpra", number("MED", i), "Specialist", renewal(d, today, time.September))
	case "occupational-therapist":
		entry("ahpra", number("OCC", i), "General", renewal(d, today, time.November))
		entry("ota", "OTA-9"+padded(i, 6), "Endorsed", anniversary(d, today))
		p.Credentials[1].Level = "Mental health"
	case "mental-health-social-worker":
		expires := anniversary(d, today)
		entry("aasw", "9"+padded(i, 6), "Member", expires)
		entry("amhsw", "MH9"+padded(i, 6), "Accredited", expires)
	case "social-worker":
		entry("aasw", "9"+padded(i, 6), "Member", anniversary(d, today))
	default:
		add(p.association(d, i, today))
	}
}

// association is a counsellor's or psychotherapist's membership. Levels follow years in practice
// (ACA levels 1 to 4; PACFA provisional and clinical).
func (p *person) association(d dice, i int, today time.Time) directory.Credential {
	c := directory.Credential{RegistrationType: "Member", ExpiresOn: anniversary(d, today)}
	if d.chance(map[bool]int{true: 78, false: 38}[p.Type == "psychotherapist"]) {
		c.Kind, c.Number, c.Level = "pacfa", "9"+padded(i, 5), "Clinical"
		if p.years < 3 {
			c.Level = "Provisional"
		}
	} else {
		c.Kind, c.Number = "aca", "A9"+padded(i, 5)
		c.Level = "Level " + itoa(min(4, max(1, 1+p.years/3+d.between(-1, 0))))
	}
	p.level = c.Level
	return c
}

// renewal returns the end of the registration year: 30 November for psychology and occupational therapy,
// 30 September for medicine. Most people renew early.
func renewal(d dice, today time.Time, month time.Month) time.Time {
	end := time.Date(today.Year(), month, 30, 0, 0, 0, 0, time.UTC)
	if end.Before(today.AddDate(0, 0, 2)) {
		end = end.AddDate(1, 0, 0)
	}
	if end.Sub(today) < 60*24*time.Hour && !d.chance(8) {
		end = end.AddDate(1, 0, 0)
	}
	return end
}

func anniversary(d dice, today time.Time) time.Time { return today.AddDate(0, 0, d.between(40, 360)) }

// endorse sets the endorsements, which depend on the focus. Only the clinical one makes a clinical
// psychologist; the other eight name their own title (National Law s118).
func (p *person) endorse(d dice) {
	c := &p.Credentials[0]
	switch {
	case p.Type == "clinical-psychologist":
		c.Endorsements = []string{"Clinical psychology"}
		if d.chance(8) {
			c.Endorsements = append(c.Endorsements,
				pick(d, "Forensic psychology", "Counselling psychology", "Clinical neuropsychology"))
		}
	case p.Type == "psychologist" && !p.Registrar && d.chance(22):
		area := "Counselling"
		switch p.focus.tag {
		case "kids", "teens", "neuro":
			area = "Educational and developmental"
		case "illness", "sleep":
			area = "Health"
		case "court":
			area = "Forensic"
		case "work":
			area = "Organisational"
		case "sport":
			area = "Sport and exercise"
		case "land":
			area = "Community"
		}
		c.Endorsements = []string{area + " psychology"}
	}
}
