package find

import (
	"strings"

	"wattle/internal/directory"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
)

// credentialOf words a credential for the profile.
func credentialOf(t *directory.Profile, cr directory.Credential) credentialRow {
	row := credentialRow{Name: credentialKinds[cr.Kind].name, By: registerOf(t, cr), Number: cr.Number,
		Checked: view.Date(cr.CheckedOn), Next: view.Date(cr.NextCheckOn)}
	add := func(term, value string) {
		if value != "" {
			row.Rows = append(row.Rows, view.Row{Term: term, Values: []string{value}})
		}
	}
	add("Registration", cr.RegistrationType)
	for i, e := range cr.Endorsements {
		add([]string{"Endorsed in", "Also endorsed in"}[min(i, 1)], strings.ReplaceAll(e, "-", " "))
	}
	add("Level", cr.Level)
	add("Conditions", cr.Conditions)
	add("First registered", view.Date(cr.FirstRegistered))
	add("Runs until", view.Date(cr.ExpiresOn))
	if !t.Demo {
		row.Check = credentialKinds[cr.Kind].check
	}
	return row
}

// kindWords are what a kind of credential is called, the register to look it up in, and who grants it.
type kindWords struct {
	name, register, organisation string
	check                        view.Link
}

var credentialKinds = map[string]kindWords{
	"ahpra": {"Registration with Ahpra", "Ahpra’s public register", "Australian Health Practitioner Regulation Agency",
		view.Link{URL: "https://www.ahpra.gov.au/Registration/Registers-of-Practitioners.aspx",
			Text: "Look it up in the public register"}},
	"ota": {"Occupational Therapy Australia, mental health endorsement", "Occupational Therapy Australia’s list",
		"Occupational Therapy Australia", view.Link{URL: "https://otaus.com.au/", Text: "OTA"}},
	"aasw": {"Australian Association of Social Workers, member", "the AASW’s register",
		"Australian Association of Social Workers", view.Link{URL: "https://www.aasw.asn.au/", Text: "AASW"}},
	"amhsw": {"Accredited Mental Health Social Worker (AASW)", "the AASW’s register",
		"Australian Association of Social Workers", view.Link{URL: "https://www.aasw.asn.au/", Text: "AASW"}},
	"aca": {"Australian Counselling Association, member", "the ACA’s register",
		"Australian Counselling Association", view.Link{URL: "https://theaca.net.au/", Text: "ACA"}},
	"pacfa": {"PACFA, member", "PACFA’s register",
		"Psychotherapy and Counselling Federation of Australia", view.Link{URL: "https://pacfa.org.au/", Text: "PACFA"}},
}

// registerOf names the register that was looked in.
func registerOf(t *directory.Profile, cr directory.Credential) string {
	if ty, ok := taxonomy.TypeOf(t.Type); ok && ty.Registered && cr.Kind == "ahpra" {
		return "the register of the " + ty.Board
	}
	return credentialKinds[cr.Kind].register
}

// conductCode is the complaint route for people who are not registered with Ahpra (national code
// of conduct for health care workers, adopted state by state).
func conductCode(t *directory.Profile) view.Link {
	for _, c := range t.Credentials {
		if c.Kind == "ahpra" {
			return view.Link{URL: "https://www.ahpra.gov.au/Notifications.aspx",
				Text: "How to raise a concern about a registered practitioner"}
		}
	}
	return map[string]view.Link{
		"nsw": {URL: "https://www.hccc.nsw.gov.au/", Text: "NSW Health Care Complaints Commission"},
		"vic": {URL: "https://hcc.vic.gov.au/", Text: "Victorian Health Complaints Commissioner"},
		"qld": {URL: "https://www.oho.qld.gov.au/", Text: "Queensland Health Ombudsman"},
		"sa":  {URL: "https://www.hcscc.sa.gov.au/", Text: "Health and Community Services Complaints Commissioner SA"},
		"wa":  {URL: "https://www.hadsco.wa.gov.au/", Text: "Health and Disability Services Complaints Office WA"},
		"tas": {URL: "https://www.healthcomplaints.tas.gov.au/", Text: "Health Complaints Commissioner Tasmania"},
		"act": {URL: "https://www.hrc.act.gov.au/", Text: "ACT Human Rights Commission"},
		"nt":  {URL: "https://www.hcscc.nt.gov.au/", Text: "Health and Community Services Complaints Commission NT"},
	}[t.State]
}
