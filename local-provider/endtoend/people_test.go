package endtoend

import (
	"fmt"
	"path/filepath"
	"strings"
)

// The people: ops is an admin and second an approver, as in the sandbox's configuration; guest only looks. Besides, each
// conversation has a person of its name, who is an operator, and so have the other tests.
const guest = "guest"

// operators are the people with that role, at every door.
func operators() []string {
	names := []string{"ann", "bob"}
	scripts, _ := filepath.Glob(filepath.Join("testdata", "*.txt")) // the pattern is well-formed
	for _, script := range scripts {
		names = append(names, strings.TrimSuffix(filepath.Base(script), ".txt"))
	}
	return names
}

// people is everybody but ops.
func people() []string { return append(operators(), "second", guest) }

// cliKey is the key with which somebody signs at the command line.
func cliKey(name string) string { return "a key that is long enough, of " + name }

func cliKeys() string {
	var keys strings.Builder
	for _, name := range append(people(), "ops", "local") { // local is whom the greeting speaks of
		fmt.Fprintf(&keys, "%s:%s\n", name, cliKey(name))
	}
	return keys.String()
}

// configuration is the sandbox's, with more people, and with less patience for what does not stop.
func configuration() string {
	var operator []string
	for _, name := range operators() {
		operator = append(operator, fmt.Sprintf("%q, %q", "telnet:"+name, "cli:"+name))
	}
	return fmt.Sprintf(`bot:
  name: handsoff
roles:
  admin: ["telnet:ops", "cli:ops"]
  operator: [%s]
  approver: ["telnet:second", "cli:second"]
  viewer: ["telnet:*", "cli:*"]
telnet:
  idle: 30m
  sessions: {per_user: 30}
  login: {places: 40}
jenkins:
  url: http://127.0.0.1:8081
  user: demo
  settle: 2s
  stop: {term_after: 2s, kill_after: 2s}
  allow:
    - jobs: demo/**
      parameters: {seconds: "[0-9]{1,4}"}
`, strings.Join(operator, ", "))
}
