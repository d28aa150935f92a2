package upgrade

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"

	"wattle/tools/rig"
)

// printed is an answer as comparable lines: status, headers, body.
func printed(a rig.Answer, known names) []string {
	if a.Err != nil {
		return []string{"no answer: " + a.Err.Error()}
	}
	list := []string{fmt.Sprintf("status %d", a.Status)}
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		switch name {
		case "Date", "Content-Length":
		case "Etag", "X-Request-Id": // different in every version and request
			list = append(list, name+": present")
		default:
			list = append(list, name+": "+strings.Join(a.Header[name], ", "))
		}
	}
	list = append(list, bodyLines(a)...)
	return strings.Split(known.hide(strings.Join(list, "\n"), a.Header), "\n")
}

// bodyLines splits a body by its media type, so that a difference spans few lines.
func bodyLines(a rig.Answer) []string {
	body := a.Body
	if r, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
		body, _ = io.ReadAll(r) //nolint:errcheck // a body that ends early differs
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	switch {
	case len(body) == 0:
		return nil
	case strings.HasSuffix(kind, "json"):
		return jsonLines(body)
	case kind == "text/html", strings.HasSuffix(kind, "xml"):
		text := strings.ReplaceAll(strings.Join(strings.Fields(string(body)), " "), "&#43;", "+") // the same character
		return strings.Split(strings.ReplaceAll(text, "<", "\n<"), "\n")
	case kind == "image/png":
		size := "unreadable"
		if c, err := png.DecodeConfig(bytes.NewReader(body)); err == nil {
			size = fmt.Sprintf("%d x %d", c.Width, c.Height)
		}
		return []string{"png " + size, fmt.Sprintf("picture %.6x", sha256.Sum256(body))}
	case strings.HasPrefix(kind, "text/"):
		return strings.Split(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n")
	}
	return []string{fmt.Sprintf("%d bytes %.6x", len(body), sha256.Sum256(body))}
}

// jsonLines sorts the fields of objects and splits texts, such as mails, at their line breaks.
func jsonLines(body []byte) []string {
	var value any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return append([]string{"not JSON"}, strings.Split(string(body), "\n")...)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	e.Encode(value) //nolint:errcheck // it was decoded just now
	return strings.Split(strings.ReplaceAll(strings.TrimSpace(out.String()), `\n`, "\\n\n"), "\n")
}

// varying lists the values that differ between any two answers.
var varying = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(/static/[a-z0-9/.-]*?)\.[0-9a-f]{10}\.`), "$1.{hash}."},
	{regexp.MustCompile(`integrity="sha384-[^"]+"`), `integrity="{hash}"`},
	{regexp.MustCompile(`/card/[0-9a-f]{10}\.png`), "/card/{version}.png"},
	{regexp.MustCompile(`/(booking|bookings)/[a-z2-7]{26}`), "/$1/{id}"},
	{regexp.MustCompile(`([?&;]t=)[A-Za-z0-9_-]{43}`), "$1{token}"},
	{regexp.MustCompile(`"(sent_at|held_until)": "[^"]+"`), `"$1": "{time}"`},
	{regexp.MustCompile(`DTSTAMP:[0-9TZ]+`), "DTSTAMP:{time}"},
	{regexp.MustCompile(`UID:[0-9a-f]{32}`), "UID:{id}"},
	{regexp.MustCompile(`data-countdown="[^"]*" data-left="[^"]*"`), `data-countdown="{time}"`},
}

var sixDigits = regexp.MustCompile(`^\d{6}$`)

// hide replaces the values of this version with their names.
func (n names) hide(text string, header http.Header) string {
	if id := header.Get("X-Request-Id"); id != "" {
		text = strings.ReplaceAll(text, id, "{request}")
	}
	longest := slices.SortedFunc(maps.Keys(n), func(a, b string) int {
		return cmp.Or(len(n[b])-len(n[a]), cmp.Compare(a, b))
	})
	for _, name := range longest {
		switch value := n[name]; {
		case sixDigits.MatchString(value):
			text = regexp.MustCompile(`\b`+value+`\b`).ReplaceAllString(text, "{"+name+"}")
		case len(value) >= 20 && !strings.Contains(name, "."):
			text = strings.ReplaceAll(text, value, "{"+name+"}")
		}
	}
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.instead)
	}
	return text
}

// hunk is one place where two texts differ.
type hunk struct{ before, after []string }

func (h hunk) String() string {
	var lines []string
	for _, line := range h.before {
		lines = append(lines, "- "+line)
	}
	for _, line := range h.after {
		lines = append(lines, "+ "+line)
	}
	return strings.Join(lines, "\n")
}

// tooManyCells bounds the table of one comparison. Larger texts count as one difference.
const tooManyCells = 60_000_000

// differences are the places where two texts differ, from a longest common subsequence of lines.
func differences(before, after []string) []hunk {
	if slices.Equal(before, after) {
		return nil
	}
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	n, m := len(before), len(after)
	if n*m > tooManyCells || n == 0 || m == 0 {
		return []hunk{{before, after}}
	}
	common := make([]uint16, (n+1)*(m+1)) // common[i*(m+1)+j]: of before[i:] and after[j:]
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if before[i] == after[j] {
				common[i*(m+1)+j] = common[(i+1)*(m+1)+j+1] + 1
			} else {
				common[i*(m+1)+j] = max(common[(i+1)*(m+1)+j], common[i*(m+1)+j+1])
			}
		}
	}
	list := []hunk{{}}
	for i, j := 0, 0; i < n || j < m; {
		open := &list[len(list)-1]
		switch {
		case i < n && j < m && before[i] == after[j]:
			if len(open.before)+len(open.after) > 0 {
				list = append(list, hunk{})
			}
			i, j = i+1, j+1
		case j == m || i < n && common[(i+1)*(m+1)+j] >= common[i*(m+1)+j+1]:
			open.before = append(open.before, before[i])
			i++
		default:
			open.after = append(open.after, after[j])
			j++
		}
	}
	return list // the ends differ, so the last one is not empty
}

// expected is an intended difference: its requests, its place and the reason.
type expected struct {
	request, place *regexp.Regexp
	reason         string
	seen           int
}

// readExpected reads the file of intended differences: request, place and reason, separated by tabs.
// A place must match all the lines that differ there, so that an entry covers nothing else.
func readExpected(path string) (list []*expected, err error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 3 || parts[2] == "" {
			return nil, fmt.Errorf("%s:%d: want request, place and reason, separated by tabs", path, n+1)
		}
		e := &expected{reason: parts[2]}
		if e.request, err = regexp.Compile(parts[0]); err == nil {
			e.place, err = regexp.Compile(`^(?:` + parts[1] + `)$`)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n+1, err)
		}
		list = append(list, e)
	}
	return list, nil
}
