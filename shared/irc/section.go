package irc

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/handsoff/handsoff/shared/config"
)

// The ways to log in to the services.
const (
	SASLPlain    = "plain"    // with the secret irc-<network>-password
	SASLExternal = "external" // with the certificate in the secret irc-<network>-certificate
	SASLNone     = "none"
)

// What stands for nothing in the configuration.
const (
	defaultPort  = "6697"
	plainPort    = "6667"
	defaultBurst = 5
	defaultPace  = 1
	mostNetworks = 10
	mostChannels = 100
	longestName  = 50 // of a channel
	longestNick  = 30
)

// Section is the configuration's section "irc".
type Section struct {
	Networks []*Network `yaml:"networks"`
}

// Network is one of its networks.
type Network struct {
	Name     string   `yaml:"name"`               // ours, part of addresses and of the secrets' names
	Server   string   `yaml:"server"`             // host or host:port; 6697, without TLS 6667, when there is no port
	TLS      *bool    `yaml:"tls,omitempty"`      // true when it is left out
	CA       string   `yaml:"ca,omitempty"`       // a PEM file with the authorities to believe instead of the system's
	Nick     string   `yaml:"nick,omitempty"`     // the bot's name when empty
	User     string   `yaml:"user,omitempty"`     // the nick when empty
	Realname string   `yaml:"realname,omitempty"` // the nick when empty
	Account  string   `yaml:"account,omitempty"`  // at the network's services; the nick when empty
	SASL     string   `yaml:"sasl,omitempty"`     // plain, external or none; none when empty
	NickServ bool     `yaml:"nickserv,omitempty"` // tell NickServ the password where there is no SASL, and have it give the nick back
	Channels []string `yaml:"channels,omitempty"`
	Pace     Pace     `yaml:"pace,omitempty"`
	History  *bool    `yaml:"history,omitempty"` // read what was said in a gap where the server keeps it; true when it is left out
	Halfop   string   `yaml:"halfop,omitempty"`  // what a half operator counts as: op or voice; voice when empty
}

// Pace is how fast the server lets us write.
type Pace struct {
	Burst     int     `yaml:"burst,omitempty"`      // lines at once; 5 when 0
	PerSecond float64 `yaml:"per_second,omitempty"` // lines a second after that; 1 when 0
}

// Read reads the section, checked and with what stands for nothing filled in. It is nil when there is no section.
func Read(f *config.File) (*Section, error) {
	var s Section
	found, err := f.Section("irc", &s)
	if err != nil || !found {
		return nil, err
	}
	if err := s.check(f.Bot.Name); err != nil {
		return nil, fmt.Errorf("config: irc.%w", err)
	}
	return &s, nil
}

// Names are those of the networks in the configuration at path as it is at this moment: one may come after a function was started. While
// that configuration cannot be used, they are those of the one before.
func Names(path string, before *config.File) []string {
	file, err := config.Load(path)
	if err != nil {
		file = before
	}
	section, err := Read(file)
	if err != nil {
		section, err = Read(before)
	}
	if err != nil || section == nil {
		return nil
	}
	names := make([]string, len(section.Networks))
	for i, network := range section.Networks {
		names[i] = network.Name
	}
	return names
}

func (s *Section) check(bot string) error {
	if len(s.Networks) == 0 || len(s.Networks) > mostNetworks {
		return fmt.Errorf("networks: there are %d; list one to %d", len(s.Networks), mostNetworks)
	}
	names := map[string]bool{}
	for i, n := range s.Networks {
		if n == nil {
			return fmt.Errorf("networks[%d]: it is empty", i)
		}
		if names[n.Name] {
			return fmt.Errorf("networks: %q is there twice", n.Name)
		}
		names[n.Name] = true
		if err := n.check(bot); err != nil {
			return fmt.Errorf("networks[%d].%w", i, err)
		}
	}
	return nil
}

var (
	networkForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`)
	// nickForm is what every server takes: RFC 2812, 2.3.1, without a digit or hyphen first.
	nickForm = regexp.MustCompile("^[A-Za-z\\[\\]\\\\`_^{|}][A-Za-z0-9\\[\\]\\\\`_^{|}-]*$")
)

func (n *Network) check(bot string) error {
	if !networkForm.MatchString(n.Name) {
		return fmt.Errorf("name: %q is not one; write a short word such as oftc", n.Name)
	}
	for _, step := range []func(string) error{n.checkServer, n.checkPerson, n.checkLogin, n.checkChannels} {
		if err := step(bot); err != nil {
			return err
		}
	}
	if n.Pace.Burst == 0 {
		n.Pace.Burst = defaultBurst
	}
	if n.Pace.PerSecond == 0 {
		n.Pace.PerSecond = defaultPace
	}
	if n.Pace.Burst < 1 || n.Pace.PerSecond < 0.01 {
		return errors.New("pace: burst and per_second are how many lines, and more than nothing")
	}
	return nil
}

func (n *Network) checkServer(string) error {
	if _, _, err := net.SplitHostPort(n.Server); err != nil {
		port := defaultPort
		if !n.Secure() {
			port = plainPort
		}
		n.Server = net.JoinHostPort(strings.Trim(n.Server, "[]"), port)
	}
	host, port, err := net.SplitHostPort(n.Server)
	if err != nil || host == "" || port == "" || strings.ContainsFunc(n.Server, unicode.IsSpace) {
		return fmt.Errorf("server: %q is not a server; write host:port, such as irc.oftc.net:6697", n.Server)
	}
	return nil
}

func (n *Network) checkPerson(bot string) error {
	for _, name := range []struct {
		value *string
		usual string
	}{{&n.Nick, bot}, {&n.User, n.Nick}, {&n.Realname, n.Nick}, {&n.Account, n.Nick}} {
		if *name.value == "" {
			*name.value = name.usual
		}
		if *name.value == "" {
			*name.value = n.Nick
		}
	}
	if !nickForm.MatchString(n.Nick) || len(n.Nick) > longestNick {
		return fmt.Errorf("nick: %q is not a nick; write a letter and then letters, digits, - or _, %d at most", n.Nick, longestNick)
	}
	for _, word := range []string{n.User, n.Account} {
		if strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '@' || r == ':' }) {
			return fmt.Errorf("user, account: %q is not one word", word)
		}
	}
	if strings.ContainsFunc(n.Realname, unicode.IsControl) {
		return errors.New("realname: it has control characters")
	}
	return nil
}

// checkLogin keeps a password from being sent where others can read it.
func (n *Network) checkLogin(string) error {
	if n.SASL == "" {
		n.SASL = SASLNone
	}
	if !slices.Contains([]string{SASLPlain, SASLExternal, SASLNone}, n.SASL) {
		return fmt.Errorf("sasl: %q is not plain, external or none", n.SASL)
	}
	if n.Halfop == "" {
		n.Halfop = "voice"
	}
	if n.Halfop != "voice" && n.Halfop != "op" {
		return fmt.Errorf("halfop: %q is neither op nor voice", n.Halfop)
	}
	if n.Secure() {
		return nil
	}
	if n.SASL == SASLExternal {
		return errors.New("sasl: external shows a certificate, for which TLS is needed")
	}
	host, _, _ := net.SplitHostPort(n.Server)
	ip := net.ParseIP(host)
	if n.LogsIn() && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("tls: without it the password could be read by others; leave out sasl and nickserv, or use TLS")
	}
	return nil
}

func (n *Network) checkChannels(string) error {
	if len(n.Channels) > mostChannels {
		return fmt.Errorf("channels: there are %d; list %d at most", len(n.Channels), mostChannels)
	}
	seen := map[string]bool{}
	for i, channel := range n.Channels {
		bad := strings.ContainsFunc(channel, func(r rune) bool { return r <= ' ' || r == ',' || r == 0x7f || unicode.IsControl(r) })
		if !IsChannel(channel) || len(channel) < 2 || len(channel) > longestName || bad {
			return fmt.Errorf("channels: %q is not a channel; write one in quotes, such as \"#nova\"", channel)
		}
		n.Channels[i] = lower(channel)
		if seen[n.Channels[i]] {
			return fmt.Errorf("channels: %s is there twice", channel)
		}
		seen[n.Channels[i]] = true
	}
	return nil
}

// Secure reports whether TLS is used.
func (n *Network) Secure() bool { return n.TLS == nil || *n.TLS }

// CatchesUp reports whether what was said in a gap is to be read.
func (n *Network) CatchesUp() bool { return n.History == nil || *n.History }

// LogsIn reports whether a password is told to anybody.
func (n *Network) LogsIn() bool { return n.SASL == SASLPlain || n.NickServ }

// PasswordSecret is the name of the secret with the account's password.
func (n *Network) PasswordSecret() string { return "irc-" + n.Name + "-password" }

// CertificateSecret is the name of the secret with the certificate and its key, PEM.
func (n *Network) CertificateSecret() string { return "irc-" + n.Name + "-certificate" }
