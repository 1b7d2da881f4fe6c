package github

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/github/markdown"
)

// principals finds people of GitHub in what is said of a job; what follows the number tells a repository's address apart.
var principals = regexp.MustCompile(`\bgithub:[0-9]{1,20}\b/?`)

// namesMost is how many people are called by their logins in one text.
const namesMost = 16

// named calls people of GitHub by their logins, where those are known, instead of by their numbers. Nobody is called by it: a
// login without its @ is a word, and stands within code.
func (s *showing) named(ctx context.Context, text string) string {
	logins := make(map[string]string)
	named := principals.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasSuffix(found, "/") {
			return found
		}
		login, asked := logins[found]
		if !asked && len(logins) < namesMost {
			var err error
			if login, err = github.LoginOf(ctx, s.rdb, found); err != nil {
				s.log.WarnContext(ctx, "a login is not known just now", "principal", found, "error", err)
			}
			logins[found] = login
		}
		if login == "" {
			return found
		}
		return login
	})
	if utf8.RuneCountInString(named) > markdown.Most {
		return text
	}
	return named
}
