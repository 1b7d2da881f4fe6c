package link

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/handsoff/handsoff/shared/irc"
)

// credentials are how the server is believed, and how it believes us.
func (l *Link) credentials() (security *tls.Config, password string, err error) {
	if l.Network.LogsIn() {
		text, err := l.Secret(l.Network.PasswordSecret())
		if err != nil {
			return nil, "", fmt.Errorf("the password: %w", err)
		}
		password = strings.TrimRight(string(text), "\r\n")
		if password == "" || strings.ContainsAny(password, " \r\n\x00") {
			return nil, "", fmt.Errorf("the secret %s is empty, or has white space, which the services could not read", l.Network.PasswordSecret())
		}
	}
	if !l.Network.Secure() {
		return nil, password, nil
	}
	security, err = l.security()
	return security, password, err
}

func (l *Link) security() (*tls.Config, error) {
	host, _, err := net.SplitHostPort(l.Network.Server)
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	security := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if l.Network.CA != "" {
		text, err := os.ReadFile(l.Network.CA)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		security.RootCAs = x509.NewCertPool()
		if !security.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("ca: %s has no certificate", l.Network.CA)
		}
	}
	if l.Network.SASL != irc.SASLExternal {
		return security, nil
	}
	text, err := l.Secret(l.Network.CertificateSecret())
	if err != nil {
		return nil, fmt.Errorf("the certificate: %w", err)
	}
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, errors.New("the secret " + l.Network.CertificateSecret() + " is not a certificate with its key, both PEM")
	}
	security.Certificates = []tls.Certificate{pair}
	return security, nil
}
