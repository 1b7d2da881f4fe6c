package site

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Address is from where a request comes: what the nearest proxy says, since whatever stands before that is the sender's word. Of
// IPv6 it is the network (/64), within which one sender has all addresses.
func Address(r *http.Request) string {
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range []string{strings.TrimSpace(list[len(list)-1]), r.RemoteAddr} {
		if at := network(text); at != "" {
			return at
		}
	}
	return r.RemoteAddr
}

// network reads an address, with a port or without; "" when it is none.
func network(text string) string {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	at, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return ""
	}
	at = at.Unmap().WithZone("")
	if at.Is4() {
		return at.String()
	}
	return netip.PrefixFrom(at, 64).Masked().String()
}
