package openstack

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// newHex is an id of Keystone's: 32 hexadecimal digits.
func newHex() string { return hex.EncodeToString(randomBytes(16)) }

// newUUID is an id of the other services': a random UUID.
func newUUID() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// newSecret is a word that nobody guesses.
func newSecret(bytes int) string { return base64.RawURLEncoding.EncodeToString(randomBytes(bytes)) }
