package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/need"
)

const (
	orgSecret  = "a-secret-of-the-organisation"
	repoSecret = "a-secret-of-one-repository"
	anySecret  = "a-secret-for-everything"
)

// signed is the header that GitHub would send.
func signed(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return signatureForm + hex.EncodeToString(mac.Sum(nil))
}

// TestGitHubsOwnExample is the one that GitHub's documentation works out.
func TestGitHubsOwnExample(t *testing.T) {
	t.Parallel()
	secrets := hookSecrets{{"*", []byte("It's a Secret to Everybody")}}
	given := signature("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
	if got := secrets.scopes(given, []byte("Hello, World!")); !slices.Equal(got, []string{"*"}) {
		t.Errorf("believed for %q", got)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	const body = `{"action":"created"}`
	secrets := hookSecrets{{"acme", []byte(orgSecret)}, {"acme/app", []byte(repoSecret)}, {"other", []byte(orgSecret)}}
	right := signed(orgSecret, body)
	for name, c := range map[string]struct {
		header string
		want   []string
	}{
		"an organisation's and another's": {right, []string{"acme", "other"}},
		"a repository's":                  {signed(repoSecret, body), []string{"acme/app"}},
		"nobody's":                        {signed(anySecret, body), nil},
		"an empty secret":                 {signed("", body), nil},
		"another body":                    {signed(orgSecret, body+" "), nil},
		"sha1":                            {"sha1=" + right[7:47], nil},
		"sha512":                          {"sha512=" + right[7:], nil},
		"no form":                         {right[7:], nil},
		"in capitals":                     {"SHA256=" + right[7:], nil},
		"too short":                       {right[:40], nil},
		"too long":                        {right + "00", nil},
		"empty":                           {"sha256=", nil},
		"not hexadecimal":                 {"sha256=" + strings.Repeat("z", 64), nil},
		"missing":                         {"", nil},
		"twice":                           {right + "," + right, nil},
	} {
		if got := secrets.scopes(signature(c.header), []byte(body)); !slices.Equal(got, c.want) {
			t.Errorf("%s: believed for %q, want %q", name, got, c.want)
		}
	}
}

// TestOthersSignAsWeCheck: what OpenSSL and Node sign is believed, and with one bit turned it is not.
func TestOthersSignAsWeCheck(t *testing.T) {
	t.Parallel()
	signers := map[string]func(body []byte) string{
		"openssl": func(body []byte) string {
			out := tool(t, body, "openssl", "dgst", "-sha256", "-hmac", orgSecret, "-r")
			return signatureForm + strings.Fields(out)[0]
		},
		"node": func(body []byte) string {
			const script = `let b=[];process.stdin.on("data",c=>b.push(c)).on("end",()=>process.stdout.write("sha256="+` +
				`require("crypto").createHmac("sha256",process.argv[1]).update(Buffer.concat(b)).digest("hex")))`
			return tool(t, body, "node", "-e", script, orgSecret)
		},
	}
	secrets := hookSecrets{{"*", []byte(orgSecret)}}
	for name, sign := range signers {
		for _, body := range [][]byte{{}, []byte(`{"a":"ü"}`), bytes.Repeat([]byte{0, 255, '\n'}, 5000)} {
			header := sign(body)
			if got := secrets.scopes(signature(header), body); len(got) != 1 {
				t.Errorf("%s: %q of %d bytes is not believed", name, header, len(body))
			}
			if got := secrets.scopes(signature(header), append(bytes.Clone(body), ' ')); len(got) != 0 {
				t.Errorf("%s: another body is believed", name)
			}
		}
	}
}

func tool(t *testing.T, input []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(need.Program(t, name), args...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestOneBitTurned: no other body, signature or secret is believed.
func TestOneBitTurned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "body")
		secret := rapid.SliceOfN(rapid.Byte(), 16, 60).Draw(t, "secret")
		given := signature(signed(string(secret), string(body)))
		what := [][]byte{body, given, secret}[rapid.IntRange(0, 2).Draw(t, "what")]
		what[rapid.IntRange(0, len(what)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if got := (hookSecrets{{"*", secret}}).scopes(given, body); len(got) != 0 {
			t.Fatal("believed")
		}
	})
}

func TestParseHookSecrets(t *testing.T) {
	t.Parallel()
	text := "# rotated in May\n" + anySecret + "\r\n\n  Acme/App   " + repoSecret + "  \nacme\t" + orgSecret + "\nshort\nacme short\n../x " + anySecret + "\n* " + anySecret
	secrets, bad := parseHookSecrets([]byte(text))
	want := hookSecrets{{"*", []byte(anySecret)}, {"acme/app", []byte(repoSecret)}, {"acme", []byte(orgSecret)}, {"*", []byte(anySecret)}}
	if !slices.EqualFunc(secrets, want, func(a, b hookSecret) bool { return a.scope == b.scope && bytes.Equal(a.text, b.text) }) {
		t.Errorf("%q", secrets)
	}
	if !slices.Equal(bad, []int{6, 7, 8}) {
		t.Errorf("bad lines %v", bad)
	}
	for _, text := range []string{"", "\n", " \n# none\n"} {
		if secrets, bad := parseHookSecrets([]byte(text)); len(secrets)+len(bad) != 0 {
			t.Errorf("%q: %q, bad lines %v", text, secrets, bad)
		}
	}
	if secrets, bad := parseHookSecrets([]byte(anySecret + "\n" + strings.Repeat("x", longestLine+1) + "\n" + orgSecret)); len(secrets) != 1 || len(bad) != 1 {
		t.Errorf("a line that is too long: %d secrets, %v", len(secrets), bad)
	}
}
