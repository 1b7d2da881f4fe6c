package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// TestAPrivateAnswerGoesWhereItCanBeWhispered, and nowhere else: what others would read is refused in words.
func TestAPrivateAnswerGoesWhereItCanBeWhispered(t *testing.T) {
	t.Parallel()
	for door, whispers := range map[string]bool{
		"telnet": true, "slack": true, "irc": true, "cli": true, "web": true, "github": false, "gerrit": false, "rule": false, "schedule": false, "mail": false, "": false,
	} {
		for _, cause := range [][]string{nil, {"rule:nightly"}} {
			e := command.Envelope{Origin: job.Origin{Door: door}, Cause: cause}
			said := discreet(e, command.Answer{Text: "t0psecret", Private: true})
			if told := strings.Contains(said.Text, "t0psecret"); told != (whispers && cause == nil) || told != said.Private || told == (said.Problem != nil) {
				t.Errorf("%q, caused by %v: %+v", door, cause, said)
			}
			if open := discreet(e, command.Answer{Text: "for all"}); open.Text != "for all" {
				t.Errorf("%q: %+v", door, open)
			}
		}
	}
}
