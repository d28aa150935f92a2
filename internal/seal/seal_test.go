package seal

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func key32(b byte) []byte { return bytes.Repeat([]byte{b}, KeySize) }

func box(t testing.TB, keys ...byte) *Box {
	t.Helper()
	var ks [][]byte
	for _, k := range keys {
		ks = append(ks, key32(k))
	}
	b, err := New(ks)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := box(t, 1, 2)
		plain := rapid.SliceOf(rapid.Byte()).Draw(rt, "plain")
		here, there := rapid.String().Draw(rt, "here"), rapid.String().Draw(rt, "there")
		sealed, err := b.Seal(plain, here)
		if err != nil {
			rt.Fatal(err)
		}
		if got, err := b.Open(sealed, here); err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("opened as %x, %v", got, err)
		}
		if len(sealed) != len(plain)+Overhead {
			rt.Fatalf("%d bytes became %d", len(plain), len(sealed))
		}
		if _, err := b.Open(sealed, there); here != there && !errors.Is(err, ErrSealed) {
			rt.Fatalf("a value moved to another row gave %v", err)
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(rt, "byte")
		sealed[i] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := b.Open(sealed, here); !errors.Is(err, ErrSealed) {
			rt.Fatalf("a flipped bit in byte %d gave %v", i, err)
		}
	})
}

func TestTruncatedAndForeignValuesDoNotOpen(t *testing.T) {
	b := box(t, 1)
	sealed, _ := b.Seal([]byte("note"), "notes|body|7")
	for n := range len(sealed) {
		if _, err := b.Open(sealed[:n], "notes|body|7"); !errors.Is(err, ErrSealed) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := box(t, 2).Open(sealed, "notes|body|7"); !errors.Is(err, ErrSealed) {
		t.Errorf("with another key: %v", err)
	}
}

func TestSealingIsRandomised(t *testing.T) {
	b := box(t, 1)
	seen := map[string]bool{}
	for range 1000 {
		s, _ := b.Seal([]byte("same"), "x")
		seen[string(s)] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d different values of 1000", len(seen))
	}
}

func TestRewrapMovesAValueToTheCurrentKey(t *testing.T) {
	old, both, next := box(t, 1), box(t, 2, 1), box(t, 2)
	sealed, _ := old.Seal([]byte("note"), "a")
	if !both.Stale(sealed) {
		t.Error("a value of the old key is not stale")
	}
	moved, changed, err := both.Rewrap(sealed, "a")
	if err != nil || !changed || both.Stale(moved) {
		t.Fatalf("rewrapping: %v %v", changed, err)
	}
	if _, changed, err := both.Rewrap(moved, "a"); changed || err != nil {
		t.Errorf("rewrapping twice: %v %v", changed, err)
	}
	if got, err := next.Open(moved, "a"); err != nil || string(got) != "note" {
		t.Errorf("without the old key: %q %v", got, err)
	}
	if _, err := next.Open(sealed, "a"); !errors.Is(err, ErrSealed) {
		t.Errorf("the old value without its key: %v", err)
	}
	if _, _, err := both.Rewrap(sealed, "b"); !errors.Is(err, ErrSealed) {
		t.Errorf("rewrapping in another place: %v", err)
	}
}

func TestATokenDependsOnPurposePartsAndKey(t *testing.T) {
	a, rotated, other := box(t, 1), box(t, 2, 1), box(t, 3)
	token := a.Sum("manage booking", "42", "1")
	if !bytes.Equal(token, box(t, 1).Sum("manage booking", "42", "1")) || len(token) != 32 {
		t.Error("repeating Sum must give the same token")
	}
	for name, differs := range map[string][]byte{
		"purpose": a.Sum("cancel booking", "42", "1"), "part": a.Sum("manage booking", "43", "1"),
		"number of parts": a.Sum("manage booking", "421"), "split": a.Sum("manage booking", "4", "21"),
		"key": other.Sum("manage booking", "42", "1"),
	} {
		if Equal(token, differs) {
			t.Errorf("a different %s gave the same token", name)
		}
	}
	check := func(b *Box, token []byte) bool { return b.Check(token, "manage booking", "42", "1") }
	if !check(rotated, token) || check(other, token) || check(rotated, nil) {
		t.Error("a token must survive a rotation and fail under an unrelated key")
	}
}

func TestInvalidKeysAreRejected(t *testing.T) {
	for name, keys := range map[string][][]byte{"none": nil, "short": {key32(1)[:31]}, "twice": {key32(1), key32(1)}} {
		if _, err := New(keys); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	box := box(b, 1)
	note := make([]byte, 500)
	for b.Loop() {
		box.Seal(note, "notes|body|7") //nolint:errcheck // a benchmark
	}
}
