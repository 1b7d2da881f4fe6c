package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

func settingsOf(t *testing.T, text string) (*settings, error) {
	t.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var set settings
	if _, err := file.Section("jenkins", &set); err != nil {
		return nil, err
	}
	return &set, set.check()
}

func TestSettings(t *testing.T) {
	t.Parallel()
	const least = "jenkins:\n  url: http://x\n  user: bot\n"
	for _, test := range []struct{ text, wrong string }{
		{least, ""},
		{"jenkins: {}", "jenkins.url and jenkins.user are needed"},
		{least + "  insecure: true\n", "insecure"},
		{least + "  timeout: 1h\n", "is not between"},
		{least + "  allow: [{jobs: ''}]\n", "jenkins.allow, entry 1"},
		{least + "  allow: [{jobs: a, parameters: {x: '('}}]\n", "missing closing"},
		{least + "  allow: [{jobs: a, parameters: {x: {y: z}}}]\n", "a regular expression or a list of texts is needed"},
		{least + "  allow: [{jobs: a, parameters: {x: [1, two]}}]\n", ""},
		{least + "  jobs: {'a//b': {}}\n", "looks like folder/name"},
		{least + "  jobs: {a/deploy-cloud: {}, b/deploy_cloud: {}}\n", `would both be the command "deploy cloud"`},
		{least + "  jobs: {a/deploy-cloud: {}, b/deploy_cloud: {cmd_prefix: New}}\n", ""},
		{least + "  jobs: {'a/ü': {}}\n", "its name makes no command"},
	} {
		_, err := settingsOf(t, test.text)
		if (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%s\ngives %v, not %q", test.text, err, test.wrong)
		}
	}
}

func TestShortcutWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		job  string
		cut  shortcut
		want string
	}{
		{"Deploy-Cloud", shortcut{}, "deploy cloud"},
		{"folder/run_the-tests", shortcut{Prefix: "Jenkins "}, "jenkins run the tests"},
		{"slow", shortcut{Suffix: "build"}, "slow build"},
	} {
		if err := test.cut.check(test.job); err != nil || test.cut.words != test.want {
			t.Errorf("%s is %q, %v", test.job, test.cut.words, err)
		}
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	set, err := settingsOf(t, `
jenkins:
  url: http://x
  user: bot
  allow:
    - {jobs: "deploy/**", parameters: {region: [one, two], version: "v[0-9]+"}}
    - {jobs: "deploy/test", roles: [tester]}
  jobs:
    special: {parameters: {secret: "x+"}}
    deploy/named: {summary: Only a name}
    lonely: {summary: Only a name}
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		job   string
		roles []string
		given map[string]string
		wrong string
		rule  string
	}{
		{"deploy/a/b", nil, map[string]string{"region": "one", "other": "free"}, "", "jenkins.allow deploy/**"},
		{"deploy/a", nil, map[string]string{"region": "three"}, `jenkins.allow deploy/** wants region to be one of one, two, not “three”`, ""},
		{"deploy/a", nil, map[string]string{"version": "v1; rm"}, "to match v[0-9]+", ""},
		{"deploy/a", nil, map[string]string{"version": "v1\nv2"}, "to match", ""},
		{"deploy/test", []string{"tester"}, map[string]string{"region": "three"}, "", "jenkins.allow deploy/test"},
		{"special", nil, map[string]string{"secret": "xx"}, "", "jenkins.jobs special"},
		{"special", nil, map[string]string{"secret": "hunter2"}, "jenkins.jobs special does not allow that value of secret", ""},
		{"deploy/named", nil, map[string]string{"region": "three"}, "jenkins.allow deploy/** wants region to be one of one, two", ""},
		{"lonely", nil, map[string]string{"region": "three"}, "", "jenkins.jobs lonely"},
		{"other", nil, nil, "no rule covers other: jenkins.allow has deploy/**, deploy/test", ""},
	} {
		got, err := set.allowed(test.job, test.roles, test.given, func(name string) bool { return name == "secret" })
		if (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) || got.name != test.rule {
			t.Errorf("%s %v: %+v %v", test.job, test.given, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Error("the secret is told:", err)
		}
	}
}
