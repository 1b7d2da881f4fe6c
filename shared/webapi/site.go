package webapi

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Site checks the address of a service and takes the slash off its end; like is one for comparison. Passwords and tokens go
// there: only this machine is spoken to without TLS.
func Site(text, like string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return "", errors.New("not an address like " + like)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("an address without a user, a query and a fragment is needed")
	case u.Scheme == "http" && !local(u.Hostname()):
		return "", fmt.Errorf("%s must be https: what goes there is not to be read on the way", u.Host)
	}
	u.Host = strings.ToLower(u.Host)
	return strings.TrimRight(u.String(), "/"), nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
