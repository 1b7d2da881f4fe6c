package endtoend

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/irc"
)

// The people: ops is an admin and second an approver, as in the sandbox's configuration; guest only looks. Besides, each
// conversation has a person of its name, who is an operator, and so have the other tests. Everybody has a twin, for
// conversations over two doors at which one is the same principal.
const (
	guest = "guest"
	twin  = "2"
)

// operators are the people with that role, at every door.
func operators() []string {
	names := []string{"ann", "bob"}
	scripts, _ := filepath.Glob(filepath.Join("testdata", "*.txt"))       // the pattern is well-formed
	more, _ := filepath.Glob(filepath.Join("testdata", "slack", "*.txt")) // the pattern is well-formed
	ops, _ := filepath.Glob(filepath.Join("testdata", "ops", "*", "*.txt"))
	clouds, _ := filepath.Glob(filepath.Join("testdata", "openstack", "*", "*.txt"))
	events, _ := filepath.Glob(filepath.Join("testdata", "gathering", "*.txt"))
	lab, _ := filepath.Glob(filepath.Join("testdata", "lab", "*.txt"))
	for _, script := range slices.Concat(scripts, more, ops, clouds, events, lab) {
		names = append(names, strings.TrimSuffix(filepath.Base(script), ".txt"))
	}
	slices.Sort(names) // some scripts have the same name
	return withTwins(slices.Compact(names)...)
}

func withTwins(names ...string) []string {
	all := slices.Clone(names)
	for _, name := range names {
		all = append(all, name+twin)
	}
	return all
}

// people is everybody.
func people() []string { return append(operators(), withTwins("ops", "second", guest)...) }

// cliKey is the key with which somebody signs at the command line.
func cliKey(name string) string { return "a key that is long enough, of " + name }

func cliKeys() string {
	var keys strings.Builder
	for _, name := range append(people(), "local") { // local is whom the greeting speaks of
		fmt.Fprintf(&keys, "%s:%s\n", name, cliKey(name))
	}
	return keys.String()
}

// configuration is the sandbox's, with more people, and with less patience for what does not stop.
func configuration() string {
	list := func(names []string) string {
		var everywhere []string
		for _, name := range names {
			everywhere = append(everywhere, fmt.Sprintf("%q, %q, %q, %q, %q",
				"telnet:"+name, "cli:"+name, "slack:"+slackID(name), irc.Nick("sandbox", name), irc.Account("lab", name)))
		}
		return strings.Join(everywhere, ", ")
	}
	return fmt.Sprintf(`bot:
  name: handsoff
  alerts: ["slack:C0ADMIN"]
roles:
  force: ["slack:U0FORCER"]
  admin: [%s, "rule:restart-on-comment"]
  operator: [%s, "github-write:acme/*", "rule:*", "schedule:*"]
  approver: [%s, "github-maintain:acme/*"]
  viewer: ["telnet:*", "cli:*", "slack:*", "irc:*", "irc-nick:*"]
slack:
  url: http://127.0.0.1:8082/api/
  unfurl: [{github: "http://127.0.0.1:8083"}, {gerrit: "http://127.0.0.1:8084"}]
telnet:
  idle: 30m
  sessions: {per_user: 30}
  login: {places: 40}
jenkins:
  url: http://127.0.0.1:8081
  user: demo
  token: jenkins-token
  settle: 2s
  stop: {term_after: 2s, kill_after: 2s}
  allow:
    - jobs: demo/**
      parameters: {seconds: "[0-9]{1,4}"}
  jobs:
    demo/slow: {summary: Build the slow demonstration, cmd_suffix: build}
`, list(withTwins("ops")), list(operators()), list(withTwins("second"))) + forges()
}

// forges is what the sandbox's configuration says of GitHub, Gerrit and rules, with rules for what fails, for what needs a
// sign-off and for what goes round in a circle, and schedules. Webhooks are looked after as often as may be.
func forges() string {
	text, err := os.ReadFile(filepath.Join(project, "config", "sandbox.yml"))
	before, schedules, ok := strings.Cut(string(text), "\n# What runs at set times.\n")
	_, rules, there := strings.Cut(before, "\n# The sandbox's GitHub.")
	if err != nil || !ok || !there {
		panic("config/sandbox.yml has no rules and schedules where they were")
	}
	return "\n#" + strings.NewReplacer(
		"\n  example: true\n", "\n", "\n  hooks: ", "\n  repair_every: 30s\n  hooks: ",
		"\n  playbooks:\n", countingPlaybooks,
		"\n  templates:\n    small:\n", testedEnvironments,
		"\npipelines:\n", "\npipelines:\n"+countingPipeline,
	).Replace(rules) + `
  - name: fail-on-comment
    on: github.comment
    where: {say: fail, repo: acme/*}
    run: jenkins build
    args: {job: demo/unstable}
  - name: restart-on-comment
    on: github.comment
    where: {say: restart, repo: acme/*}
    run: jenkins restart
  - name: tick
    on: github.pull_request.labeled
    where: {repo: acme/loop}
    if: label.name != 'tock'
    run: github pr label
    args: {pr: "{{ repository.full_name }}#{{ pull_request.number }}", add: tock}
  - name: tock
    on: github.pull_request.labeled
    where: {repo: acme/loop}
    if: label.name == 'tock'
    run: github pr label
    args: {pr: "{{ repository.full_name }}#{{ pull_request.number }}", add: tack}
` + schedules
}
