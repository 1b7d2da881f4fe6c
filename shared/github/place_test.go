package github_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/github"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

func TestPlaces(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]github.Place{
		"github:acme/app":                     {Owner: "acme", Repo: "app"},
		"github:acme/app#12":                  {Owner: "acme", Repo: "app", Number: 12},
		"github:acme/a.b_c-d@" + sha:          {Owner: "acme", Repo: "a.b_c-d", SHA: sha},
		"github:acme/app#12@" + sha + "~99":   {Owner: "acme", Repo: "app", Number: 12, SHA: sha, Comment: 99},
		"github:acme/app#12~r99":              {Owner: "acme", Repo: "app", Number: 12, Comment: 99, Review: true},
		"github:acme/app~4611686018427387904": {Owner: "acme", Repo: "app", Comment: 4611686018427387904},
		"github:acme/app#1@" + sha + sha[:24]: {Owner: "acme", Repo: "app", Number: 1, SHA: sha + sha[:24]},
	} {
		got, ok := github.ParsePlace(address)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s: %v %s", address, ok, diff)
		}
		if back := got.Address(); back != address {
			t.Errorf("%s is written %s", address, back)
		}
	}
	for _, address := range []string{
		"", "github:", "slack:C1", "github:acme", "github:acme/", "github:/app", "github:acme/..", "github:acme/app/x", "github:acme/app#",
		"github:acme/app#0", "github:acme/app#-1", "github:acme/app#+1", "github:acme/app#01", "github:acme/app#12@", "github:acme/app@abc",
		"github:acme/app@" + sha + "0", "github:acme/app~", "github:acme/app~r", "github:acme/app~x1", "github:-a/b", "github:a b/c",
		"github:acme/app#12~99@" + sha, "github:acme/app#99999999999999999999", "github:" + strings.Repeat("a", 101) + "/b",
	} {
		if p, ok := github.ParsePlace(address); ok {
			t.Errorf("%q was taken for %+v", address, p)
		}
	}
	if got := (github.Place{Owner: "Acme", Repo: "App", Number: 3}).Subject(); got != "github:acme/app#3" {
		t.Error(got)
	}
	if got := (github.Place{}).Address(); got != "" {
		t.Error(got)
	}
}

// FuzzParsePlace: what is taken for a place is written as the same place, whatever it holds.
func FuzzParsePlace(f *testing.F) {
	f.Add("github:acme/app#12@" + sha + "~r99")
	f.Add("github:Acme/App~1")
	f.Fuzz(func(t *testing.T, address string) {
		p, ok := github.ParsePlace(address)
		if !ok {
			return
		}
		again, ok := github.ParsePlace(p.Address())
		if !ok || again.Address() != p.Address() || !strings.EqualFold(p.Address(), address) {
			t.Errorf("%q is %+v, written %q, which is %+v", address, p, p.Address(), again)
		}
	})
}

func TestMarkersAreFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[a-z0-9]{4,10}`).Draw(t, "id")
		text := rapid.String().Draw(t, "before") + github.Marker(id) + rapid.String().Draw(t, "after")
		if got, ok := github.FindMarker(text); !ok || got != id {
			t.Fatalf("%q has %q, %v", text, got, ok)
		}
	})
	for _, text := range []string{"", "<!-- handsoff job -->", "<!-- handsoff job K3F7 -->", "handsoff job k3f7"} {
		if id, ok := github.FindMarker(text); ok {
			t.Errorf("%q has %q", text, id)
		}
	}
}
