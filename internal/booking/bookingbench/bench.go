// Package bookingbench measures booking's goals of speed (F7 to F10). Every goal is a ratio
// against a limit measured in the same run, so that it holds on any machine; no goal is an
// absolute time.
package bookingbench

import (
	"context"
	"net/http"

	"wattle/internal/bench"
	"wattle/internal/booking"
)

// Bench and Result are those of every benchmark.
type (
	Bench  = bench.Bench
	Result = bench.Result
)

// Site makes the web server of a service, as it is served to everybody.
type Site func(*booking.Service) (*http.Server, error)

// All lists the benchmarks in order; site is what F10 measures through HTTP.
func All(site Site) []Bench {
	return []Bench{
		{Name: "F7", Title: "slots of 60 days against plain time.Time code", Run: slots},
		{Name: "F8", Title: "deriving all next instants against reading their inputs", Run: next},
		{Name: "F9", Title: "races of two hundred clients against pgbench's time for as many inserts", Run: storm},
		{Name: "F10", Title: "whole holds over 16 connections, in the process and through HTTP, against pgbench -N -M prepared -c 16", Run: func(ctx context.Context) ([]Result, error) { return holds(ctx, site) }},
	}
}
