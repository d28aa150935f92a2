package memindex

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"wattle/internal/search"
)

var hundredThousand = sync.OnceValue(func() *Index {
	x := New()
	if err := x.Replace(context.Background(), (listed(population(120_000, 5)))); err != nil {
		panic(err)
	}
	return x
})

// shapes are the searches that the speed goals measure.
var shapes = []string{"", "state=nsw&type=psychologist", "state=nsw&type=psychologist&issue=anxiety,panic,grief",
	"state=nsw&type=psychologist&max_fee=160&accepting=true", "available=week", "near=newtown+nsw+2042&within_km=10&type=psychologist&sort=distance",
	"q=kowalsky&state=nsw&type=psychologist", "q=anxiety+nguyen", "max_gap=80", "max_fee=160", "max_fee=160&format=couple"}

func BenchmarkSearch(b *testing.B) {
	x := hundredThousand()
	for _, q := range shapes {
		v, _ := url.ParseQuery(q)
		f, err := search.Parse(v)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d/%s", x.Len(), q), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.Search(context.Background(), f, start); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReplace(b *testing.B) {
	all := listed(population(12_000, 5))
	for b.Loop() {
		if err := New().Replace(context.Background(), (all)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)), "ns/therapist")
}
