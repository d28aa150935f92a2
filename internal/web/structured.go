package web

import (
	"strings"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/view"
)

// Structured data for search engines (schema.org, JSON-LD). Only what stands on the page as well,
// and never a rating: testimonials about care are unlawful advertising (National Law, section 133).

// thing is one schema.org object.
type thing map[string]any

// graph is several things about one page.
func graph(things ...thing) thing {
	return thing{"@context": "https://schema.org", "@graph": things}
}

// breadcrumbs are the way to a page, the page last.
func breadcrumbs(base string, crumbs []view.Link) thing {
	var items []thing
	for i, c := range crumbs {
		items = append(items, thing{"@type": "ListItem", "position": i + 1, "name": c.Text, "item": base + c.URL})
	}
	return thing{"@type": "BreadcrumbList", "itemListElement": items}
}

// collection is a page that lists people.
func collection(url, name, description string) thing {
	return thing{"@type": "CollectionPage", "url": url, "name": name, "description": description, "inLanguage": "en-AU"}
}

// profileData is a therapist's page. Only psychiatrists are physicians in schema.org's words; there
// is no type for psychologists.
func profileData(base string, t *directory.Profile, name, title string) thing {
	kind := "Person"
	if t.Type == "psychiatrist" {
		kind = "IndividualPhysician"
	}
	url := base + "/therapist/" + t.Slug
	who := thing{"@type": kind, "@id": url + "#person", "name": name, "url": url}
	if kind == "Person" {
		who["jobTitle"] = title
		who["knowsLanguage"] = labels("language", t.Languages)
		if list := credentialData(t); len(list) > 0 {
			who["hasCredential"] = list
		}
	} else {
		who["address"] = thing{"@type": "PostalAddress", "addressLocality": t.Suburb, "addressRegion": strings.ToUpper(t.State), "postalCode": t.Postcode, "addressCountry": "AU"}
	}
	return thing{"@type": "ProfilePage", "url": url, "inLanguage": "en-AU", "mainEntity": who}
}

func credentialData(t *directory.Profile) []thing {
	var list []thing
	for _, c := range t.Credentials {
		by := map[string]string{"ahpra": "Australian Health Practitioner Regulation Agency", "ota": "Occupational Therapy Australia",
			"aasw": "Australian Association of Social Workers", "amhsw": "Australian Association of Social Workers",
			"aca": "Australian Counselling Association", "pacfa": "Psychotherapy and Counselling Federation of Australia"}[c.Kind]
		list = append(list, thing{"@type": "EducationalOccupationalCredential", "name": credentialName(c), "recognizedBy": thing{"@type": "Organization", "name": by}})
	}
	return list
}

// profileCrumbs lead from a profile up to its state and profession.
func profileCrumbs(t *directory.Profile) []view.Link {
	return []view.Link{{URL: "/", Text: "Home"}, {URL: "/therapists", Text: "Therapists"}, {URL: "/therapists/" + t.State, Text: stateName(t.State)}}
}

// stateWithin is a state's name within a sentence.
func stateWithin(slug string) string {
	s, _ := region.StateBySlug(slug)
	return s.Within()
}

func stateName(slug string) string {
	s, _ := region.StateBySlug(slug)
	return s.Name
}
