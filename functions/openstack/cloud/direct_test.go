package cloud_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
)

// direct leads to sandboxes without a network, so that a test's time passes only where all wait.
type direct struct {
	hosts map[string]http.Handler
	hangs func(*http.Request) bool // it is sent, and never answered
}

// RoundTrip implements http.RoundTripper.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.hangs(r) {
		if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.WroteHeaders != nil {
			trace.WroteHeaders()
		}
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	in := r.Clone(r.Context())
	in.Host, in.RequestURI = r.URL.Host, r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.hosts[r.URL.Host].ServeHTTP(w, in)
	return w.Result(), nil
}
