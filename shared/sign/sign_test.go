package sign_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

func TestKeysRotateWithoutAGap(t *testing.T) {
	t.Parallel()
	parse := func(text string) sign.Keys {
		keys, err := sign.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	before, during, after := parse("old-old-old-old-old"), parse("# both\nname:new-new-new-new-new\n\nold-old-old-old-old\n"), parse("new-new-new-new-new")
	body := []byte("jobs")
	for _, test := range []struct {
		signs, checks sign.Keys
		ok            bool
	}{{before, during, true}, {during, during, true}, {during, after, true}, {before, after, false}, {during, before, false}} {
		_, err := test.checks.Verify(body, test.signs.Sign(body))
		if (err == nil) != test.ok {
			t.Errorf("%v by %v: %v", test.signs[0].Name, test.checks[0].Name, err)
		}
	}
	if key, err := during.Verify(body, after.Sign(body)); err != nil || key.Name != "name" {
		t.Errorf("%q %v", key.Name, err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	keys := signtest.Keys("sixteen-bytes-or-more")
	good := keys.Sign([]byte("body"))
	for _, signature := range []string{
		"", "sha256=", strings.TrimPrefix(good, "sha256="), "sha1=" + strings.TrimPrefix(good, "sha256="), good[:len(good)-2], good + "00", strings.ToUpper(good),
	} {
		if _, err := keys.Verify([]byte("body"), signature); !errors.Is(err, sign.ErrBadSignature) {
			t.Errorf("%q: %v", signature, err)
		}
	}
}

func TestParseNeverRepeatsASecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# only words\n", "short", "name:short", "name:                short"} {
		if _, err := sign.Parse([]byte(text)); err == nil || strings.Contains(err.Error(), "short ") || strings.Contains(err.Error(), ":short") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
