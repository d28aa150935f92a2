package poster

import (
	"bytes"
	"regexp"

	"wattle/static"
)

// The site's own illustrations, in the colours they have there in the light scheme.
var (
	mark  = symbol("mark")
	sprig = symbol("sprig")
)

var inks = map[string]string{"puff": "#E9B949", "puff-light": "#F8DF9B", "puff-deep": "#D9A233", "leaf": "#5E8F72", "leaf-2": "#86B096", "stem": "#6B7F63"}

var inkName = regexp.MustCompile(`var\(--([\w-]+)\)`)

// symbol takes one drawing out of the sprite.
func symbol(id string) []byte {
	all, err := static.FS.ReadFile("img/art.svg")
	if err != nil {
		panic(err) // the drawings are part of the program
	}
	_, rest, _ := bytes.Cut(all, []byte(`<symbol id="`+id+`"`))
	body, _, ok := bytes.Cut(rest, []byte("</symbol>"))
	if !ok {
		panic("poster: there is no drawing " + id)
	}
	body = inkName.ReplaceAllFunc(body, func(v []byte) []byte { return []byte(inks[string(inkName.FindSubmatch(v)[1])]) })
	return append(append([]byte("<symbol"), body...), "</symbol>"...)
}
