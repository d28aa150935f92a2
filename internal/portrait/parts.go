package portrait

import (
	"embed"
	"strings"
	"sync"
)

//go:embed parts.txt colours.txt
var files embed.FS

var (
	parts   = sync.OnceValue(func() map[string][]string { return read("parts.txt") })
	colours = sync.OnceValue(func() map[string][][]string {
		out := map[string][][]string{}
		for name, sets := range read("colours.txt") {
			for _, set := range sets {
				out[name] = append(out[name], strings.Fields(set))
			}
		}
		return out
	})
)

// read lists the values of each name in a file of lines "name, tab, value".
func read(name string) map[string][]string {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			out[key] = append(out[key], value)
		}
	}
	return out
}
