package site

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A Gin context belongs to the next request as soon as the answer is sent; whoever still holds it
// then reads another's. The race detector found database/sql doing so.
func TestDomainsReceiveTheRequestsContext(t *testing.T) {
	handed := regexp.MustCompile(`\b(s\.(Search|Booking|Guides|Library|Calendar|Integrity)(\.\w+)*|directory\.\w+|booking\.\w+|check)\(c[,)]`)
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 40 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := handed.FindString(string(text)); found != "" {
			t.Errorf("%s hands Gin's context on: %s", name, found)
		}
	}
}
