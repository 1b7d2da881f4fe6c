package command

import (
	"net/url"
	"regexp"
	"strings"
)

// usualPorts are those that an address need not name.
var usualPorts = map[string]string{"http": ":80", "https": ":443", "ssh": ":22", "git": ":9418"}

// scpForm is how git and scp write user@host:path. Without the user it may be anything.
var scpForm = regexp.MustCompile(`^([^@:/]+@[^@:/\[\]]+):/?([^:]+)$`)

// OneSpelling is one text for all in which people write the same address of a repository or a page, for the name of a lock:
// https://example.org/a for https://me@Example.org:443/a.git/, and ssh://git@example.org/a for git@example.org:a. What is no address is left
// as it is.
func OneSpelling(text string) string {
	scheme, rest, is := strings.Cut(text, "://")
	if !is {
		parts := scpForm.FindStringSubmatch(text)
		if parts == nil {
			return text
		}
		scheme, rest = "ssh", parts[1]+"/"+parts[2]
	}
	scheme = strings.ToLower(scheme)
	host, path, _ := strings.Cut(rest, "/")
	user := ""
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		user, host = host[:at+1], host[at+1:]
	}
	if scheme != "ssh" { // there, it says as whom, not where
		user = ""
	}
	host = strings.TrimSuffix(strings.ToLower(host), usualPorts[scheme])
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	return scheme + "://" + user + host + "/" + strings.TrimSuffix(strings.TrimSuffix(path, "/"), ".git")
}
