package gathering

import (
	"net/url"
	"strings"
	"unicode"
)

// CheckURL is an address as it is kept. It refuses what is not http or https, names no host, carries a password, or is of
// more than [MaxText] bytes.
func CheckURL(text string) (string, error) {
	odd := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("\"<>\\^`{|}", r)
	}
	address, err := url.Parse(text)
	switch {
	case len(text) > MaxText:
		return "", refuse(ErrInvalid, "That address is too long: %d bytes; %d are the most", len(text), MaxText)
	case err != nil || strings.ContainsFunc(text, odd):
		return "", refuse(ErrInvalid, "%s is not an address: it looks like https://host/path", quote(text))
	case address.Scheme != "http" && address.Scheme != "https":
		return "", refuse(ErrInvalid, "%s is not an address that can be linked to: it begins with https:// or http://", quote(text))
	case address.Hostname() == "":
		return "", refuse(ErrInvalid, "%s names no host: an address looks like https://host/path", quote(text))
	case address.User != nil:
		return "", refuse(ErrInvalid, "An address with a user or password in it is not shown to everybody; leave that out")
	}
	return text, nil
}
