package fuzz

import (
	_ "embed"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

//go:embed hostile.txt
var hostileText string

// hostile are the lists of hostile.txt by their headings.
var hostile = func() map[string][]string {
	lists, heading := map[string][]string{}, ""
	for _, line := range strings.Split(hostileText, "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			heading = strings.Trim(line, "[]")
		default:
			if value, err := strconv.Unquote(line); err == nil {
				line = value
			}
			lists[heading] = append(lists[heading], line)
		}
	}
	return lists
}()

// one is a value of a list with the mark in it.
func (d *fuzzClient) one(list string) string {
	return strings.ReplaceAll(pick(d.r, hostile[list]), "M", d.mark)
}

// payload is a hostile value.
func (d *fuzzClient) payload() string {
	switch d.r.IntN(60) {
	case 0: // thousands of characters
		unit := pick(d.r, []string{d.mark, "a", "é", "(", "%41", "../", "[", "\"", "0", ","})
		return d.mark + strings.Repeat(unit, (1+d.r.IntN(6000))/len(unit))
	case 1, 2, 3, 4, 5:
		return d.one("payloads") + d.one("payloads")
	}
	return d.one("payloads")
}

// escaped writes a value for a path or query, sometimes only as far as a request line needs.
func (d *fuzzClient) escaped(v string) string {
	escape := func(needed func(c byte) bool) string {
		var b strings.Builder
		for i := range len(v) {
			if needed(v[i]) {
				fmt.Fprintf(&b, "%%%02X", v[i])
			} else {
				b.WriteByte(v[i])
			}
		}
		return b.String()
	}
	switch d.r.IntN(10) {
	case 0, 1:
		return escape(func(c byte) bool { return c <= ' ' || c == 0x7f })
	case 2:
		return escape(func(byte) bool { return true })
	case 3:
		return url.QueryEscape(v)
	}
	return url.PathEscape(v)
}
