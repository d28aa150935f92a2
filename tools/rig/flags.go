package rig

import (
	"flag"
	"os"
)

// ParseFlags parses the command line, on which flags may come before and after names, and returns the
// names.
func ParseFlags() (names []string) {
	for args := os.Args[1:]; len(args) > 0; {
		flag.CommandLine.Parse(args) //nolint:errcheck // it exits on an error
		if args = flag.Args(); len(args) > 0 {
			names, args = append(names, args[0]), args[1:]
		}
	}
	return names
}
