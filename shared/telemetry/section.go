package telemetry

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/config"
)

// Section is the configuration's section "telemetry".
type Section struct {
	Endpoint      string   `yaml:"endpoint"`       // the collector, http://otel-collector:4318
	HeadersSecret string   `yaml:"headers_secret"` // the name of a secret with lines "Name: value" that each request carries; empty for none
	Sample        *float64 `yaml:"sample"`         // the share of traces that are recorded, from 0 to 1; all when it is not given
}

var (
	errEndpoint = errors.New("config: telemetry.endpoint: it is a URL such as http://otel-collector:4318, without user, query or fragment")
	errSample   = errors.New("config: telemetry.sample: it is a share, from 0 to 1")
)

// Read reads the section; nil where there is none.
func Read(file *config.File) (*Section, error) {
	s := new(Section)
	found, err := file.Section("telemetry", s)
	if err != nil || !found {
		return nil, err
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errEndpoint
	}
	if s.Sample != nil && !(*s.Sample >= 0 && *s.Sample <= 1) {
		return nil, fmt.Errorf("%w, and not %v", errSample, *s.Sample)
	}
	s.Endpoint = strings.TrimSuffix(s.Endpoint, "/")
	return s, nil
}

func (s *Section) sample() float64 {
	if s.Sample == nil {
		return 1
	}
	return *s.Sample
}
