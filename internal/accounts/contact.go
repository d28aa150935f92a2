package accounts

import (
	"net/mail"
	"strings"
)

// maxMail is the longest address in characters (RFC 5321 §4.5.3.1.3, less the brackets).
const maxMail = 254

// CleanEmail is the address in lower case, when it is one: plain ASCII, one @, a dotted domain.
func CleanEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || len(s) > maxMail {
		return s, false
	}
	for _, c := range s {
		if c <= ' ' || c > '~' {
			return s, false
		}
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || strings.ContainsAny(s, `"<>()[]\,;:`) {
		return s, false
	}
	local, domain, _ := strings.Cut(s, "@")
	if len(local) > 64 || strings.Contains(domain, "@") {
		return s, false
	}
	return s, goodDomain(domain)
}

func goodDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(labels) > 1
}

// CleanPhone turns an Australian number in any usual writing into +61 and nine digits: mobiles
// (04, 05) and the four area codes (02, 03, 07, 08).
func CleanPhone(s string) (string, bool) {
	var digits strings.Builder
	for i, c := range strings.TrimSpace(s) {
		switch {
		case c >= '0' && c <= '9', c == '+' && i == 0:
			digits.WriteRune(c)
		case strings.ContainsRune(" -().\u00a0\u2011\u2013", c):
		default:
			return s, false
		}
	}
	n := digits.String()
	for _, prefix := range []string{"+61", "0061", "61"} {
		if rest, ok := strings.CutPrefix(n, prefix); ok && len(rest) >= 9 {
			n = "0" + strings.TrimPrefix(rest, "0") // +61 (0)2 …
			break
		}
	}
	if len(n) != 10 || n[0] != '0' || !strings.ContainsRune("234578", rune(n[1])) {
		return s, false
	}
	return "+61" + n[1:], true
}
