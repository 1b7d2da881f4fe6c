package gerrit

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
)

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// newSHA is the name of a commit that never was.
func newSHA() string { return randomHex(20) }

// zeroSHA is the commit of a ref that is not there.
const zeroSHA = "0000000000000000000000000000000000000000"

// newKey is a Change-Id.
func newKey() string { return "I" + randomHex(20) }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
