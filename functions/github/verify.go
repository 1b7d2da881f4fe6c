package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/handsoff/handsoff/shared/github"
)

// What GitHub signs with, and how:
// https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
const (
	signatureHeader = "X-Hub-Signature-256"
	signatureForm   = "sha256="
	// shortestSecret is the shortest secret that is believed, in bytes.
	shortestSecret = 16
	// longestLine bounds a line of the secret, in bytes.
	longestLine = 64 << 10
)

// hookSecret is what a webhook signs with, and for what it is believed.
type hookSecret struct {
	scope string // "*", an owner, or "owner/repo"
	text  []byte
}

// hookSecrets are all that are valid at once, so that they rotate without a gap; of none, nothing is believed.
type hookSecrets []hookSecret

// parseHookSecrets reads secrets, one a line: "acme/app <secret>", "acme <secret>", "* <secret>"; a line of one word is a
// secret for everything. Blank lines and lines that begin with # do not count. It also gives the numbers of the lines that
// are no secret or too short for one, which are not used.
func parseHookSecrets(text []byte) (secrets hookSecrets, bad []int) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, longestLine)
	n := 1
	for ; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		scope, secret, two := strings.Cut(strings.Replace(line, "\t", " ", 1), " ")
		if !two {
			scope, secret = "*", line
		}
		secret = strings.TrimSpace(secret)
		if len(secret) < shortestSecret || !isScope(scope) {
			bad = append(bad, n)
			continue
		}
		secrets = append(secrets, hookSecret{scope: strings.ToLower(scope), text: []byte(secret)})
	}
	if lines.Err() != nil { // a line that is too long: what follows it is not read
		bad = append(bad, n)
	}
	return secrets, bad
}

// isScope reports whether text says for what a secret is believed.
func isScope(text string) bool {
	owner, repo, inside := strings.Cut(text, "/")
	return text == "*" || github.IsOwner(owner) && (!inside || github.IsRepo(repo))
}

// signature reads the header; nil for one of another form. SHA-1 is not believed.
func signature(header string) []byte {
	text, ok := strings.CutPrefix(header, signatureForm)
	given, err := hex.DecodeString(text)
	if !ok || err != nil || len(given) != sha256.Size {
		return nil
	}
	return given
}

// scopes are those for which the signature of a body is believed: none for a signature that no secret made. All secrets are
// tried, so that the time does not tell which one did.
func (s hookSecrets) scopes(given, body []byte) []string {
	var scopes []string
	for _, secret := range s {
		mac := hmac.New(sha256.New, secret.text)
		mac.Write(body)
		if hmac.Equal(given, mac.Sum(nil)) {
			scopes = append(scopes, secret.scope)
		}
	}
	return scopes
}
