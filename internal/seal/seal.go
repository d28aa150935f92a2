// Package seal encrypts sensitive columns and derives tokens. The first master key is current. Older
// keys still open the values they sealed; once Rewrap has re-encrypted those with the current key,
// the older keys can be removed.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// A sealed value is version (1 byte) · key id (4) · nonce (12) · ciphertext and tag. Random 96-bit
// nonces are safe for 2³² values under one key (NIST SP 800-38D, 8.3).
const (
	version   = 1
	idSize    = 4
	nonceSize = 12
	prefix    = 1 + idSize
	// Overhead is the number of bytes that sealing adds.
	Overhead = prefix + nonceSize + 16
)

// KeySize is the size of a master key in bytes.
const KeySize = 32

// ErrSealed means that a value cannot be opened: it was changed, moved to another row, or sealed with
// an unknown key. It does not say which.
var ErrSealed = errors.New("seal: the value cannot be opened")

// Box seals with its first key and opens with any of its keys. It is safe for concurrent use.
type Box struct {
	keys    []key
	derived sync.Map // purpose → []byte
}

// key is a master key with its public id and the cipher derived from it.
type key struct {
	id     [idSize]byte
	aead   cipher.AEAD
	master []byte
}

// New returns a box of 32-byte master keys. The first key is current.
func New(keys [][]byte) (*Box, error) {
	if len(keys) == 0 {
		return nil, errors.New("seal: no key")
	}
	b := &Box{}
	for i, master := range keys {
		k, err := newKey(master)
		if err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", i+1, err)
		}
		if b.find(k.id[:]) != nil {
			return nil, fmt.Errorf("seal: key %d is given twice", i+1)
		}
		b.keys = append(b.keys, k)
	}
	return b, nil
}

func newKey(master []byte) (key, error) {
	if len(master) != KeySize {
		return key{}, fmt.Errorf("it has %d bytes, not %d", len(master), KeySize)
	}
	k := key{master: append([]byte(nil), master...)}
	id, err := hkdf.Key(sha256.New, master, nil, "wattle key id", idSize)
	if err != nil {
		return key{}, err
	}
	copy(k.id[:], id)
	sub, err := hkdf.Key(sha256.New, master, nil, "wattle column encryption", 32)
	if err != nil {
		return key{}, err
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return key{}, err
	}
	k.aead, err = cipher.NewGCM(block)
	return k, err
}

func (b *Box) find(id []byte) *key {
	for i := range b.keys {
		if string(b.keys[i].id[:]) == string(id) {
			return &b.keys[i]
		}
	}
	return nil
}

// Seal encrypts plain with the current key. aad binds the value to its place, table|column|row id, so
// that a copy in another row cannot be opened.
func (b *Box) Seal(plain []byte, aad string) ([]byte, error) {
	k := &b.keys[0]
	out := make([]byte, prefix+nonceSize, len(plain)+Overhead)
	out[0] = version
	copy(out[1:], k.id[:])
	nonce := out[prefix : prefix+nonceSize]
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return k.aead.Seal(out, nonce, plain, bind(out[:prefix], aad)), nil
}

// Open decrypts a value that was sealed with the same aad. Otherwise it returns ErrSealed.
func (b *Box) Open(sealed []byte, aad string) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != version {
		return nil, ErrSealed
	}
	k := b.find(sealed[1:prefix])
	if k == nil {
		return nil, ErrSealed
	}
	nonce, ciphertext := sealed[prefix:prefix+nonceSize], sealed[prefix+nonceSize:]
	plain, err := k.aead.Open(nil, nonce, ciphertext, bind(sealed[:prefix], aad))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// bind adds the prefix, which names the key, to the authenticated data.
func bind(head []byte, aad string) []byte {
	return append(append(make([]byte, 0, len(head)+len(aad)), head...), aad...)
}

// Stale reports whether the value was sealed with a key other than the current one.
func (b *Box) Stale(sealed []byte) bool {
	return len(sealed) < prefix || string(sealed[1:prefix]) != string(b.keys[0].id[:])
}

// Rewrap re-encrypts a stale value with the current key. A value that is not stale is returned
// unchanged, with changed false.
func (b *Box) Rewrap(sealed []byte, aad string) (out []byte, changed bool, err error) {
	plain, err := b.Open(sealed, aad)
	if err != nil {
		return nil, false, err
	}
	if !b.Stale(sealed) {
		return sealed, false, nil
	}
	out, err = b.Seal(plain, aad)
	return out, err == nil, err
}

// Sum derives a token: HMAC-SHA256 over parts with the current key's subkey for purpose. A repeated
// request therefore gets the same token.
func (b *Box) Sum(purpose string, parts ...string) []byte {
	return sum(b.subkey(&b.keys[0], purpose), parts)
}

// Check reports, in constant time, whether mac is the Sum of purpose and parts under any key. Verify
// tokens with Check rather than by comparing sums, so that they survive a key rotation.
func (b *Box) Check(mac []byte, purpose string, parts ...string) bool {
	ok := 0
	for i := range b.keys {
		ok |= subtle.ConstantTimeCompare(mac, sum(b.subkey(&b.keys[i], purpose), parts))
	}
	return ok == 1
}

// Equal compares secrets in constant time.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// subkey derives the key for a purpose, so that leaking one purpose's key exposes no other.
func (b *Box) subkey(k *key, purpose string) []byte {
	name := string(k.id[:]) + purpose
	if got, ok := b.derived.Load(name); ok {
		return got.([]byte)
	}
	sub, err := hkdf.Key(sha256.New, k.master, nil, "wattle token: "+purpose, 32)
	if err != nil {
		panic("seal: " + err.Error()) // only possible for lengths over 255 hashes
	}
	b.derived.Store(name, sub)
	return sub
}

// sum prefixes each part with its length, so that ("ab","c") differs from ("a","bc").
func sum(key []byte, parts []string) []byte {
	h := hmac.New(sha256.New, key)
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
