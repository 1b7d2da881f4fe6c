package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"path"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/function"
)

// Section is the configuration's section "mail".
type Section struct {
	Server   string   `yaml:"server"`             // host:port of the server that takes our mail
	From     string   `yaml:"from"`               // whom they come from: "handsoff <handsoff@example.org>"
	User     string   `yaml:"user,omitempty"`     // to log in; nobody when empty
	Password string   `yaml:"password,omitempty"` // the secret's name; "mail-password" when empty
	TLS      string   `yaml:"tls,omitempty"`      // starttls (when empty), tls, or none: that only on this machine, and without a user
	CA       string   `yaml:"ca,omitempty"`       // the secret with PEM certificates to trust in place of the system's
	Allow    []string `yaml:"allow,omitempty"`    // whom mail may be sent to, "*@example.org"; those of our own domain when empty

	host string
	port int
	from *mail.Address
}

// The ways to protect what is sent.
const (
	startTLS = "starttls"
	fullTLS  = "tls"
	noTLS    = "none"
)

// check refuses what cannot work, with the key that is wrong, and fills in what is not said.
func (s *Section) check() error {
	host, port, err := net.SplitHostPort(s.Server)
	if err != nil {
		return fmt.Errorf("mail.server: %q is not host:port", s.Server)
	}
	if s.port, err = strconv.Atoi(port); err != nil || s.port < 1 || s.port > 65535 {
		return fmt.Errorf("mail.server: %q is not a port", port)
	}
	s.host = host
	if s.from, err = mail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("mail.from: %q is not an address", s.From)
	}
	switch s.TLS {
	case "":
		s.TLS = startTLS
	case startTLS, fullTLS:
	case noTLS:
		if ip := net.ParseIP(host); s.User != "" || (host != "localhost" && (ip == nil || !ip.IsLoopback())) {
			return errors.New("mail.tls: none is for a server on this machine, and without a user")
		}
	default:
		return fmt.Errorf("mail.tls: %q is none of starttls, tls, none", s.TLS)
	}
	if s.Password == "" {
		s.Password = "mail-password"
	}
	if len(s.Allow) == 0 {
		s.Allow = []string{"*@" + domain(s.from.Address)}
	}
	for _, pattern := range s.Allow {
		if _, err := path.Match(strings.ToLower(pattern), ""); err != nil || strings.Contains(pattern, "/") {
			return fmt.Errorf("mail.allow: %q is not a pattern", pattern)
		}
	}
	return nil
}

// domain is what follows the at sign.
func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// allows reports whether mail may be sent to somebody: to one address, that the configuration covers.
func (s *Section) allows(to string) bool {
	parsed, err := mail.ParseAddress(to)
	if err != nil || parsed.Address != to || strings.ContainsAny(to, "/\r\n") || len(to) > 254 {
		return false
	}
	for _, pattern := range s.Allow {
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(to)); ok && err == nil {
			return true
		}
	}
	return false
}

// Open makes the door of mail. It gives door.ErrNotSetUp where the configuration has no section for it.
func Open(p *function.Platform) (door.Door, error) {
	if !p.Config.Has("mail") {
		return door.Door{}, door.ErrNotSetUp
	}
	var section Section
	if _, err := p.Config.Section("mail", &section); err != nil {
		return door.Door{}, err
	}
	if err := section.check(); err != nil {
		return door.Door{}, fmt.Errorf("configuration: %w", err)
	}
	client, err := section.client(p.Secret)
	if err != nil {
		return door.Door{}, err
	}
	return door.Door{Apart: true, Renderer: &Door{
		section: &section, send: client.send, rdb: p.Redis, log: p.Log.With("door", "mail"),
		alerts: door.Alerts{Jobs: p.Jobs, To: p.Config.Bot.Alerts},
	}}, nil
}

// client makes what reaches the server.
func (s *Section) client(secret func(string) ([]byte, error)) (*client, error) {
	trust := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	if s.CA != "" {
		pem, err := secret(s.CA)
		if err != nil {
			return nil, fmt.Errorf("mail.ca: read the secret %s: %w", s.CA, err)
		}
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("mail.ca: the secret %s has no certificate", s.CA)
		}
	}
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTLSConfig(trust), gomail.WithTimeout(call / 2), gomail.WithHELO("localhost")}
	switch s.TLS {
	case startTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case fullTLS:
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.User != "" {
		password, err := secret(s.Password)
		if err != nil {
			return nil, fmt.Errorf("mail.password: read the secret %s: %w", s.Password, err)
		}
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User),
			gomail.WithPassword(strings.TrimRight(string(password), "\r\n")))
	}
	made, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &client{made, s.from}, nil
}
