package find

import (
	"strings"

	"wattle/internal/directory"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
)

// credentialOf words a credential for the profile.
func credentialOf(t *directory.Profile, cr directory.Credential) credentialRow {
	row := credentialRow{Name: credentialName(cr), By: registerOf(t, cr), Number: cr.Number, Checked: view.Date(cr.CheckedOn), Next: view.Date(cr.NextCheckOn)}
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
		row.Check = registers[cr.Kind]
	}
	return row
}

// registerOf names the register that was looked in.
func registerOf(t *directory.Profile, cr directory.Credential) string {
	if cr.Kind == "ahpra" {
		if ty, ok := taxonomy.TypeOf(t.Type); ok && ty.Registered {
			return "the register of the " + ty.Board
		}
		return "Ahpra’s public register"
	}
	return map[string]string{"ota": "Occupational Therapy Australia’s list", "aasw": "the AASW’s register", "amhsw": "the AASW’s register",
		"aca": "the ACA’s register", "pacfa": "PACFA’s register"}[cr.Kind]
}

func credentialName(cr directory.Credential) string {
	return map[string]string{
		"ahpra": "Registration with Ahpra", "ota": "Occupational Therapy Australia, mental health endorsement",
		"aasw": "Australian Association of Social Workers, member", "amhsw": "Accredited Mental Health Social Worker (AASW)",
		"aca": "Australian Counselling Association, member", "pacfa": "PACFA, member",
	}[cr.Kind]
}

// registers are where anybody can look a credential up.
var registers = map[string]view.Link{
	"ahpra": {URL: "https://www.ahpra.gov.au/Registration/Registers-of-Practitioners.aspx", Text: "Look it up in the public register"},
	"aasw":  {URL: "https://www.aasw.asn.au/", Text: "AASW"},
	"amhsw": {URL: "https://www.aasw.asn.au/", Text: "AASW"},
	"aca":   {URL: "https://theaca.net.au/", Text: "ACA"},
	"pacfa": {URL: "https://pacfa.org.au/", Text: "PACFA"},
	"ota":   {URL: "https://otaus.com.au/", Text: "OTA"},
}

// conductCode is the complaint route for people who are not registered with Ahpra (national code
// of conduct for health care workers, adopted state by state).
func conductCode(t *directory.Profile) view.Link {
	for _, c := range t.Credentials {
		if c.Kind == "ahpra" {
			return view.Link{URL: "https://www.ahpra.gov.au/Notifications.aspx", Text: "How to raise a concern about a registered practitioner"}
		}
	}
	l := map[string]view.Link{
		"nsw": {URL: "https://www.hccc.nsw.gov.au/", Text: "NSW Health Care Complaints Commission"},
		"vic": {URL: "https://hcc.vic.gov.au/", Text: "Victorian Health Complaints Commissioner"},
		"qld": {URL: "https://www.oho.qld.gov.au/", Text: "Queensland Health Ombudsman"},
		"sa":  {URL: "https://www.hcscc.sa.gov.au/", Text: "Health and Community Services Complaints Commissioner SA"},
		"wa":  {URL: "https://www.hadsco.wa.gov.au/", Text: "Health and Disability Services Complaints Office WA"},
		"tas": {URL: "https://www.healthcomplaints.tas.gov.au/", Text: "Health Complaints Commissioner Tasmania"},
		"act": {URL: "https://www.hrc.act.gov.au/", Text: "ACT Human Rights Commission"},
		"nt":  {URL: "https://www.hcscc.nt.gov.au/", Text: "Health and Community Services Complaints Commission NT"},
	}[t.State]
	return l
}
