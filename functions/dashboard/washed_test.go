package main

import (
	"net/http"
	"net/url"
	"testing"
)

// entries counts the audit's entries of an act.
func (h *hall) entries(act string) (n int) {
	h.Helper()
	list, err := h.Jobs.AuditTail(h.Context(), 1000)
	if err != nil {
		h.Fatal(err)
	}
	for _, e := range list {
		if e.Act == act {
			n++
		}
	}
	return n
}

// TestStrangersDoNotWashTheTrailAway: a login that is refused is counted; one that comes too soon is not audited, and a provider that there is not is no login.
func TestStrangersDoNotWashTheTrailAway(t *testing.T) {
	t.Parallel()
	h := bare(t)
	v := h.visitor()
	try := func(from string, times int) {
		for range times {
			v.post("login/link", url.Values{"token": {"x"}}, "X-Forwarded-For", from)
		}
	}
	try("203.0.113.7", 60)
	audited := h.entries("login refused")
	try("203.0.113.7", 5) // more than 60 of one address
	if n := h.entries("login refused"); n != audited || n == 0 {
		t.Errorf("%d entries after attempts that came too soon, %d before", n, audited)
	}
	counts, err := h.Jobs.Counts(t.Context())
	if err != nil || counts["refused_login"] != 65 {
		t.Errorf("%v %v", counts, err)
	}
	other := bare(t)
	if p := other.visitor().get("login/with/nowhere/back?state=x"); p.StatusCode != http.StatusNotFound || other.entries("login refused") != 0 {
		t.Errorf("a provider that there is not: %d", p.StatusCode)
	}
}

// TestFormsDoNotWashTheTrailAway: who sends forms that are not from our page again and again is audited 60 times an hour.
func TestFormsDoNotWashTheTrailAway(t *testing.T) {
	t.Parallel()
	h := bare(t)
	v := h.as("telnet:ann")
	for range 70 {
		if r := v.post("jobs/k3f7/cancel", url.Values{"csrf": {"x"}}); r.StatusCode != http.StatusForbidden {
			t.Fatal(r.StatusCode)
		}
	}
	if n := h.entries("refused"); n != 60 {
		t.Errorf("%d of 70 are audited", n)
	}
}
