package pulls

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/github"
)

// numbered is a pull request as people write it: acme/app#12.
var numbered = regexp.MustCompile(`^([^/#\s]+)/([^/#\s]+)#([1-9][0-9]{0,9})$`)

// Parse reads which pull request is meant: "acme/app#12", or its address. The error is a sentence for people.
func Parse(text string) (github.Place, error) {
	text = strings.Trim(strings.TrimSpace(text), "<>")
	var owner, repo, number string
	if found := numbered.FindStringSubmatch(text); found != nil {
		owner, repo, number = found[1], found[2], found[3]
	} else if u, err := url.Parse(text); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		parts := strings.Split(strings.Trim(u.Path, "/"), "/")
		if len(parts) >= 4 && (parts[2] == "pull" || parts[2] == "issues" || parts[2] == "pulls") {
			owner, repo, number = parts[0], parts[1], parts[3]
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n <= 0 || !github.IsOwner(owner) || !github.IsRepo(repo) {
		return github.Place{}, refused("I cannot tell which pull request is meant by " + chat.Quote(text, 80) + "; write it as acme/app#12, or give its address.")
	}
	return github.Place{Owner: owner, Repo: repo, Number: n}, nil
}

func clip(text string) string {
	const most = 80
	return chat.Shorten(text, most)
}
