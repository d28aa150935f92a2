package main

import "testing"

func TestSlotsEqualThePlainCode(t *testing.T) {
	results, err := slots(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		t.Log(r)
	}
}
