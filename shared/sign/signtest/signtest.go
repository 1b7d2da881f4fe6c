// Package signtest makes keys for tests.
package signtest

import "github.com/handsoff/handsoff/shared/sign"

// Keys are one key, made of its secret. It panics when that is too short for one.
func Keys(secret string) sign.Keys {
	keys, err := sign.Parse([]byte(secret))
	if err != nil {
		panic(err)
	}
	return keys
}
