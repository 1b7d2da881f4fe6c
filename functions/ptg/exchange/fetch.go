package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
)

// Limits of a fetch.
const (
	fetchFor  = 10 * time.Second
	mostHops  = 3       // how often a server may send us on
	mostHeads = 1 << 16 // bytes of an answer's headers
)

// Fetcher gets files from hosts that are allowed.
type Fetcher struct {
	// Hosts are names, or names with a port: "etherpad.opendev.org", "files.example:8443". A name means the usual ports of
	// http and https. A *. before a name means all names below it. Without any nothing is fetched.
	Hosts []string
	// Private lets addresses be reached that are no public ones: of this machine and of the networks around it.
	Private bool
	// Transport is what requests go through, for tests; nil is ours.
	Transport http.RoundTripper
}

// Fetch gets a file of at most [MaxBytes] within ten seconds. Where a server sends us on to must be allowed as well. Its
// errors of what the person asked for are a [gathering.Refusal]: a host that is not allowed, a status other than 200, a server
// that does not answer.
func (f *Fetcher) Fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, refuse("'%s' is not an address of a file: it looks like https://host/path", chat.OneLine(address))
	case u.User != nil:
		return nil, refuse("An address with a user or password in it is not fetched")
	}
	if err := f.allow(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchFor)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("exchange: ask %s: %w", u.Host, err)
	}
	req.Header.Set("Accept", "application/json, text/plain;q=0.9, */*;q=0.1")
	req.Header.Set("User-Agent", "handsoff")
	client := &http.Client{Transport: f.transport(), CheckRedirect: f.follow}
	defer client.CloseIdleConnections()
	answer, err := client.Do(req)
	if err != nil {
		return nil, failed(u, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, refuse("%s answered %s", u.Host, answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, MaxBytes+1))
	switch {
	case err != nil:
		return nil, failed(u, err)
	case len(data) > MaxBytes:
		return nil, refuse("The file is larger than %d bytes, which is the most", MaxBytes)
	}
	return data, nil
}

func refuse(format string, args ...any) error {
	return &gathering.Refusal{Text: fmt.Sprintf(format, args...), Of: gathering.ErrInvalid}
}

// failed says what went wrong on the way to a server.
func failed(u *url.URL, err error) error {
	if refusal, ok := errors.AsType[*gathering.Refusal](err); ok {
		return refusal
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return refuse("%s did not answer in %s", u.Host, fetchFor)
	}
	if cause, ok := errors.AsType[*url.Error](err); ok {
		err = cause.Err
	}
	return refuse("%s could not be reached: %s", u.Host, err)
}

// allow refuses what is not http or https to an allowed host.
func (f *Fetcher) allow(u *url.URL) error {
	usual := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	if usual == "" {
		return refuse("'%s' is not fetched: only https:// and http:// are", u.Redacted())
	}
	host, port := strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()
	if port == "" {
		port = usual
	}
	if host != "" && slices.ContainsFunc(f.Hosts, func(allowed string) bool { return allows(strings.ToLower(allowed), host, port, usual) }) {
		return nil
	}
	if len(f.Hosts) == 0 {
		return refuse("No host is allowed to fetch from; ptg.fetch of the configuration names those that are")
	}
	return refuse("'%s' is no host to fetch from; those are: %s", u.Host, strings.Join(f.Hosts, ", "))
}

func allows(allowed, host, port, usual string) bool {
	name, at, found := strings.Cut(allowed, ":")
	if !found {
		at = usual
	}
	if at != port {
		return false
	}
	if below, wild := strings.CutPrefix(name, "*"); wild {
		return strings.HasPrefix(below, ".") && strings.HasSuffix(host, below) && len(host) > len(below)
	}
	return name == host
}

func (f *Fetcher) follow(req *http.Request, via []*http.Request) error {
	if len(via) > mostHops {
		return refuse("%s sends on more than %d times", via[0].URL.Host, mostHops)
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return refuse("%s sends on from https to %s", via[len(via)-1].URL.Host, req.URL.Scheme)
	}
	if req.URL.User != nil {
		return refuse("%s sends on to an address with a user in it", via[len(via)-1].URL.Host)
	}
	return f.allow(req.URL)
}

func (f *Fetcher) transport() http.RoundTripper {
	if f.Transport != nil {
		return f.Transport
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !f.Private {
		dialer.Control = public
	}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true,
		ResponseHeaderTimeout: fetchFor, MaxResponseHeaderBytes: mostHeads, DisableKeepAlives: true,
	}
}
