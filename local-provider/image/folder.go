package image

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/handsoff/handsoff/local-provider/durable"
)

// ErrUnknown is wrapped when no executable was built for a reference.
var ErrUnknown = errors.New("image not built")

// Folder holds the executables.
type Folder string

// Path is where the executable of a reference is, whether or not it exists.
func (f Folder) Path(ref string) (string, error) {
	name, err := FileName(ref)
	if err != nil {
		return "", err
	}
	return filepath.Join(string(f), name), nil
}

// Find returns the path of a reference's executable. ErrUnknown says how to build it, ErrReference what is wrong with
// the reference.
func (f Folder) Find(ref string) (string, error) {
	path, err := f.Path(ref)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: there is no executable for %q on this machine; run `local-provider build -f stack.yml`, "+
			"or copy a program to %s", ErrUnknown, ref, path)
	}
	if err != nil {
		return "", fmt.Errorf("find image %q: %w", ref, err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o100 == 0 {
		return "", fmt.Errorf("%w: %s is not an executable file; run `chmod +x` on it or build it again", ErrUnknown, path)
	}
	return path, nil
}

// Install copies an executable to the file of a reference, in one step, so that a running program keeps its old file.
// It answers false when the image already was the same, byte for byte.
func (f Folder) Install(ref, from string) (bool, error) {
	path, err := f.Path(ref)
	if err != nil {
		return false, err
	}
	if same(path, from) {
		return false, nil
	}
	if err := f.copy(path, from); err != nil {
		return false, fmt.Errorf("install image %q: %w", ref, err)
	}
	return true, nil
}

func (f Folder) copy(path, from string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("open the executable: %w", err)
	}
	defer func() { _ = source.Close() }()
	temp, err := os.CreateTemp(string(f), ".install.*")
	if err != nil {
		return fmt.Errorf("create a file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
		}
	}()
	_, err = io.Copy(temp, source)
	if err := errors.Join(err, temp.Chmod(0o700), temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("copy the executable: %w", err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return fmt.Errorf("name the executable: %w", err)
	}
	return nil
}

func same(a, b string) bool {
	digestA, errA := durable.Digest(a)
	digestB, errB := durable.Digest(b)
	return errA == nil && errB == nil && digestA == digestB
}

// Digest is the SHA-256 of a reference's executable in hexadecimal digits.
func (f Folder) Digest(ref string) (string, error) {
	path, err := f.Find(ref)
	if err != nil {
		return "", err
	}
	return durable.Digest(path)
}
