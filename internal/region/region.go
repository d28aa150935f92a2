// Package region holds static data about Australia: states, places, postcodes, time zones and public holidays.
// Everything is embedded and parsed once: no network, no database, no clock.
package region

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed data/places.tsv data/postcodes.tsv data/regions.tsv data/holidays.tsv data/zoneinfo
var files embed.FS

// rows reads an embedded table; the heading line fixes the number of columns. It panics on a malformed
// table, which any test would catch.
func rows(name string) [][]string {
	raw, err := files.ReadFile("data/" + name)
	if err != nil {
		panic(err)
	}
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	width := strings.Count(lines[0], "\t")
	out := make([][]string, 0, len(lines)-1)
	for i, line := range lines[1:] {
		if strings.Count(line, "\t") != width {
			panic(fmt.Sprintf("%s: line %d has the wrong number of columns", name, i+2))
		}
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}
