package booking

import (
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Tokens are derived from the booking's id by HMAC and stored nowhere, so a replayed request
// answers the same ones and a copy of the database gives none away.
const (
	purposeManage   = "booking.manage"
	purposePractice = "booking.practice"
	purposeLink     = "booking.confirm"
	purposeCode     = "booking.code"
	purposeKey      = "booking.idempotency"
	purposeBody     = "booking.body"
)

// ManageToken opens the booking to its client.
func (s *Service) ManageToken(id string) string { return s.token(purposeManage, id) }

// PracticeToken opens the booking to its practice.
func (s *Service) PracticeToken(id string) string { return s.token(purposePractice, id) }

// LinkToken confirms the booking from the mail's link; it proves the address, so it goes nowhere else.
func (s *Service) LinkToken(id string) string { return s.token(purposeLink, id) }

// Code is the six digits of the mail that confirm the booking.
func (s *Service) Code(id string) string {
	sum := s.Box.Sum(purposeCode, id)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(sum)%1_000_000)
}

func (s *Service) token(purpose, id string) string {
	return base64.RawURLEncoding.EncodeToString(s.Box.Sum(purpose, id))
}

// holds says in constant time whether a token is the one derived from id, under any key.
func (s *Service) holds(token, purpose, id string) bool {
	mac, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && s.Box.Check(mac, purpose, id)
}

// sameCode ignores the blanks that people and mail programs put between digits.
func sameCode(got, want string) bool {
	got = strings.Join(strings.Fields(got), "")
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}

// newID is 26 random letters and digits.
func newID(r io.Reader) (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(r, raw[:]); err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:])), nil
}

// IsLink reports whether token is the mail's link to the booking; it changes nothing.
func (s *Service) IsLink(id, token string) bool { return s.holds(token, purposeLink, id) }
