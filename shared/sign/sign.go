// Package sign makes and checks the signature that every request between handsoff's parts carries.
//
// The form is the one that `faas-cli invoke --sign` produces: sha256=<hex HMAC-SHA256 of the body>.
package sign

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Header is the HTTP header that carries the signature.
const Header = "X-Handsoff-Signature"

const (
	prefix = "sha256="
	// minimum is the shortest key accepted, in bytes: below it, guessing is too cheap.
	minimum = 16
)

// ErrBadSignature says that no valid key made the signature.
var ErrBadSignature = errors.New("sign: signature is missing or wrong")

// Key is a secret with a name. The name may be shown, the secret never.
type Key struct {
	Name   string
	secret []byte
}

// Keys are valid at the same time; the first one signs.
type Keys []Key

// Parse reads keys, a line each: secret, or name:secret. Blank lines and lines that begin with # do not count.
// Errors give the line's number and never its text.
func Parse(text []byte) (Keys, error) {
	var keys Keys
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, secret, named := strings.Cut(line, ":")
		if !named {
			name, secret = "", line
		}
		if secret = strings.TrimSpace(secret); len(secret) < minimum {
			return nil, fmt.Errorf("sign: key on line %d is shorter than %d bytes", n, minimum)
		}
		keys = append(keys, Key{Name: strings.TrimSpace(name), secret: []byte(secret)})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("sign: read keys: %w", err)
	}
	if len(keys) == 0 {
		return nil, errors.New("sign: no key in the file")
	}
	return keys, nil
}

// Sign gives the header's value for body, made with the first key. It panics without keys, which Parse never returns.
func (k Keys) Sign(body []byte) string {
	return prefix + hex.EncodeToString(k[0].sum(body))
}

// Verify returns the key that made the signature, or ErrBadSignature. It takes the same time for every wrong signature.
func (k Keys) Verify(body []byte, signature string) (Key, error) {
	given, err := hex.DecodeString(strings.TrimPrefix(signature, prefix))
	if err != nil || !strings.HasPrefix(signature, prefix) {
		return Key{}, ErrBadSignature
	}
	for _, key := range k {
		if hmac.Equal(given, key.sum(body)) {
			return key, nil
		}
	}
	return Key{}, ErrBadSignature
}

func (k Key) sum(body []byte) []byte {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write(body)
	return mac.Sum(nil)
}
