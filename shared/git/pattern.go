package git

import (
	"errors"
	"regexp"
	"strings"
)

// Pattern covers addresses: https://github.com/acme/* one level, https://github.com/acme/** all below.
type Pattern struct {
	text string
	form *regexp.Regexp
}

var patternHost = regexp.MustCompile(`^([A-Za-z0-9._+-]+@)?(\*\.)?[A-Za-z0-9\[][A-Za-z0-9.:\]-]*$`)

// ParsePattern reads one. Its host is written out, or begins with "*.".
func ParsePattern(text string) (Pattern, error) {
	full := text
	if !strings.Contains(text, "://") && !strings.HasPrefix(text, "/") {
		full = "ssh://" + strings.Replace(text, ":", "/", 1)
	} else if strings.HasPrefix(text, "/") {
		full = "file://" + text
	}
	scheme, rest, _ := strings.Cut(full, "://")
	host, path, found := strings.Cut(rest, "/")
	port, known := usualPorts[scheme]
	if !known || !found || strings.Contains(text, "::") || path == "" || scheme != "file" && !patternHost.MatchString(host) {
		return Pattern{}, errors.New("it is no pattern of addresses, such as https://github.com/acme/*")
	}
	host = strings.ToLower(host)
	if port != "" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	form := regexp.QuoteMeta(scheme+"://"+host+"/") + wild(strings.TrimSuffix(path, ".git"))
	form = strings.Replace(form, `\*\.`, `[^/@:]+\.`, 1)
	compiled, err := regexp.Compile("^" + form + "$")
	if err != nil {
		return Pattern{}, errors.New("it cannot be read")
	}
	return Pattern{text: text, form: compiled}, nil
}

// wild turns a path with * and ** into a regular expression.
func wild(path string) string {
	quoted := regexp.QuoteMeta(path)
	quoted = strings.ReplaceAll(quoted, `\*\*`, `.+`)
	return strings.ReplaceAll(quoted, `\*`, `[^/]+`)
}

// Covers reports whether it covers an address, however that is spelled.
func (p Pattern) Covers(a Address) bool { return p.form != nil && p.form.MatchString(a.Canonical()) }

// String is the pattern as it was written.
func (p Pattern) String() string { return p.text }
