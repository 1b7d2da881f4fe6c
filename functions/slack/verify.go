package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What Slack signs with, and how: https://docs.slack.dev/authentication/verifying-requests-from-slack
const (
	signatureHeader = "X-Slack-Signature"
	timestampHeader = "X-Slack-Request-Timestamp"
	signatureForm   = "v0="
	// window is how old a request may be, or how far ahead of this machine's clock.
	window = 5 * time.Minute
	// shortestSecret is the shortest signing secret that is believed, in bytes. Slack's have 32.
	shortestSecret = 16
)

// signingSecrets are what Slack may sign with. All are valid at once, so that they rotate without a gap; of none, nothing is
// believed.
type signingSecrets [][]byte

// parseSigningSecrets reads secrets, one a line. Blank lines and lines that begin with # do not count. It also gives the
// numbers of the lines that are too short to be a signing secret, which are not used.
func parseSigningSecrets(text []byte) (secrets signingSecrets, short []int) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case len(line) < shortestSecret:
			short = append(short, n)
		default:
			secrets = append(secrets, []byte(line))
		}
	}
	return secrets, short
}

// verify says why a request is not to be believed, or "". It takes the same time for every wrong signature, and what it says
// holds nothing of the right one.
func (s signingSecrets) verify(body []byte, header http.Header, now time.Time) (why string) {
	stamp := header.Get(timestampHeader)
	given, err := hex.DecodeString(strings.TrimPrefix(header.Get(signatureHeader), signatureForm))
	if err != nil || !strings.HasPrefix(header.Get(signatureHeader), signatureForm) || !s.made(given, stamp, body) {
		return "unsigned"
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return "unsigned"
	}
	// The difference of seconds, because that of times stops at 292 years.
	if age := now.Unix() - seconds; age > int64(window/time.Second) || age < -int64(window/time.Second) {
		return "stale"
	}
	return ""
}

// made reports whether one of the secrets made a signature. All are tried, so that the time does not tell which one did.
func (s signingSecrets) made(given []byte, stamp string, body []byte) bool {
	found := false
	for _, secret := range s {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("v0:" + stamp + ":"))
		mac.Write(body)
		if hmac.Equal(given, mac.Sum(nil)) {
			found = true
		}
	}
	return found
}
