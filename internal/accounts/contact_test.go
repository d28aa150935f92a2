package accounts

import "testing"

func TestPhoneNumbersAreStoredInOneFormat(t *testing.T) {
	for given, want := range map[string]string{
		"0412 345 678": "+61412345678", "(02) 9000-1234": "+61290001234", "+61 412 345 678": "+61412345678", "+61 (0)2 9000 1234": "+61290001234",
		"0061 412345678": "+61412345678", "61412345678": "+61412345678", "03.9000.1234": "+61390001234",
		"412345678": "", "0612345678": "", "04123456789": "", "+64 21 123 456": "", "call me": "", "1300 000 000": "",
	} {
		if got, ok := CleanPhone(given); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", given, got, ok)
		}
	}
}
