// Package remote speaks Jenkins' remote API: what the function jenkins asks of it, and nothing more.
//
// The requests are made by gojenkins' Requester, which knows Jenkins' addresses, accounts and forms. Its higher layers are
// not used: they sleep and loop without a context, take errors for success, and fetch whole records. Every call here
// has a time limit and a size limit, asks for the fields it needs (tree=), follows no redirect, and says in an [Error] what
// went wrong and whether that may pass.
package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bndr/gojenkins"
)

// Limits of one answer, in bytes.
const (
	maxJSON  = 8 << 20
	maxChunk = 256 << 10
	maxPage  = 64 << 10 // of an answer that is only glanced at
)

// Options say which Jenkins to speak to, and as whom.
type Options struct {
	URL       string                 // as this machine reaches it, "https://jenkins.example.org/ci"
	PublicURL string                 // as people reach it; empty to believe what Jenkins says of itself
	User      string                 // the account
	Token     func() ([]byte, error) // the account's API token, asked for at every request, so that it may be replaced
	Timeout   time.Duration          // of one request; 0 means 15 s
	CA        []byte                 // PEM certificates to trust besides the system's; nil for none
	Transport http.RoundTripper      // nil for one of its own
}

// Client speaks to one Jenkins. It is safe for concurrent use.
type Client struct {
	options Options
	http    *http.Client
}

// New checks the options and makes a client; it sends nothing.
func New(options Options) (*Client, error) {
	if err := checkURL(options.URL); err != nil {
		return nil, err
	}
	if options.PublicURL != "" {
		if err := checkURL(options.PublicURL); err != nil {
			return nil, err
		}
	}
	if options.Timeout <= 0 {
		options.Timeout = 15 * time.Second
	}
	transport := options.Transport
	if transport == nil {
		own, err := newTransport(options.CA)
		if err != nil {
			return nil, err
		}
		transport = own
	}
	options.URL = strings.TrimRight(options.URL, "/")
	options.PublicURL = strings.TrimRight(options.PublicURL, "/")
	return &Client{options: options, http: &http.Client{
		Transport:     guard{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Account is the user name under which requests are made.
func (c *Client) Account() string { return c.options.User }

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("the address of Jenkins must look like https://jenkins.example.org/path")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("the address of Jenkins must not hold a user, a query or a fragment")
	}
	return nil
}

func newTransport(ca []byte) (*http.Transport, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if len(ca) > 0 && !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("the certificates given for Jenkins are not PEM certificates")
	}
	return &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     30 * time.Second,
		ForceAttemptHTTP2:   true,
	}, nil
}

// requester is made for each request: the token may have been replaced since the last one.
func (c *Client) requester() (*gojenkins.Requester, error) {
	token, err := c.options.Token()
	if err != nil {
		return nil, fmt.Errorf("read Jenkins' token: %w", err)
	}
	return &gojenkins.Requester{
		Base: c.options.URL, Client: c.http, SslVerify: true,
		BasicAuth: &gojenkins.BasicAuth{Username: c.options.User, Password: strings.TrimSpace(string(token))},
	}, nil
}

// Link is the address of a page of Jenkins for people: path below the root, as Path and its friends make it, and what
// Jenkins itself says of the page's address, which is used when no public address is configured.
func (c *Client) Link(path, reported string) string {
	if c.options.PublicURL == "" && webAddress(reported) {
		return reported
	}
	base := c.options.PublicURL
	if base == "" {
		base = c.options.URL
	}
	return base + path
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// Ping asks for the least that Jenkins can say, to see whether it answers and knows the account.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.Root(ctx)
	return err
}
