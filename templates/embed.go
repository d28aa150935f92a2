// Package templates carries the pages' HTML. Package view parses it and binds each page to one Go
// type. Names beginning with "_" or "." would be dropped by go:embed: none may be used.
package templates

import "embed"

// FS holds layouts, partials and pages (and e-mail, which package notify parses itself).
//
//go:embed email layouts pages partials
var FS embed.FS
