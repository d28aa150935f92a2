package config

import (
	"strings"
	"testing"
)

const goodKey = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs="

func TestDefaultsAreForDevelopment(t *testing.T) {
	c, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.Production() || c.Data != "./var" || c.Approvers != 2 {
		t.Fatalf("%+v", c)
	}
	if on, exempt := c.Limits(); !on || !exempt {
		t.Fatal("limits are on, with loopback exempt, in development")
	}
}

func TestAllErrorsAreReportedTogetherWithoutValues(t *testing.T) {
	_, err := Load([]string{"WATTLE_ENV=production", "WATTLE_ADR=typo", "WATTLE_SECRET_KEY=c2VjcmV0LXZhbHVl", "SMTP_URL=http://user:hunter2@host",
		"WATTLE_APPROVERS=x", "WATTLE_TRUSTED_PROXIES=nonsense", "DATABASE_URL=mysql://user:hunter2@db/x", "WATTLE_BASE_URL=http://example.org/"})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"WATTLE_ADR is not", "WATTLE_SECRET_KEY must", "SMTP_URL must", "WATTLE_APPROVERS", "WATTLE_TRUSTED_PROXIES", "DATABASE_URL must", "slash", "https://", "MAIL_FROM"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in:\n%v", want, err)
		}
	}
	for _, secret := range []string{"hunter2", "c2VjcmV0", "nonsense", "typo"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the value %q was printed", secret)
		}
	}
}

func TestProductionReportsAllMissingSettings(t *testing.T) {
	_, err := Load([]string{"WATTLE_ENV=production"})
	for _, want := range []string{"DATABASE_URL", "WATTLE_SECRET_KEY", "SMTP_URL", "WATTLE_BASE_URL"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named: %v", want, err)
		}
	}
	c, err := Load([]string{"WATTLE_ENV=production", "DATABASE_URL=postgres://u:p@db/wattle", "WATTLE_SECRET_KEY=" + goodKey, "SMTP_URL=smtp://u:p@mail:587",
		"MAIL_FROM=Wattle <hello@example.org>", "WATTLE_BASE_URL=https://wattle.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if on, exempt := c.Limits(); !on || exempt {
		t.Fatal("limits spare nobody in production")
	}
}

func TestWeakKeysAreRejected(t *testing.T) {
	for _, key := range []string{"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "short", goodKey + ",AAAA"} {
		if _, err := Load([]string{"WATTLE_SECRET_KEY=" + key}); err == nil {
			t.Errorf("%q was accepted", key)
		}
	}
	if c, err := Load([]string{"WATTLE_SECRET_KEY=" + goodKey + "," + goodKey}); err != nil || len(c.Keys) != 2 {
		t.Errorf("rotation refused: %v", err)
	}
}

func TestTheSourceURLMustBePublic(t *testing.T) {
	for address, good := range map[string]bool{
		"": true, "https://code.example.org/wattle": true, "http://code.example.org/wattle?at=v1#readme": true,
		"code.example.org/wattle": false, "//code.example.org/wattle": false, "https://": false, "https:///wattle": false, "https://?q": false, "ftp://code.example.org/wattle": false,
		"javascript:alert(1)": false, "javascript://code.example.org/%0aalert(1)": false, "data:text/html,x": false, "https://ada:hunter2@code.example.org/wattle": false,
		"https://hunter2@code.example.org/wattle": false, "https://code.example.org/\n": false,
	} {
		c, err := Load([]string{"WATTLE_SOURCE_URL=" + address})
		if good && (err != nil || c.SourceURL != address) || !good && (err == nil || !strings.Contains(err.Error(), "WATTLE_SOURCE_URL must")) {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Error("a password was printed")
		}
	}
}

func TestProductionWithoutASourceURLIsWarned(t *testing.T) {
	live := []string{"WATTLE_ENV=production", "DATABASE_URL=postgres://u:p@db/wattle", "WATTLE_SECRET_KEY=" + goodKey, "SMTP_URL=smtp://u:p@mail:587",
		"MAIL_FROM=Wattle <hello@example.org>", "WATTLE_BASE_URL=https://wattle.example.org"}
	for _, c := range []struct {
		environ []string
		warned  bool
	}{{nil, false}, {live, true}, {append(live, "WATTLE_SOURCE_URL="), true}, {append(live, "WATTLE_SOURCE_URL=https://code.example.org/wattle"), false}} {
		loaded, err := Load(c.environ)
		if err != nil {
			t.Fatal(err)
		}
		list := loaded.Warnings()
		if len(list) > 0 != c.warned {
			t.Errorf("%v is warned %q", c.environ, list)
		}
		if c.warned && (!strings.Contains(list[0], "WATTLE_SOURCE_URL") || !strings.Contains(list[0], "AGPL-3.0")) {
			t.Errorf("%q says neither what to set nor why", list)
		}
	}
}

func TestMeilisearchNeedsItsURLAndInProductionItsKey(t *testing.T) {
	live := []string{"WATTLE_ENV=production", "DATABASE_URL=postgres://u:p@db/wattle", "WATTLE_SECRET_KEY=" + goodKey, "SMTP_URL=smtp://u:p@mail:587",
		"MAIL_FROM=Wattle <hello@example.org>", "WATTLE_BASE_URL=https://wattle.example.org"}
	for _, c := range []struct {
		environ []string
		fault   string
	}{
		{[]string{"MEILI_URL=http://127.0.0.1:7700"}, ""},
		{[]string{"MEILI_API_KEY=hunter2"}, "MEILI_API_KEY needs MEILI_URL"},
		{[]string{"MEILI_URL=ftp://hunter2"}, "MEILI_URL must be an address"},
		{live, ""},
		{append(live, "MEILI_URL=http://meili:7700"), "MEILI_API_KEY must be set in production"},
		{append(live, "MEILI_URL=http://meili:7700", "MEILI_API_KEY=hunter2"), ""},
	} {
		_, err := Load(c.environ)
		if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%v: %v", c.environ, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Error("a key was printed")
		}
	}
}

func TestPrintHidesSecrets(t *testing.T) {
	c, err := Load([]string{"DATABASE_URL=postgres://wattle:hunter2@db/wattle?password=hunter3", "WATTLE_SECRET_KEY=" + goodKey})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	c.Print(&b)
	for _, secret := range []string{"hunter2", "hunter3", goodKey} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%q was printed:\n%s", secret, b.String())
		}
	}
	if !strings.Contains(b.String(), "db/wattle") {
		t.Error("the host and database help the operator and are not secret")
	}
	for _, name := range known {
		if !strings.Contains(b.String(), name+" ") {
			t.Errorf("%s is not printed", name)
		}
	}
}
