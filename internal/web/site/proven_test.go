package site

import (
	"fmt"
	"testing"
)

// A mobile network puts many people behind one address: whoever proves theirs frees the place for
// the next, but only once.
func TestAProvenHoldIsReturnedToItsNetwork(t *testing.T) {
	s := newSite(t, limited)
	const from = "203.0.113.7:1"
	for n := range 6 { // each confirmed before the next asks
		a := s.holdAs(from, n, fmt.Sprintf("c%d@client.example", n)).want(t, 201)
		b := a.read(t, "application/json")
		id, token := b["id"].(string), b["token"].(string)
		for range 3 { // a repeated confirmation is quiet, and gives nothing more
			s.direct(from, "POST", "/api/v1/bookings/"+id+"/confirm", fmt.Sprintf(`{"code":%q}`, s.web.Booking.Code(id)),
				"Content-Type", "application/json", "Authorization", "Bearer "+token).want(t, 200)
		}
	}
	for n := range 3 {
		s.holdAs(from, 10+n, fmt.Sprintf("d%d@client.example", n)).want(t, 201)
	}
	s.holdAs(from, 20, "e@client.example").refusal(t, 429)
}
