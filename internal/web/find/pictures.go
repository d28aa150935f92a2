package find

import (
	"strings"

	"github.com/gin-gonic/gin"

	"wattle/internal/poster"
	"wattle/internal/search"
	"wattle/internal/web/profile"
)

// therapistPicture stands beside links to a profile, for as long as the profile can be seen.
func (s *Pages) therapistPicture(c *gin.Context) error {
	v, err := s.drawn(c, c.Param("slug"))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, max-age=3600") // no shared cache keeps the face of a person who left
	return s.Pictures.Write(c, personPicture(v))
}

// personPicture shows what the head of a profile shows, and never what the person helps with.
func personPicture(v search.View) poster.Person {
	v.HasKm = false // where the reader is stands on no picture
	return poster.Person{Name: v.Name(), Title: v.FullTitle(), Place: profile.Place(v), Fiction: v.Demo,
		Initials: poster.Initials(v.GivenName, v.FamilyName)}
}

// personAlt says in words what a profile's picture shows.
func personAlt(p poster.Person) string {
	shown := []string{p.Name, p.Title, p.Place}
	if p.Fiction {
		shown[0] += ", a made-up person"
	}
	return strings.Join(shown, ", ")
}
