package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
)

func (s *Server) words(c *gin.Context, page view.Page[plainPage], title, description, path string) error {
	c.Header("Cache-Control", "private, no-cache")
	return render(s, c, http.StatusOK, page, plainPage{Chrome: s.chrome(title, description, path)})
}

func (s *Server) crisis(c *gin.Context) error {
	return s.words(c, s.views.crisis, "Help right now", "Phone lines in Australia that answer now, free and confidential.", "/crisis")
}

func (s *Server) privacy(c *gin.Context) error {
	return s.words(c, s.views.privacy, "Privacy", "What Wattle keeps about you, why, for how long, and what it never does.", "/privacy")
}

func (s *Server) terms(c *gin.Context) error {
	return s.words(c, s.views.terms, "Terms", "What you can expect of this site and what it expects of you.", "/terms")
}

func (s *Server) accessibility(c *gin.Context) error {
	return s.words(c, s.views.accessibility, "Accessibility", "How this site is built to be used by everybody, and what to do when it is not.", "/accessibility")
}

type integrityPage struct {
	view.Chrome
	Checks []view.Row
	Bad    bool
}

// integrity shows the promises that anybody may check: counts alone, no names.
func (s *Server) integrity(c *gin.Context) error {
	found, err := s.Integrity(ctx(c))
	if err != nil {
		return err
	}
	p := integrityPage{Chrome: s.chrome("Integrity", "Overlapping bookings, stale times, and other promises, counted now.", "/integrity")}
	for _, f := range found {
		p.Checks = append(p.Checks, view.Row{Term: f.What, Values: []string{f.Found}})
		p.Bad = p.Bad || f.Bad
	}
	c.Header("Cache-Control", "no-cache")
	return render(s, c, http.StatusOK, s.views.integrity, p)
}

// Finding is one promise and what was found of it.
type Finding struct {
	What, Found string
	Bad         bool
}

func (s *Server) robots(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.String(http.StatusOK, "User-agent: *\nDisallow: /booking/\nDisallow: /api/\nDisallow: /therapists?\nSitemap: %s/sitemap.xml\n", s.BaseURL)
	return nil
}

// errorPage is a fault's page: what happened, in a sentence, and ways on.
func (s *Server) errorPage(c *gin.Context, status int, e *fault.Error) {
	if strings.HasPrefix(c.Request.URL.Path, "/static/") || s.views == nil {
		c.String(status, e.Message)
		return
	}
	id := ""
	if status >= 500 {
		id = requestID(c)
	}
	c.Header("Cache-Control", "no-store")
	if err := render(s, c, status, s.views.failure, s.errorData(status, e.Message, id, e)); err != nil {
		s.Log.ErrorContext(ctx(c), "error page", "error", scrub(err))
		c.Data(status, "text/html; charset=utf-8", s.fallback)
	}
}

func (s *Server) errorData(status int, text, id string, e *fault.Error) view.ErrorPage {
	short, heading := errorWords(status)
	p := view.ErrorPage{Chrome: view.Chrome{Title: heading, NoIndex: true, Source: s.SourceURL}, Status: short, Heading: heading, Text: text, RequestID: id,
		Links: []view.Link{{URL: "/therapists", Text: "Find a therapist"}, {URL: "/", Text: "Start page"}, {URL: "/crisis", Text: "Help right now"}}}
	if e != nil {
		if alts, ok := e.Data.(booking.Alternatives); ok && len(alts) > 0 {
			p.Text += " Other times are free: go back one page to choose one."
		}
	}
	return p
}

func errorWords(status int) (short, heading string) {
	switch status {
	case http.StatusBadRequest:
		return "Not understood", "We could not read that"
	case http.StatusForbidden:
		return "Not allowed", "That was not sent from here"
	case http.StatusNotFound:
		return "Page not found", "We cannot find that page"
	case http.StatusMethodNotAllowed:
		return "Not possible", "That cannot be done here"
	case http.StatusConflict:
		return "Something changed", "This has changed in the meantime"
	case http.StatusRequestEntityTooLarge:
		return "Too much", "That was too much at once"
	case http.StatusUnprocessableEntity:
		return "Not quite", "Something needs another look"
	case http.StatusTooManyRequests:
		return "A short pause", "Please wait a moment"
	case http.StatusServiceUnavailable:
		return "Not available", "This is taking a moment"
	}
	return "Our fault", "That did not work"
}

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
