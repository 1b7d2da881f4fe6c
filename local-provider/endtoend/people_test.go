package endtoend

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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
	for _, script := range append(scripts, more...) {
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
			everywhere = append(everywhere, fmt.Sprintf("%q, %q, %q", "telnet:"+name, "cli:"+name, "slack:"+slackID(name)))
		}
		return strings.Join(everywhere, ", ")
	}
	return fmt.Sprintf(`bot:
  name: handsoff
  alerts: ["slack:C0ADMIN"]
roles:
  force: ["slack:U0FORCER"]
  admin: [%s]
  operator: [%s]
  approver: [%s]
  viewer: ["telnet:*", "cli:*", "slack:*"]
slack:
  url: http://127.0.0.1:8082/api/
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
`, list(withTwins("ops")), list(operators()), list(withTwins("second")))
}
