package command

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

// Groups have the form of a principal, and there are not too many of them.
func TestGroupsOfAnEnvelope(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		groups []string
		ok     bool
	}{
		{nil, true},
		{[]string{"slack-group:S1", "github-team:org/team"}, true},
		{slices.Repeat([]string{"slack-group:S1"}, 64), true},
		{slices.Repeat([]string{"slack-group:S1"}, 65), false},
		{[]string{"S1"}, false},
		{[]string{"slack-group:*"}, false},
		{[]string{"slack-group:two words"}, false},
		{[]string{""}, false},
	} {
		body, err := json.Marshal(Envelope{ID: "1", Nonce: "2", Principal: "slack:U1", Text: "ping", Groups: test.groups})
		if err != nil {
			t.Fatal(err)
		}
		e, err := DecodeEnvelope(body)
		if (err == nil) != test.ok || err != nil && !errors.Is(err, ErrEnvelope) {
			t.Errorf("%v: %v", test.groups, err)
		}
		if who := e.Who(); test.ok && (who[0] != "slack:U1" || !slices.Equal(who[1:], test.groups)) {
			t.Errorf("%v", who)
		}
	}
}

// Notes are short lines that a person can read, and not many.
func TestNotesOfAnEnvelope(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		notes []string
		ok    bool
	}{
		{[]string{"rule verify: project openstack/nova matches openstack/*"}, true},
		{slices.Repeat([]string{"x"}, 16), true},
		{slices.Repeat([]string{"x"}, 17), false},
		{[]string{strings.Repeat("x", 512)}, true},
		{[]string{strings.Repeat("x", 513)}, false},
		{[]string{"two\nlines"}, false},
		{[]string{""}, false},
	} {
		body, err := json.Marshal(Envelope{ID: "1", Nonce: "2", Principal: "rule:verify", Text: "ping", Notes: test.notes})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeEnvelope(body); (err == nil) != test.ok || err != nil && !errors.Is(err, ErrEnvelope) {
			t.Errorf("%.40q: %v", test.notes, err)
		}
	}
}
