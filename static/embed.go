// Package static carries the files every page needs: styles, fonts, icons, scripts, pictures and
// their licences. Package view serves them; nothing here knows of HTTP.
package static

import "embed"

// FS holds the files as they lie in this folder.
//
//go:embed css fonts icons img js licences
var FS embed.FS
