// Package accounts knows who is acting: clients, therapists, staff and the system itself.
package accounts

import "strconv"

// Role says in which capacity somebody acts.
type Role string

// The roles.
const (
	RoleSystem    Role = "system"    // a scheduled task
	RoleAnonymous Role = "anonymous" // nobody proved anything
	RoleClient    Role = "client"    // holds a booking's link, or proved an address
	RoleTherapist Role = "therapist" // holds the practice's link to a booking
	RoleAdmin     Role = "admin"
)

// Actor is whoever performs a verb. It is a parameter of every verb, for the audit row needs it.
type Actor struct {
	Role Role
	ID   int64 // row of the client or therapist; 0 when there is none
}

// System acts for schedules and tasks; Anonymous is a visitor; Client holds a booking's link.
var (
	System    = Actor{Role: RoleSystem}
	Anonymous = Actor{Role: RoleAnonymous}
	Client    = Actor{Role: RoleClient}
)

// Therapist is the practice acting through its signed link.
func Therapist(id int64) Actor { return Actor{Role: RoleTherapist, ID: id} }

// String names the actor for the audit trail, without personal data: "therapist:7".
func (a Actor) String() string {
	if a.ID == 0 {
		return string(a.Role)
	}
	return string(a.Role) + ":" + strconv.FormatInt(a.ID, 10)
}
