package login

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
)

// mostUsers bounds the file, in bytes.
const mostUsers = 1 << 20

// validName is what a user may be called: it becomes part of a principal, and of keys.
var validName = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)

// ValidName reports whether a user may be called so: a letter, then letters, digits, dot, dash and underscore, all lower
// case, 32 at most.
func ValidName(name string) bool { return validName.MatchString(name) }

// Users are the people who may log in.
type Users struct {
	hashes map[string]Hash
	names  []string // sorted
	decoy  Hash     // for when there is nobody at all
}

// LoadUsers reads a file of lines user:hash. Blank lines and lines that begin with # do not count. Errors name the line's
// number and never its text. A file that is not there is an empty one.
//
// The file is read for each login instead of being watched: it is small, and secrets are replaced in many ways.
func LoadUsers(path string) (*Users, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ParseUsers(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("open the users' file: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, mostUsers+1))
	if err != nil {
		return nil, fmt.Errorf("read the users' file: %w", err)
	}
	if len(text) > mostUsers {
		return nil, fmt.Errorf("the users' file is larger than %d bytes", mostUsers)
	}
	return ParseUsers(text)
}

// ParseUsers reads lines as LoadUsers does.
func ParseUsers(text []byte) (*Users, error) {
	u := &Users{hashes: map[string]Hash{}, decoy: newDecoy()}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, mostUsers+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := u.add(line); err != nil {
			return nil, fmt.Errorf("users' file, line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("users' file: %w", err)
	}
	slices.Sort(u.names)
	return u, nil
}

func (u *Users) add(line string) error {
	name, text, found := strings.Cut(line, ":")
	switch {
	case !found:
		return errors.New("not of the form user:hash")
	case !ValidName(name):
		return errors.New("not a valid user name (a letter, then letters, digits, . _ -, lower case, 32 at most)")
	}
	if _, twice := u.hashes[name]; twice {
		return fmt.Errorf("user %s has a line already", name)
	}
	hash, err := ParseHash(strings.TrimSpace(text))
	if err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	u.hashes[name] = hash
	u.names = append(u.names, name)
	return nil
}

// Print identifies a user's entry: it changes when the password does, and is "" when there is no such user.
func (u *Users) Print(name string) string {
	h, ok := u.hashes[name]
	if !ok {
		return ""
	}
	sum := sha256.Sum256(slices.Concat(h.bcrypt, h.salt, h.key))
	return hex.EncodeToString(sum[:])
}

var seed = maphash.MakeSeed()

// Check reports whether name has this password. For a name that does not exist it checks some real user's hash, always
// the same one for the same name, and says no: so it takes as long as for names that do.
func (u *Users) Check(name string, password []byte) bool {
	hash, known := u.hashes[name]
	switch {
	case known:
	case len(u.names) == 0:
		hash = u.decoy
	default:
		hash = u.hashes[u.names[maphash.String(seed, name)%uint64(len(u.names))]]
	}
	return hash.Matches(password) && known
}

// newDecoy is a hash that no password has.
func newDecoy() Hash {
	h := Hash{memory: newMemory, passes: newPasses, lanes: newLanes, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	_, _ = rand.Read(h.key) // never fails
	return h
}
