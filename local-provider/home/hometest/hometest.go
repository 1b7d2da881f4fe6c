// Package hometest is for the tests that bring homes up.
package hometest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Alone waits until no other test on this machine brings a home up, and lets none until done is called: two could find the
// same ports free.
func Alone(t testing.TB) (done func()) {
	t.Helper()
	path := filepath.Join(os.TempDir(), fmt.Sprintf("handsoff-up-%d.lock", os.Getuid()))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for err = unix.EINTR; errors.Is(err, unix.EINTR); {
		err = unix.Flock(int(file.Fd()), unix.LOCK_EX)
	}
	if err != nil {
		t.Fatal(errors.Join(err, file.Close()))
	}
	done = func() { _ = file.Close() }
	t.Cleanup(done) // also when the test fails before it calls it
	return done
}
