package git

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// maxAddress bounds an address, in bytes.
const maxAddress = 1024

// Address is where a repository is, in a form that git cannot take for an option, a command or another protocol. Make one
// with ParseAddress. It never holds a password.
type Address struct {
	text   string // as git is given it
	scheme string
	user   string
	host   string // in lower case, with the port where it is not the scheme's own
	path   string // begins with "/"
}

// Schemes that an address may have, and their usual ports.
var usualPorts = map[string]string{"https": "443", "http": "80", "ssh": "22", "git": "9418", "file": ""}

var (
	plainAddress = regexp.MustCompile(`^[A-Za-z0-9\[\]._~/:@%+,=-]+$`)
	userForm     = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._+-]{0,63}$`)
	hostForm     = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?$`)
	portForm     = regexp.MustCompile(`^[0-9]{1,5}$`)
	scpForm      = regexp.MustCompile(`^(?:([^@:/]+)@)?([^@:/\[\]]+):([^:]+)$`)
)

// ParseAddress reads https://host/path, ssh://user@host/path, user@host:path and, where they are allowed, http, git and file
// addresses. The error is a sentence for who wrote the address, without its end.
func ParseAddress(text string) (Address, error) {
	switch {
	case text == "":
		return Address{}, errors.New("it is empty")
	case len(text) > maxAddress:
		return Address{}, fmt.Errorf("it is longer than %d bytes", maxAddress)
	case strings.HasPrefix(text, "-"):
		return Address{}, errors.New("it begins with a hyphen")
	case hasPassword(text):
		return Address{}, errors.New("it holds a password; put that into a secret, and name it in git.credentials")
	case !plainAddress.MatchString(text):
		return Address{}, errors.New("it holds characters that no address of a repository needs")
	case strings.HasPrefix(text, "/"):
		return finish(Address{text: text, scheme: "file", path: text})
	case strings.Contains(text, "://"):
		return parseURL(text)
	}
	parts := scpForm.FindStringSubmatch(text)
	if parts == nil {
		return Address{}, errors.New("it is no address of a repository, such as https://github.com/acme/app or git@github.com:acme/app")
	}
	return finish(Address{text: text, scheme: "ssh", user: parts[1], host: parts[2], path: "/" + strings.TrimPrefix(parts[3], "/")})
}

// hasPassword looks for user:password@ before anything else is said about an address, so that it is not shown.
func hasPassword(text string) bool {
	_, rest, found := strings.Cut(text, "://")
	if !found {
		return false
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	at := strings.LastIndexByte(rest, '@')
	return at >= 0 && strings.ContainsAny(rest[:at], ":@")
}

func parseURL(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" {
		return Address{}, errors.New("it is no URL that can be read")
	}
	if _, known := usualPorts[u.Scheme]; !known || !strings.HasPrefix(text, u.Scheme+"://") {
		return Address{}, errors.New("its protocol is none of https, ssh, http, git and file")
	}
	return finish(Address{text: text, scheme: u.Scheme, user: u.User.Username(), host: u.Host, path: u.EscapedPath()})
}

// finish checks the parts and brings them into their final form.
func finish(a Address) (Address, error) {
	a.host = strings.ToLower(a.host)
	if port := usualPorts[a.scheme]; port != "" {
		a.host = strings.TrimSuffix(a.host, ":"+port)
	}
	switch {
	case a.user != "" && !userForm.MatchString(a.user):
		return Address{}, errors.New("its user has characters that no user needs")
	case a.scheme == "file" && a.host != "":
		return Address{}, errors.New("a file address has no host: file:///srv/repository.git")
	case a.scheme != "file" && !goodHost(a.host):
		return Address{}, errors.New("its host is none")
	}
	return a, goodPath(a.path)
}

func goodHost(host string) bool {
	name := host
	if at := strings.LastIndexByte(host, ':'); at >= 0 && !strings.HasSuffix(host, "]") {
		name = host[:at]
		if !portForm.MatchString(host[at+1:]) {
			return false
		}
	}
	if inner, ok := strings.CutPrefix(name, "["); ok {
		address, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		return err == nil && address.Is6() && address.Zone() == ""
	}
	return hostForm.MatchString(name) && !strings.Contains(name, "..")
}

// goodPath wants a path that means the same to us, who match prefixes of it, and to the server.
func goodPath(path string) error {
	plain, err := url.PathUnescape(path)
	if err != nil || strings.Contains(strings.ToLower(path), "%2f") || strings.ContainsFunc(plain, odd) {
		return errors.New("its path has characters that no path of a repository needs")
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(plain, "/"), "/"), "/") {
		switch {
		case segment == "":
			return errors.New("its path is empty, or has an empty part")
		case segment == "." || segment == "..":
			return errors.New("its path has . or .. as a part")
		case strings.HasPrefix(segment, "-"):
			return errors.New("a part of its path begins with a hyphen")
		}
	}
	return nil
}

func odd(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }

// String is the address as git is given it.
func (a Address) String() string { return a.text }

// Scheme is its protocol: "https", "ssh", "http", "git" or "file".
func (a Address) Scheme() string { return a.scheme }

// Name is the last part of its path without ".git", as people call the repository.
func (a Address) Name() string {
	plain := a.plainPath()
	return plain[strings.LastIndexByte(plain, '/')+1:]
}

// Canonical is one spelling of all addresses that mean the same: ssh://git@github.com/acme/app for git@github.com:acme/app.git.
func (a Address) Canonical() string {
	user := a.user
	if user != "" && a.scheme == "ssh" {
		user += "@"
	} else {
		user = ""
	}
	return a.scheme + "://" + user + a.host + a.plainPath()
}

func (a Address) plainPath() string {
	path := a.path
	if plain, err := url.PathUnescape(path); err == nil { // always: goodPath has tried it
		path = plain
	}
	return strings.TrimSuffix(strings.TrimSuffix(path, "/"), ".git")
}

// server is what git's questions call the server: "https://host:port".
func (a Address) server() string {
	scheme, rest, _ := strings.Cut(a.text, "://")
	host, _, _ := strings.Cut(rest, "/")
	if _, bare, found := strings.Cut(host, "@"); found {
		host = bare
	}
	return scheme + "://" + host
}

// IsZero reports whether it is no address.
func (a Address) IsZero() bool { return a.text == "" }
