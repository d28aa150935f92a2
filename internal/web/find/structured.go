package find

import (
	"strings"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// collection is a page that lists people.
func collection(url, name, description string) web.Thing {
	return web.Thing{"@type": "CollectionPage", "url": url, "name": name, "description": description,
		"inLanguage": "en-AU"}
}

// profileData is a therapist's page. Only psychiatrists are physicians in schema.org's words; there
// is no type for psychologists.
func profileData(base string, t *directory.Profile, name, title string) web.Thing {
	kind := "Person"
	if t.Type == "psychiatrist" {
		kind = "IndividualPhysician"
	}
	url := base + "/therapist/" + t.Slug
	who := web.Thing{"@type": kind, "@id": url + "#person", "name": name, "url": url}
	if kind == "Person" {
		who["jobTitle"] = title
		who["knowsLanguage"] = profile.Labels("language", t.Languages)
		if list := credentialData(t); len(list) > 0 {
			who["hasCredential"] = list
		}
	} else {
		who["address"] = web.Thing{"@type": "PostalAddress", "addressLocality": t.Suburb,
			"addressRegion": strings.ToUpper(t.State), "postalCode": t.Postcode, "addressCountry": "AU"}
	}
	return web.Thing{"@type": "ProfilePage", "url": url, "inLanguage": "en-AU", "mainEntity": who}
}

func credentialData(t *directory.Profile) []web.Thing {
	var list []web.Thing
	for _, c := range t.Credentials {
		kind := credentialKinds[c.Kind]
		list = append(list, web.Thing{"@type": "EducationalOccupationalCredential", "name": kind.name,
			"recognizedBy": web.Thing{"@type": "Organization", "name": kind.organisation}})
	}
	return list
}

// profileCrumbs lead from a profile up to its state and profession.
func profileCrumbs(t *directory.Profile) []view.Link {
	return []view.Link{{URL: "/", Text: "Home"}, {URL: "/therapists", Text: "Therapists"},
		{URL: "/therapists/" + t.State, Text: stateName(t.State)}}
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
