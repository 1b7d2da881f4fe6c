package slack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/slack"
)

func read(t *testing.T, text string) (*slack.Section, error) {
	t.Helper()
	f, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return slack.Read(f)
}

func TestRead(t *testing.T) {
	t.Parallel()
	if s, err := read(t, "bot: {name: x}"); s != nil || err != nil {
		t.Errorf("without a section: have %v, %v", s, err)
	}
	for _, test := range []struct {
		text string
		want slack.Section
	}{
		{"slack: {}", slack.Section{URL: "https://slack.com/api/", Command: "/handsoff", EndAfter: time.Minute}},
		{
			"slack: {url: 'http://127.0.0.1:8099/api', command: /ops, teams: [T1, E2], end_after: 5m}",
			slack.Section{URL: "http://127.0.0.1:8099/api/", Command: "/ops", Teams: []string{"T1", "E2"}, EndAfter: 5 * time.Minute},
		},
		{
			"slack: {unfurl: [{github: 'https://github.com/'}, {github: 'https://git.example'}, {gerrit: 'https://review.example/r/'}]}",
			slack.Section{
				URL: "https://slack.com/api/", Command: "/handsoff", EndAfter: time.Minute,
				Unfurl: []slack.Unfurl{
					{GitHub: "https://github.com", API: "https://api.github.com"},
					{GitHub: "https://git.example", API: "https://git.example/api/v3"},
					{Gerrit: "https://review.example/r"},
				},
			},
		},
	} {
		got, err := read(t, test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if diff := cmp.Diff(&test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.text, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"slack: {tokens: x}":                            "there is no such key",
		"slack: {url: 'slack.com'}":                     "slack.url: not an address",
		"slack: {url: 'http://slack.com/api'}":          "slack.url: slack.com must be https",
		"slack: {url: 'https://u:p@slack.com/'}":        "without a user",
		"slack: {command: handsoff}":                    `"handsoff" is not a slash command`,
		"slack: {command: '/Hands off'}":                "is not a slash command",
		"slack: {teams: [acme]}":                        `teams: "acme" is not the id of a team`,
		"slack: {end_after: -1s}":                       "end_after: -1s is not between",
		"slack: {unfurl: [{api: 'https://x.example'}]}": "unfurl, entry 1: give one of github and gerrit",
		"slack: {unfurl: [{github: 'https://a.example', gerrit: 'https://b.example'}]}": "give one of github and gerrit",
		"slack: {unfurl: [{gerrit: 'https://b.example', api: 'https://b.example'}]}":    "api belongs to github",
		"slack: {unfurl: [{gerrit: 'ftp://b.example'}]}":                                "entry 1: gerrit: not an address",
	} {
		if _, err := read(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: have %v, want %q", text, err, want)
		}
	}
}
