package cloud

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// read reads the secret clouds.yaml.
func (c *Clouds) read() (map[string]fileEntry, error) {
	text, err := c.secret(c.section.CloudsFile)
	if err != nil {
		return nil, fmt.Errorf("openstack.clouds_file: %w", err)
	}
	file, err := readFile(text)
	if err != nil {
		return nil, fmt.Errorf("the secret %s: %w", c.section.CloudsFile, err)
	}
	return file, nil
}

// transport makes a cloud's connections.
func (c *Clouds) transport(entry *Entry, insecure bool) (http.RoundTripper, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if entry.CA != "" {
		pem, err := c.secret(entry.CA)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, errors.New("ca: the secret holds no PEM certificates")
		}
	}
	return &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSClientConfig: &tls.Config{
			RootCAs: roots, MinVersion: tls.VersionTLS12,
			InsecureSkipVerify: insecure, //nolint:gosec // said twice by the operator: in clouds.yaml and in the configuration
		},
		TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConnsPerHost: 8, // an environment's resources are made eight at a time
		IdleConnTimeout:     30 * time.Second,
		ForceAttemptHTTP2:   true,
	}, nil
}
