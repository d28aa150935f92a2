package bookingbench

import (
	"context"
	"testing"
)

func TestTheFiguresThatNeedNoDatabaseAreMeasured(t *testing.T) {
	results, err := slots(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		t.Log(r)
	}
}
