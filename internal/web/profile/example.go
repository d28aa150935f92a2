package profile

import (
	_ "embed"
	"encoding/json"
	"time"

	"wattle/internal/directory"
	"wattle/internal/web"
)

// ExampleNow is the fixtures' present: a Sunday evening before the clocks change.
var ExampleNow = time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC)

// ExampleSlug is the slug of the example.
const ExampleSlug = "example-person"

//go:embed example.json
var exampleFile []byte

// Example is a made-up profile with long names, for the gallery.
func Example() *directory.Profile {
	var t directory.Profile
	if err := json.Unmarshal(exampleFile, &t); err != nil {
		panic(err) // the file is part of the program
	}
	return &t
}

// ExampleTimes are free times on three days in Sydney.
func ExampleTimes() []time.Time {
	day := time.Date(2026, 10, 5, 9, 0, 0, 0, web.ZoneOf("Australia/Sydney"))
	var out []time.Time
	for d := range 3 {
		for _, m := range []int{0, 15, 240, 500, 515} {
			out = append(out, day.AddDate(0, 0, d).Add(time.Duration(m)*time.Minute))
		}
	}
	return out
}
