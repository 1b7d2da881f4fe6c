package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// BenchmarkBelieve is what a webhook with 12 kB costs until it can be kept.
func BenchmarkBelieve(b *testing.B) {
	team := `{"id":7,"url":"https://api.github.com/teams/7","name":"Justice","slug":"justice","privacy":"closed","permission":"admin"}`
	body := `{"action":"labeled","number":12,"label":{"id":1,"name":"ci"},"repository":{"id":1,"name":"app","full_name":"acme/app"},` +
		`"sender":{"login":"ann","id":583231,"type":"User"},"pull_request":{"id":1012,"number":12,"updated_at":"2026-01-02T03:04:05Z",` +
		`"requested_teams":[` + team + strings.Repeat(","+team, 50) + `],"head":{"sha":"a2f3b4c5d6e7f8091a2b3c4d5d1f4f6cf1f0c8e6"},` +
		`"body":"` + strings.Repeat("It counted hosts twice. ", 250) + `"}}`
	h := newHall(b, jobtest.Embedded(b))
	headers := make(http.Header)
	for name, value := range headersOf("guid", "pull_request", anySecret, body) {
		headers.Set(name, value)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/", bytes.NewReader([]byte(body)))
		r.Header = headers
		_, p, err := h.believe(b.Context(), r)
		if err != nil || len(p.Names()) != 1 {
			b.Fatal(err)
		}
	}
}
