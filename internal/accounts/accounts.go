// Package accounts knows who is acting: clients, therapists, staff and the system itself.
package accounts

import "strconv"

// Role is the capacity in which an actor acts.
type Role string

// The roles.
const (
	RoleSystem    Role = "system"    // a scheduled task
	RoleAnonymous Role = "anonymous" // a visitor who has proved nothing
	RoleClient    Role = "client"    // holds a booking's link, or proved an address
	RoleTherapist Role = "therapist" // holds the practice's link to a booking
	RoleAdmin     Role = "admin"
)

// Actor performs a verb. It is a parameter of every verb, because the audit row names it.
type Actor struct {
	Role    Role
	Account int64 // who is signed in; 0 for none
	Link    Link  // what a signed link opens; zero for none
}

// Link is what a signed link opens.
type Link struct {
	Client   int64 // the client whose booking it opens
	Practice int64 // the therapist whose side of a booking it opens
}

// System acts for schedules and tasks; Anonymous is a visitor; Client holds a booking's link before the
// address is proved.
var (
	System    = Actor{Role: RoleSystem}
	Anonymous = Actor{Role: RoleAnonymous}
	Client    = Actor{Role: RoleClient}
)

// Therapist is the practice acting through its signed link.
func Therapist(id int64) Actor { return Actor{Role: RoleTherapist, Link: Link{Practice: id}} }

// ClientOf is a proved client acting through the link of a booking.
func ClientOf(id int64) Actor { return Actor{Role: RoleClient, Link: Link{Client: id}} }

// Manages says whether the actor manages the profile and calendar of a therapist.
func (a Actor) Manages(therapist int64) bool {
	return a.Role == RoleTherapist && a.Link.Practice == therapist && therapist != 0
}

// String names the actor for the audit trail, without personal data: "therapist:7" for the holder of a
// link, "admin:account 7" for an account.
func (a Actor) String() string {
	switch {
	case a.Account != 0:
		return string(a.Role) + ":account " + strconv.FormatInt(a.Account, 10)
	case a.Link.Practice != 0:
		return string(a.Role) + ":" + strconv.FormatInt(a.Link.Practice, 10)
	case a.Link.Client != 0:
		return string(a.Role) + ":" + strconv.FormatInt(a.Link.Client, 10)
	}
	return string(a.Role)
}
