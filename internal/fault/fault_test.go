package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestAWrappedFaultMatchesItsKind(t *testing.T) {
	err := fmt.Errorf("booking: %w", Wrap(Conflict, "That time has just been taken.", errors.New("23P01")))
	if !errors.Is(err, Conflict) || errors.Is(err, NotFound) || Of(err) != Conflict {
		t.Fatalf("kind lost: %v", Of(err))
	}
	if Of(errors.New("x")) != Internal || Of(NotFound) != NotFound {
		t.Fatal("an unknown error must be Internal and a bare kind must be itself")
	}
}

func TestAValidationWithoutFieldMessagesIsNil(t *testing.T) {
	if err := New(Invalid, "x").OrNil(); err != nil {
		t.Fatalf("got %v", err)
	}
	if err := FieldError("email", "Enter an e-mail address.").OrNil(); !errors.Is(err, Invalid) {
		t.Fatalf("got %v", err)
	}
}
