package view_test

import (
	"testing"

	"wattle/internal/view"
	"wattle/internal/view/viewtest"
	"wattle/static"
	"wattle/templates"
)

func newSet(t *testing.T) *view.Set {
	t.Helper()
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := view.NewSet(templates.FS, assets)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestEveryPageFitsItsType(t *testing.T) {
	set := newSet(t)
	view.Parse[view.ErrorPage](set, "failure")
	view.Parse[view.Gallery](set, "dev/components")
	viewtest.Check(t, set)
}
