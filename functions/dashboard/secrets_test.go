package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWrittenSecretsAreMasked on the pages about what is configured, as they are on those about jobs; where nobody can tell
// what is secret nothing is shown.
func TestWrittenSecretsAreMasked(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	h := newHall(t, rdb, `
schedules:
  - {name: args, cron: "0 2 * * *", run: demo run, args: {what: seen, token: t0psecret}}
  - {name: line, cron: "0 3 * * *", line: demo run what=seen token=t0psecret}
rules:
  - {name: masked, on: gerrit.patchset-created, run: demo run, args: {what: seen, token: t0psecret, pin: t0psecret}}
`)
	v := h.as("telnet:ops")
	for path, want := range map[string]string{"schedules": "token=***", "schedules/args": "seen", "schedules/line": "token=***", "rules": "runs demo run", "rules/masked": "***"} {
		if body := v.get(path).body; strings.Contains(body, "t0psecret") || !strings.Contains(body, want) {
			t.Errorf("%s shows a secret, or no %q", path, want)
		}
	}
	h.write(rdb.Del(t.Context(), "handsoff:catalogue").Err())
	if body := v.get("rules/masked").body; strings.Contains(body, "t0psecret") || strings.Contains(body, "seen") {
		t.Error("a rule without a catalogue shows an argument")
	}
	for _, path := range []string{"schedules/args", "schedules/line"} {
		if body := v.get(path).body; strings.Contains(body, "t0psecret") || !strings.Contains(body, "not known now") {
			t.Errorf("%s without a catalogue shows a secret, or does not say why it shows nothing", path)
		}
	}
}
