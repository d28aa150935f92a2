package web

import (
	"github.com/gin-gonic/gin"
)

// Page turns a handler into a Gin handler for people, with reads counted and forms read whole.
func (k *Kit) Page(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := k.limitReads(c)
		if err == nil {
			err = readForm(c)
		}
		if err == nil {
			err = h(c)
		}
		if err != nil {
			k.fail(c, err)
		}
	}
}

// Open is a read that any page on the web may make, without credentials; its refusals may be read
// there too.
func (k *Kit) Open(h Handler) gin.HandlerFunc {
	answer := k.Page(h)
	return func(c *gin.Context) {
		c.Header("Access-Control-Allow-Origin", "*")
		c.Header("Cross-Origin-Resource-Policy", "cross-origin")
		c.Header("Cache-Control", "no-cache")
		answer(c)
	}
}

// Counted limits a change.
func (k *Kit) Counted(h Handler) Handler {
	return func(c *gin.Context) error {
		if err := k.limitWrites(c, writeRule); err != nil {
			return err
		}
		return h(c)
	}
}

// Read adds an address that is read by GET and HEAD.
func (k *Kit) Read(r gin.IRouter, path string, h Handler) {
	r.GET(path, k.Page(h))
	r.HEAD(path, k.Page(h))
}
