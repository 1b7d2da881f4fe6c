package config_test

import (
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

func TestMaskedText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"name: a\nargs: {token: t0psecret, ref: main}\n": "name: a\nargs: {token: '***', ref: main}\n",
		"url: https://ann:t0psecret@host/x\n":            "url: https://ann:xxxxx@host/x\n",
		"- a: [":                                         "***",
		"":                                               "***",
	} {
		if got := config.MaskedText(text); got != want {
			t.Errorf("%q is shown as %q, not %q", text, got, want)
		}
	}
	if got := config.MaskedText("args: {pin: [t0psecret, {a: t0psecret}], ref: main}\n", "pin"); got != "args: {pin: ['***', {a: '***'}], ref: main}\n" {
		t.Errorf("a key that is named is shown as %q", got)
	}
}
