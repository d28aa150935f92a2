package directory

import "testing"

func TestModelKnowsWhetherProfilesAreFictional(t *testing.T) {
	var d Model
	made := func(id int64, demo bool, mark uint64) *Profile {
		return &Profile{ID: id, Slug: string(rune('a' + id)), Demo: demo, mark: mark}
	}
	for i, step := range []struct {
		do   func()
		want bool
	}{
		{func() {}, false},
		{func() { d.replace(profiles(made(1, false, 1), made(2, true, 2))) }, true},
		{func() { d.apply(nil, []int64{2}) }, false},
		{func() { d.apply([]*Profile{made(3, true, 3)}, nil) }, true},
		{func() { d.apply([]*Profile{made(3, true, 4)}, nil) }, true},
		{func() { d.apply([]*Profile{made(3, false, 5)}, nil) }, false},
		{func() { d.apply([]*Profile{made(3, true, 5)}, nil) }, true}, // the mark is the same
		{func() { d.apply(nil, []int64{3, 3, 9}) }, false},
		{func() { d.replace(profiles()) }, false},
	} {
		if step.do(); d.Fictional() != step.want {
			t.Errorf("step %d: %v", i, d.Fictional())
		}
	}
}
