package doortest

import (
	"testing"

	"pgregory.net/rapid"
)

// Failing is a test whose failures are rapid's, so that it finds the shortest story that fails.
type Failing struct {
	testing.TB

	Rapid *rapid.T
}

// Fatal implements testing.TB.
func (f Failing) Fatal(args ...any) { f.Rapid.Fatal(args...) }

// Fatalf implements testing.TB.
func (f Failing) Fatalf(format string, args ...any) { f.Rapid.Fatalf(format, args...) }

// Error implements testing.TB.
func (f Failing) Error(args ...any) { f.Rapid.Error(args...) }

// Errorf implements testing.TB.
func (f Failing) Errorf(format string, args ...any) { f.Rapid.Errorf(format, args...) }
