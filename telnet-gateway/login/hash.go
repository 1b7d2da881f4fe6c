package login

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// New hashes are argon2id with 12 MiB, three passes and one lane, which OWASP rates as strong as its usual 19 MiB and two
// passes; with it the process stays under 30 MB even while somebody logs in. Argon2id and not bcrypt because its memory
// makes guessing on graphics cards dear, and because it takes passwords of any length. The memory is needed by one login
// at a time only, and given back.
const (
	newMemory = 12 << 10 // KiB
	newPasses = 3
	newLanes  = 1
	saltSize  = 16
	keySize   = 32
)

// Limits of what a hash in the file may cost, and of what it must cost at least.
const (
	mostMemory  = 64 << 10 // KiB
	leastMemory = 1 << 10  // KiB
	mostPasses  = 10
	mostLanes   = 4
	mostCost    = 14 // of bcrypt, about a second
)

// mostPassword bounds a password, in bytes. Bcrypt looks at 72 of them only, so a longer one never matches there.
const (
	mostPassword   = 1024
	bcryptPassword = 72
)

// Hash is a password's hash, as in the file.
type Hash struct {
	bcrypt []byte // nil for argon2id

	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// NewHash hashes a password.
func NewHash(password []byte) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey(password, salt, newPasses, newMemory, newLanes, keySize)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, newMemory, newPasses, newLanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// ParseHash reads a hash: argon2id in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$key), or bcrypt ($2a$, $2b$, $2y$).
// Errors never show it.
func ParseHash(text string) (Hash, error) {
	if strings.HasPrefix(text, "$2") {
		return parseBcrypt(text)
	}
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return Hash{}, errors.New("neither an argon2id nor a bcrypt hash; make one with: telnet-gateway passwd <user>")
	}
	var h Hash
	var version int
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || n != 1 || version != argon2.Version {
		return Hash{}, fmt.Errorf("argon2id version is not %d", argon2.Version)
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil || n != 3 {
		return Hash{}, errors.New("argon2id parameters are not m=…,t=…,p=…")
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return Hash{}, errors.New("argon2id salt is not base64 of eight bytes or more")
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 || len(h.key) > 64 {
		return Hash{}, errors.New("argon2id key is not base64 of 16 to 64 bytes")
	}
	return h, h.check()
}

func (h Hash) check() error {
	switch {
	case h.memory > mostMemory || h.passes > mostPasses || h.lanes > mostLanes:
		return fmt.Errorf("argon2id costs more than m=%d,t=%d,p=%d", mostMemory, mostPasses, mostLanes)
	case h.memory < leastMemory || h.passes < 1 || h.lanes < 1:
		return fmt.Errorf("argon2id costs less than m=%d,t=1,p=1", leastMemory)
	}
	return nil
}

func parseBcrypt(text string) (Hash, error) {
	cost, err := bcrypt.Cost([]byte(text))
	if err != nil || len(text) != 60 {
		return Hash{}, errors.New("not a whole bcrypt hash")
	}
	if cost > mostCost {
		return Hash{}, fmt.Errorf("bcrypt cost is over %d", mostCost)
	}
	return Hash{bcrypt: []byte(text)}, nil
}

// Matches reports whether it is the password's hash. It takes as long for a wrong one.
func (h Hash) Matches(password []byte) bool {
	if h.bcrypt != nil {
		fits := len(password) <= bcryptPassword
		if !fits {
			password = password[:bcryptPassword]
		}
		return bcrypt.CompareHashAndPassword(h.bcrypt, password) == nil && fits
	}
	key := argon2.IDKey(password, h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1
}
