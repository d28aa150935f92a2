package main

import (
	"io"
	"testing"

	"wattle/tools/bench/lab"
	"wattle/tools/rig"
)

func TestSlotsEqualThePlainCode(t *testing.T) {
	l := &lab.Lab{Trial: &rig.Trial{Out: io.Discard}}
	if !l.Run(t.Context(), longest, func(*rig.Trial) { slots(l) }) {
		t.Error("the slots differ from the plain code's")
	}
}
