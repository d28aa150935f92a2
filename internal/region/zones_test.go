package region

import (
	"testing"
	"time"
)

func TestZoneDataFollowsTheLaw(t *testing.T) {
	if err := CheckZones(); err != nil {
		t.Fatal(err)
	}
	if len(knownInstants) < 20 {
		t.Errorf("only %d known instants", len(knownInstants))
	}
	covered := map[string]bool{}
	for _, k := range knownInstants {
		covered[k.zone] = true
	}
	for _, z := range Zones() {
		if !covered[z.Name] {
			t.Errorf("no known instant for %s", z.Name)
		}
	}
}

func TestWrongZoneDataIsDetected(t *testing.T) {
	loaded.Store("Australia/Hobart", time.FixedZone("wrong", 10*3600))
	defer loaded.Delete("Australia/Hobart")
	if CheckZones() == nil {
		t.Error("Hobart without summer time went unnoticed")
	}
}

func TestLoadZoneAcceptsOnlyPlainNames(t *testing.T) {
	for _, name := range []string{"Australia/Sydney", "Australia/Lindeman", "Europe/London", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"} {
		loc, err := LoadZone(name)
		if err != nil || loc.String() != name {
			t.Errorf("LoadZone(%q) = %v, %v", name, loc, err)
		}
		if again, _ := LoadZone(name); again != loc {
			t.Errorf("%s is loaded twice", name)
		}
	}
	for _, name := range []string{"", "Local", "local", "right/Australia/Sydney", "posixrules", "../etc/passwd", "/etc/localtime", "Australia/", "Australia//Sydney", "Australia", "AEST ", "Atlantis/Capital", "Australia/Sydney\x00"} {
		if _, err := LoadZone(name); err == nil {
			t.Errorf("LoadZone(%q) must fail", name)
		}
	}
}

func TestZoneForHandlesTheExceptions(t *testing.T) {
	for _, c := range []struct{ state, postcode, name, want string }{
		{"nsw", "2042", "Newtown", "Australia/Sydney"},
		{"nsw", "2880", "Broken Hill", "Australia/Broken_Hill"},
		{"nsw", "", "Broken Hill", "Australia/Broken_Hill"},
		{"", "2880", "", "Australia/Broken_Hill"},
		{"nsw", "2880", "Tibooburra", "Australia/Sydney"},
		{"wa", "6443", "Eucla", "Australia/Eucla"},
		{"wa", "6443", "", "Australia/Eucla"},
		{"wa", "6443", "Norseman", "Australia/Perth"},
		{"sa", "5690", "Border Village", "Australia/Eucla"},
		{"sa", "5690", "Ceduna", "Australia/Adelaide"},
		{"nsw", "2898", "", "Australia/Lord_Howe"},
		{"nsw", "2899", "", "Pacific/Norfolk"},
		{"wa", "6798", "", "Indian/Christmas"},
		{"wa", "6799", "", "Indian/Cocos"},
		{"qld", "4803", "Hamilton Island", "Australia/Lindeman"},
		{"sa", "0872", "", "Australia/Adelaide"},
		{"", "0872", "", "Australia/Darwin"},
		{"vic", "2880", "", "Australia/Melbourne"},
		{"act", "", "", "Australia/Sydney"},
		{"", "", "Newtown", ""},
	} {
		if got, ok := ZoneFor(c.state, c.postcode, c.name); got != c.want || ok != (c.want != "") {
			t.Errorf("ZoneFor(%q, %q, %q) = %q, want %q", c.state, c.postcode, c.name, got, c.want)
		}
	}
}

func TestZoneNamesForPeople(t *testing.T) {
	for name, want := range map[string]string{"Australia/Sydney": "Sydney", "Australia/Broken_Hill": "Broken Hill", "America/Argentina/Buenos_Aires": "Buenos Aires", "UTC": "UTC"} {
		if got := ZoneCity(name); got != want {
			t.Errorf("ZoneCity(%s) = %s", name, got)
		}
	}
	for _, s := range States() {
		if _, ok := ZoneByName(s.Zone); !ok {
			t.Errorf("%s keeps the unlisted zone %s", s.Abbrev, s.Zone)
		}
	}
}
