// Package money counts Australian dollars in whole cents. There are no floats here.
package money

import (
	"fmt"
	"strconv"
	"strings"
)

// Cents is an amount of Australian money in cents.
type Cents int64

// String prints "$180" for whole dollars and "$78.45" otherwise, with thousands separated.
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "−", -c
	}
	whole := group(strconv.FormatInt(int64(c/100), 10))
	if c%100 == 0 {
		return sign + "$" + whole
	}
	return fmt.Sprintf("%s$%s.%02d", sign, whole, c%100)
}

func group(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Dollars formats the amount for a form field, without a dollar sign: "180" or "78.45".
func (c Cents) Dollars() string {
	if c%100 == 0 {
		return strconv.FormatInt(int64(c/100), 10)
	}
	return fmt.Sprintf("%d.%02d", c/100, c%100)
}

// ParseDollars parses "160", "$160", "78.45" or "1,200". It rejects signs, exponents, more than two
// decimals and amounts over a million dollars.
func ParseDollars(s string) (Cents, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "$")
	whole, frac, dotted := strings.Cut(strings.ReplaceAll(s, ",", ""), ".")
	if len(frac) > 2 || dotted && frac == "" || whole == "" || len(whole) > 7 {
		return 0, fmt.Errorf("money: not an amount in dollars")
	}
	n, err := strconv.ParseUint(whole+(frac + "00")[:2], 10, 63)
	if err != nil || n > 100_000_000 {
		return 0, fmt.Errorf("money: not an amount in dollars")
	}
	return Cents(n), nil
}
