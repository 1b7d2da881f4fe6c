package git

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	// askpassName is what the helper is called as, by which a program knows that it is to be one.
	askpassName = "handsoff-askpass"
	// answersVariable names the file from which the helper answers. It holds a path, no secret.
	answersVariable = "HANDSOFF_ASKPASS"
)

// Main answers git's question for a user name or password, and does not return, when this program was started for that.
// It stands with attend.Main at the beginning of the main of every program that uses this package.
func Main() {
	if len(os.Args) == 0 || filepath.Base(os.Args[0]) != askpassName {
		return
	}
	question := ""
	if len(os.Args) > 1 {
		question = os.Args[1]
	}
	text, err := os.ReadFile(os.Getenv(answersVariable))
	if err != nil {
		os.Exit(1)
	}
	answer, ok := reply(question, string(text))
	if !ok {
		os.Exit(1)
	}
	fmt.Println(answer) // the protocol of GIT_ASKPASS
	os.Exit(0)
}

// answers is what the helper's file holds: the server that they are for, the user, the password.
func answers(server, user, password string) string {
	return server + "\n" + user + "\n" + password
}

// reply answers "Username for 'https://host': " and "Password for 'https://user@host': ", of the one server that the
// answers are for.
func reply(question, answers string) (string, bool) {
	server, rest, _ := strings.Cut(answers, "\n")
	user, password, ok := strings.Cut(rest, "\n")
	what, where, named := strings.Cut(strings.TrimSuffix(question, ": "), " for '")
	scheme, place, isURL := strings.Cut(strings.TrimSuffix(where, "'"), "://")
	if _, host, found := strings.Cut(place, "@"); found {
		place = host
	}
	if !ok || !named || !isURL || scheme+"://"+strings.TrimSuffix(place, "/") != server {
		return "", false
	}
	switch what {
	case "Username":
		return user, true
	case "Password":
		return password, true
	}
	return "", false
}
