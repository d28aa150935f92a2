// Package migrations holds the database's steps, in order, for the binary to carry.
package migrations

import "embed"

// FS holds every step; goose reads them in the order of their numbers.
//
//go:embed *.sql
var FS embed.FS
