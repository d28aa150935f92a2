package meili

import "testing"

func TestTheBreakerOpensAfterAFewFailuresInARowAndClosesAfterGoodProbes(t *testing.T) {
	var b breaker
	b.fail()
	b.fail()
	b.succeeded()
	b.fail()
	if opens := b.fail(); opens || !b.allow() {
		t.Fatal("failures that are not in a row open it")
	}
	if !b.fail() || b.allow() {
		t.Fatal("three in a row do not open it")
	}
	if b.fail() {
		t.Error("it opens twice")
	}
	b.probed(true)
	b.probed(false)
	if b.probed(true) || b.allow() {
		t.Error("probes that are not in a row close it")
	}
	if !b.probed(true) || !b.allow() {
		t.Error("good probes do not close it")
	}
	if open, opened, failed := b.figures(); open || opened != 1 || failed != 6 {
		t.Errorf("open %v, opened %d, failed %d", open, opened, failed)
	}
}

func TestOldServersAndRefusedKeysAreSaidInASentence(t *testing.T) {
	for _, v := range []version{{1, 17}, {0, 30}} {
		if !v.before(leastMajor, leastMinor) {
			t.Errorf("%v is accepted", v)
		}
	}
	for _, v := range []version{{1, 18}, {1, 50}, {2, 0}} {
		if v.before(leastMajor, leastMinor) {
			t.Errorf("%v is refused", v)
		}
	}
	if !Misconfigured(&tooOld{"1.17.1"}) || !Misconfigured(&refused{"invalid_api_key"}) || Misconfigured(&badStatus{500, "internal"}) || Misconfigured(nil) {
		t.Error("the operator's mistakes are not told from the engine's")
	}
}
