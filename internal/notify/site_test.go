package notify

import "testing"

func TestASiteNeedsAnAddress(t *testing.T) {
	for _, c := range []struct{ base, from, want string }{
		{base, "", "no-reply@wattle.example"},
		{base + "/", "hello@wattle.example", "hello@wattle.example"},
		{"nonsense", "", ""},
		{base, "not an address", ""},
	} {
		s, err := NewSite(c.base, c.from)
		if (err != nil) != (c.want == "") || s.From.Address != c.want {
			t.Errorf("NewSite(%q, %q) = %v, %v", c.base, c.from, s, err)
		}
		if err == nil && (s.BaseURL != base || s.From.Name != "Wattle") {
			t.Errorf("NewSite(%q, %q) = %+v", c.base, c.from, s)
		}
	}
}
