// Package config reads the environment into one validated struct. No other package reads the
// environment, and only cmd imports this one.
package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Config holds every setting. Load fills the derived fields.
type Config struct {
	Env              string `env:"WATTLE_ENV" envDefault:"development"`
	Addr             string `env:"WATTLE_ADDR" envDefault:"127.0.0.1:8080"`
	BaseURL          string `env:"WATTLE_BASE_URL" envDefault:"http://localhost:8080"`
	MetricsAddr      string `env:"WATTLE_METRICS_ADDR"`
	Data             string `env:"WATTLE_DATA" envDefault:"./var"`
	SecretKey        string `env:"WATTLE_SECRET_KEY"`
	TrustedProxies   string `env:"WATTLE_TRUSTED_PROXIES"`
	RateLimits       string `env:"WATTLE_RATE_LIMITS"`
	Approvers        int    `env:"WATTLE_APPROVERS" envDefault:"2"`
	SourceURL        string `env:"WATTLE_SOURCE_URL"`
	DatabaseURL      string `env:"DATABASE_URL"`
	DatabaseOwnerURL string `env:"DATABASE_OWNER_URL"`
	MeiliURL         string `env:"MEILI_URL"`
	MeiliKey         string `env:"MEILI_API_KEY"`
	StripeKey        string `env:"STRIPE_SECRET_KEY"`
	StripeHook       string `env:"STRIPE_WEBHOOK_SECRET"`
	StripeBase       string `env:"STRIPE_API_BASE"`
	SMTPURL          string `env:"SMTP_URL"`
	MailFrom         string `env:"MAIL_FROM"`
	BlobURL          string `env:"BLOB_URL"`

	Keys    [][]byte       `env:"-"` // decoded from SecretKey; the current key is first
	Proxies []netip.Prefix `env:"-"`
}

// Production reports whether the strict rules apply.
func (c *Config) Production() bool { return c.Env == "production" }

// Limits reports whether rate limits apply and whether loopback is exempt.
func (c *Config) Limits() (on, exemptLoopback bool) {
	return c.RateLimits != "off", !c.Production() && c.RateLimits == ""
}

// Load parses and checks environ ("NAME=value" entries, as from os.Environ). Its error lists every
// problem and never contains a value.
func Load(environ []string) (*Config, error) {
	vars := toMap(environ)
	c := &Config{}
	var faults []error
	if err := env.ParseWithOptions(c, env.Options{Environment: vars}); err != nil {
		faults = append(faults, errors.New("WATTLE_APPROVERS must be a whole number"))
	}
	faults = append(faults, unknown(vars)...)
	faults = append(faults, c.check()...)
	if c.Production() {
		faults = append(faults, c.checkProduction()...)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return c, nil
}

// FromEnvironment loads the settings of this process.
func FromEnvironment() (*Config, error) { return Load(os.Environ()) }

func toMap(environ []string) map[string]string {
	vars := make(map[string]string, len(environ))
	for _, e := range environ {
		if k, v, ok := strings.Cut(e, "="); ok {
			vars[k] = v
		}
	}
	return vars
}

var known = []string{"WATTLE_ENV", "WATTLE_ADDR", "WATTLE_BASE_URL", "WATTLE_METRICS_ADDR", "WATTLE_DATA",
	"WATTLE_SECRET_KEY", "WATTLE_TRUSTED_PROXIES", "WATTLE_RATE_LIMITS", "WATTLE_APPROVERS", "WATTLE_SOURCE_URL"}

func unknown(vars map[string]string) (faults []error) {
	for name := range vars {
		if strings.HasPrefix(name, "WATTLE_") && !slices.Contains(known, name) {
			faults = append(faults, fmt.Errorf("%s is not a setting of Wattle", name))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

func (c *Config) check() (faults []error) {
	fail := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Env != "development" && c.Env != "production" {
		fail("WATTLE_ENV must be development or production")
	}
	for name, addr := range map[string]string{"WATTLE_ADDR": c.Addr, "WATTLE_METRICS_ADDR": c.MetricsAddr} {
		if _, _, err := net.SplitHostPort(addr); err != nil && (addr != "" || name == "WATTLE_ADDR") {
			fail("%s must be an address such as 127.0.0.1:8080", name)
		}
	}
	faults = append(faults, checkURLs(c)...)
	if c.RateLimits != "" && c.RateLimits != "on" && c.RateLimits != "off" {
		fail("WATTLE_RATE_LIMITS must be on or off")
	}
	if c.Approvers < 1 || c.Approvers > 5 {
		fail("WATTLE_APPROVERS must be between 1 and 5")
	}
	keys, err := decodeKeys(c.SecretKey)
	if err != nil {
		faults = append(faults, err)
	}
	c.Keys = keys
	if c.Proxies, err = decodePrefixes(c.TrustedProxies); err != nil {
		faults = append(faults, err)
	}
	return faults
}

func checkURLs(c *Config) (faults []error) {
	for _, u := range []struct {
		name, value string
		schemes     []string
	}{
		{"WATTLE_BASE_URL", c.BaseURL, []string{"http", "https"}},
		{"DATABASE_URL", c.DatabaseURL, []string{"postgres", "postgresql"}},
		{"DATABASE_OWNER_URL", c.DatabaseOwnerURL, []string{"postgres", "postgresql"}},
		{"SMTP_URL", c.SMTPURL, []string{"smtp", "smtps"}},
		{"MEILI_URL", c.MeiliURL, []string{"http", "https"}},
		{"STRIPE_API_BASE", c.StripeBase, []string{"http", "https"}},
	} {
		if u.value == "" {
			continue
		}
		p, err := url.Parse(u.value)
		if err != nil || !slices.Contains(u.schemes, p.Scheme) || p.Host == "" && p.RawQuery == "" {
			schemes := strings.Join(u.schemes, ":// or ")
			faults = append(faults, fmt.Errorf("%s must be an address that begins with %s://", u.name, schemes))
		}
	}
	if !public(c.SourceURL) {
		faults = append(faults, errors.New("WATTLE_SOURCE_URL must be a public address that begins with https:// or http://, "+
			"without a user or password"))
	}
	if strings.HasSuffix(c.BaseURL, "/") {
		faults = append(faults, errors.New("WATTLE_BASE_URL must not end with a slash"))
	}
	if c.SMTPURL != "" && c.MailFrom == "" {
		faults = append(faults, errors.New("MAIL_FROM must be set when SMTP_URL is"))
	}
	if c.MeiliURL == "" && c.MeiliKey != "" {
		faults = append(faults, errors.New("MEILI_API_KEY needs MEILI_URL"))
	}
	if c.DatabaseURL == "" && c.DatabaseOwnerURL != "" {
		faults = append(faults, errors.New("DATABASE_OWNER_URL needs DATABASE_URL"))
	}
	return append(faults, unsupported(c)...)
}

// public reports whether an address may be printed on every page.
func public(address string) bool {
	u, err := url.Parse(address)
	return address == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// unsupported rejects settings of features that this release lacks, so that operators do not believe
// payments or a bucket to be in use.
func unsupported(c *Config) (faults []error) {
	for name, value := range map[string]string{"STRIPE_SECRET_KEY": c.StripeKey, "BLOB_URL": c.BlobURL} {
		if value != "" {
			faults = append(faults, fmt.Errorf("%s is set, but this release does not use it yet: unset it", name))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

func (c *Config) checkProduction() (faults []error) {
	for _, need := range []struct {
		missing bool
		what    string
	}{
		{c.DatabaseURL == "", "DATABASE_URL must be set in production: the private cluster is for development"},
		{c.SecretKey == "",
			"WATTLE_SECRET_KEY must be set in production: 32 random bytes in base64 (openssl rand -base64 32)"},
		{c.SMTPURL == "", "SMTP_URL must be set in production: captured mail is for development"},
		{!strings.HasPrefix(c.BaseURL, "https://"), "WATTLE_BASE_URL must begin with https:// in production"},
		{c.MeiliURL != "" && c.MeiliKey == "",
			"MEILI_API_KEY must be set in production when MEILI_URL is: wattle reindex -bootstrap creates one"},
		{c.RateLimits == "off", "WATTLE_RATE_LIMITS cannot be off in production"},
	} {
		if need.missing {
			faults = append(faults, errors.New(need.what))
		}
	}
	return faults
}

// Warnings lists problems to fix that do not stop Wattle from serving.
func (c *Config) Warnings() (list []string) {
	if c.Production() && c.SourceURL == "" {
		list = append(list, "WATTLE_SOURCE_URL is not set, so no page links to the source code: an operator of a modified "+
			"Wattle must offer the source to its users (AGPL-3.0, section 13); set it to the address of this version's source")
	}
	return list
}

func decodeKeys(s string) (keys [][]byte, err error) {
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(part)
		if err != nil || len(key) != 32 || trivial(key) {
			return nil, errors.New("WATTLE_SECRET_KEY must be 32 random bytes in base64, followed by any older keys after commas")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// trivial reports whether a key is obviously not random, such as one byte repeated.
func trivial(key []byte) bool {
	distinct := map[byte]bool{}
	for _, b := range key {
		distinct[b] = true
	}
	return len(distinct) < 8
}

func decodePrefixes(s string) (out []netip.Prefix, err error) {
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, errors.New("WATTLE_TRUSTED_PROXIES must be a list of networks such as 10.0.0.0/8")
		}
		out = append(out, p)
	}
	return out, nil
}

// Print writes the effective settings, with secrets and passwords redacted.
func (c *Config) Print(w io.Writer) {
	hide := func(s string) string {
		if s == "" {
			return ""
		}
		return "(set, not shown)"
	}
	for _, row := range [][2]string{
		{"WATTLE_ENV", c.Env}, {"WATTLE_ADDR", c.Addr}, {"WATTLE_BASE_URL", c.BaseURL},
		{"WATTLE_METRICS_ADDR", c.MetricsAddr}, {"WATTLE_DATA", c.Data},
		{"WATTLE_SECRET_KEY", hide(c.SecretKey)}, {"WATTLE_TRUSTED_PROXIES", c.TrustedProxies},
		{"WATTLE_RATE_LIMITS", c.RateLimits}, {"WATTLE_APPROVERS", fmt.Sprint(c.Approvers)},
		{"WATTLE_SOURCE_URL", c.SourceURL},
		{"DATABASE_URL", redact(c.DatabaseURL)}, {"DATABASE_OWNER_URL", redact(c.DatabaseOwnerURL)},
		{"SMTP_URL", redact(c.SMTPURL)}, {"MAIL_FROM", c.MailFrom},
		{"MEILI_URL", redact(c.MeiliURL)}, {"MEILI_API_KEY", hide(c.MeiliKey)},
		{"STRIPE_SECRET_KEY", hide(c.StripeKey)}, {"STRIPE_WEBHOOK_SECRET", hide(c.StripeHook)},
		{"STRIPE_API_BASE", redact(c.StripeBase)}, {"BLOB_URL", redact(c.BlobURL)},
	} {
		fmt.Fprintf(w, "%-24s %s\n", row[0], row[1])
	}
}

// redact keeps the scheme, host and path of an address and removes the user, password and query.
func redact(s string) string {
	u, err := url.Parse(s)
	if s == "" || err != nil {
		return ""
	}
	if u.User != nil {
		u.User = url.User("redacted")
	}
	if u.RawQuery != "" {
		u.RawQuery = "redacted"
	}
	return u.String()
}
