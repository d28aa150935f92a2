// Package taxonomy holds the controlled vocabulary of the directory: professions, issues, approaches,
// languages and the other filter lists, their search words, the crisis services, and the dated Medicare
// rebates. Everything is embedded and pure: no network, no database, no clock.
package taxonomy

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed data/*.tsv
var files embed.FS

// rows reads an embedded table with a heading line. It panics on a malformed table, which any test
// would catch.
func rows(name string) []map[string]string {
	raw, err := files.ReadFile("data/" + name)
	if err != nil {
		panic(err)
	}
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	head := strings.Split(lines[0], "\t")
	var out []map[string]string
	for i, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != len(head) {
			panic(fmt.Sprintf("%s: line %d has %d columns, not %d", name, i+2, len(cells), len(head)))
		}
		row := make(map[string]string, len(head))
		for j, h := range head {
			row[h] = cells[j]
		}
		out = append(out, row)
	}
	return out
}

// split splits a comma-separated cell; an empty cell has no items.
func split(cell string) []string {
	var out []string
	for _, s := range strings.Split(cell, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
