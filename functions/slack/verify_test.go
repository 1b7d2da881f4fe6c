package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	goslack "github.com/slack-go/slack"
	"pgregory.net/rapid"
)

const (
	newSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	oldSecret = "0f742231b10e8888abcd99yyyzzz85a0"
)

// signed makes the headers that Slack would, by the words of its documentation.
func signed(secret, body string, at time.Time) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	h := make(http.Header)
	h.Set(timestampHeader, stamp)
	h.Set(signatureHeader, "v0="+hex.EncodeToString(mac.Sum(nil)))
	return h
}

// TestSlacksOwnExample is the one that Slack's documentation works out.
func TestSlacksOwnExample(t *testing.T) {
	t.Parallel()
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&" +
		"user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands" +
		"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", "1531420618")
	h.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
	secrets := signingSecrets{[]byte(newSecret)}
	if why := secrets.verify([]byte(body), h, time.Unix(1531420618, 0)); why != "" {
		t.Errorf("refused: %s", why)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	const body = `{"type":"event_callback"}`
	now := time.Unix(1_800_000_000, 0)
	both := signingSecrets{[]byte(newSecret), []byte(oldSecret)}
	change := func(name, value string) http.Header {
		h := signed(newSecret, body, now)
		h.Set(name, value)
		return h
	}
	without := func(name string) http.Header {
		h := signed(newSecret, body, now)
		h.Del(name)
		return h
	}
	right := signed(newSecret, body, now).Get(signatureHeader)
	for name, c := range map[string]struct {
		secrets signingSecrets
		header  http.Header
		want    string
	}{
		"new secret":                {both, signed(newSecret, body, now), ""},
		"old secret":                {both, signed(oldSecret, body, now), ""},
		"retired secret":            {both[:1], signed(oldSecret, body, now), "unsigned"},
		"no secret here":            {nil, signed(newSecret, body, now), "unsigned"},
		"empty secret":              {nil, signed("", body, now), "unsigned"},
		"other body":                {both, signed(newSecret, body+" ", now), "unsigned"},
		"five minutes old":          {both, signed(newSecret, body, now.Add(-window)), ""},
		"older":                     {both, signed(newSecret, body, now.Add(-window-time.Second)), "stale"},
		"five minutes ahead":        {both, signed(newSecret, body, now.Add(window)), ""},
		"further ahead":             {both, signed(newSecret, body, now.Add(window+time.Second)), "stale"},
		"no headers":                {both, http.Header{}, "unsigned"},
		"no signature":              {both, without(signatureHeader), "unsigned"},
		"no time":                   {both, without(timestampHeader), "unsigned"},
		"another time":              {both, change(timestampHeader, strconv.FormatInt(now.Unix()+1, 10)), "unsigned"},
		"version 1":                 {both, change(signatureHeader, "v1="+right[3:]), "unsigned"},
		"no version":                {both, change(signatureHeader, right[3:]), "unsigned"},
		"half a signature":          {both, change(signatureHeader, right[:40]), "unsigned"},
		"an empty signature":        {both, change(signatureHeader, "v0="), "unsigned"},
		"not hexadecimal":           {both, change(signatureHeader, "v0="+strings.Repeat("z", 64)), "unsigned"},
		"signed, time is no number": {both, stamped("yesterday", body), "unsigned"},
		"signed, time is far off":   {both, stamped("-9223372036854775808", body), "stale"},
	} {
		if got := c.secrets.verify([]byte(body), c.header, now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// stamped signs a body with a time of any form.
func stamped(stamp, body string) http.Header {
	mac := hmac.New(sha256.New, []byte(newSecret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	h := make(http.Header)
	h.Set(timestampHeader, stamp)
	h.Set(signatureHeader, "v0="+hex.EncodeToString(mac.Sum(nil)))
	return h
}

// TestVerifyAgreesWithSlackGo: for any body and any bit that is turned, the library's verifier says the same.
func TestVerifyAgreesWithSlackGo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "body")
		now := time.Now()
		h := signed(newSecret, string(body), now)
		if rapid.Bool().Draw(t, "tampered") {
			at := rapid.IntRange(0, len(body)-1).Draw(t, "at")
			body[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
		verifier, err := goslack.NewSecretsVerifier(h, newSecret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verifier.Write(body); err != nil {
			t.Fatal(err)
		}
		theirs, ours := verifier.Ensure() == nil, signingSecrets{[]byte(newSecret)}.verify(body, h, now) == ""
		if theirs != ours {
			t.Fatalf("slack-go believes it: %v, we: %v", theirs, ours)
		}
	})
}

func TestParseSigningSecrets(t *testing.T) {
	t.Parallel()
	secrets, short := parseSigningSecrets([]byte("# rotated in May\n" + newSecret + "\r\n\n  " + oldSecret + "  \nshort\n"))
	if len(secrets) != 2 || string(secrets[0]) != newSecret || string(secrets[1]) != oldSecret || !slices.Equal(short, []int{5}) {
		t.Errorf("%d secrets, short lines %v", len(secrets), short)
	}
	for _, text := range []string{"", "\n", " \n# none\n"} {
		if secrets, short := parseSigningSecrets([]byte(text)); len(secrets)+len(short) != 0 {
			t.Errorf("%q: %q, short lines %v", text, secrets, short)
		}
	}
}
