package login

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestHashes(t *testing.T) {
	t.Parallel()
	low, err := bcrypt.GenerateFromPassword([]byte("correct horse"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{NewHash([]byte("correct horse")), string(low)} {
		h, err := ParseHash(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !h.Matches([]byte("correct horse")) || h.Matches([]byte("correct hors")) || h.Matches(nil) {
			t.Errorf("%s does not tell right from wrong", text[:12])
		}
	}
	if a, b := NewHash([]byte("same")), NewHash([]byte("same")); a == b {
		t.Error("two hashes of one password are the same: no salt")
	}
}

func TestLongPasswordsDoNotMatchByTheirBeginning(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 72)
	text, err := bcrypt.GenerateFromPassword([]byte(long), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	h, err := ParseHash(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if !h.Matches([]byte(long)) || h.Matches([]byte(long+"y")) {
		t.Error("bcrypt took a longer password for the same")
	}
}

func TestHashesThatAreRefused(t *testing.T) {
	t.Parallel()
	const salt, key = "c2FsdHNhbHRzYWx0", "a2V5a2V5a2V5a2V5a2V5a2V5"
	for name, text := range map[string]string{
		"plain":                  "correct horse",
		"empty":                  "",
		"md5":                    "$1$salt$hash",
		"argon2i":                "$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + key,
		"too much memory":        "$argon2id$v=19$m=1048576,t=2,p=1$" + salt + "$" + key,
		"too little memory":      "$argon2id$v=19$m=8,t=2,p=1$" + salt + "$" + key,
		"too many passes":        "$argon2id$v=19$m=19456,t=99,p=1$" + salt + "$" + key,
		"no lanes":               "$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + key,
		"old version":            "$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + key,
		"short key":              "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$c2hvcnQ",
		"no salt":                "$argon2id$v=19$m=19456,t=2,p=1$$" + key,
		"bcrypt, cut off":        "$2a$10$abcdefghijklmnopqrstuv",
		"bcrypt that takes long": "$2a$31$" + strings.Repeat("a", 53),
	} {
		if _, err := ParseHash(text); err == nil {
			t.Errorf("%s was accepted", name)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s: the error shows the hash: %v", name, err)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$a2V5a2V5a2V5a2V5a2V5a2V5")
	f.Add("$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHash(text)
		if err == nil && h.bcrypt == nil && (h.memory > mostMemory || h.passes > mostPasses || len(h.key) > 64) {
			t.Fatalf("%q costs too much", text)
		}
	})
}
