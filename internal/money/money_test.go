package money

import (
	"testing"

	"pgregory.net/rapid"
)

func TestString(t *testing.T) {
	for c, want := range map[Cents]string{0: "$0", 18000: "$180", 7845: "$78.45", 123450: "$1,234.50", 100000000: "$1,000,000", -505: "−$5.05"} {
		if got := c.String(); got != want {
			t.Errorf("%d: got %s, want %s", int64(c), got, want)
		}
	}
}

func TestDollarsAreParsedStrictly(t *testing.T) {
	for s, want := range map[string]Cents{"160": 16000, "$160": 16000, " 78.4 ": 7840, "78.45": 7845, "1,200": 120000, "0": 0} {
		if got, err := ParseDollars(s); err != nil || got != want {
			t.Errorf("%q: got %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "-5", "+5", "1e3", "5.", ".5", "1.234", "abc", "99999999", "٣"} {
		if got, err := ParseDollars(s); err == nil {
			t.Errorf("%q parsed as %d", s, got)
		}
	}
}

func TestDollarsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cents(rapid.Int64Range(0, 100_000_000).Draw(t, "cents"))
		if got, err := ParseDollars(c.Dollars()); err != nil || got != c {
			t.Fatalf("%d became %d, %v", c, got, err)
		}
	})
}
