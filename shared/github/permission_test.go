package github_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/shared/github"
)

// TestPermissions: GitHub's answers, and who gets what from them.
func TestPermissions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		permission, role string
		id               int64 // of the answer
		want             github.Permission
	}{
		"admin":              {"admin", "admin", 5, github.MayAdmin},
		"maintainer":         {"write", "maintain", 5, github.MayMaintain},
		"writer":             {"write", "write", 5, github.MayWrite},
		"triage":             {"read", "triage", 5, github.MayTriage},
		"the public":         {"read", "read", 5, github.MayRead},
		"nobody":             {"none", "none", 5, github.MayNothing},
		"an own role":        {"write", "release-crew", 5, github.MayWrite},
		"an old GitHub":      {"write", "", 5, github.MayWrite},
		"contradictory":      {"read", "admin", 5, github.MayRead},
		"contradictory, too": {"none", "maintain", 5, github.MayRead},
		"unreadable":         {"", "admin", 5, github.MayNothing},
		"somebody else":      {"admin", "admin", 6, github.MayNothing},
		"nobody's number":    {"admin", "admin", 0, github.MayNothing},
	} {
		h := newHub(t)
		h.on("GET /repos/acme/app/collaborators/ann/permission", func(w http.ResponseWriter, _ *http.Request) {
			say(w, http.StatusOK, map[string]any{"permission": test.permission, "role_name": test.role, "user": map[string]any{"id": test.id, "login": "ann"}})
		})
		app := h.open(account{token: true})
		if got, err := app.Permission(t.Context(), "acme", "app", "ann", 5); got != test.want || err != nil {
			t.Errorf("%s: %v, %v, want %v", name, got, err, test.want)
		}
	}
}

func TestPermissionsThatAreNot(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	h.on("GET /repos/acme/app", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, map[string]any{"id": 1}) })
	app := h.open(account{token: true})
	if got, err := app.Permission(t.Context(), "acme", "none", "ann", 5); got != github.MayNothing || github.KindOf(err) != github.Gone {
		t.Error("a repository that is not there:", got, err)
	}
	for _, who := range []string{"gone", "../../../user", "a/b", "", "ann?x=y", "x[bot]"} {
		if got, err := app.Permission(t.Context(), "acme", "app", who, 5); got != github.MayNothing || err != nil {
			t.Errorf("%q: %v, %v", who, got, err)
		}
	}
	for _, call := range h.asked() {
		if !strings.HasPrefix(call, "GET /repos/acme/none") && call != "GET /repos/acme/app as token" && call != "GET /repos/acme/app/collaborators/gone/permission as token" &&
			call != "GET /repos/acme/app/collaborators/x%5Bbot%5D/permission as token" {
			t.Error(call)
		}
	}
	if got, err := app.Permission(t.Context(), "acme", "app", "ann", 0); got != github.MayNothing || err != nil {
		t.Error(got, err)
	}
	h.on("GET /repos/acme/app/collaborators/ann/permission", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusForbidden, map[string]any{"message": "Must have push access to view collaborator permission."})
	})
	if got, err := app.Permission(t.Context(), "acme", "app", "ann", 5); got != github.MayNothing || github.KindOf(err) != github.Refused {
		t.Error(got, err)
	}
	h.set(func() { h.down = true })
	if got, err := app.Permission(t.Context(), "acme", "app", "ann", 5); got != github.MayNothing || github.KindOf(err) != github.Down {
		t.Error(got, err)
	}
}

func TestPermissionsNames(t *testing.T) {
	t.Parallel()
	for p := github.MayNothing; p <= github.MayAdmin; p++ {
		if back, ok := github.ParsePermission(p.String()); back != p || !ok {
			t.Errorf("%v is read as %v", p, back)
		}
	}
	if _, ok := github.ParsePermission("owner"); ok {
		t.Error("owner is no permission")
	}
	want := []string{"github-read:acme/app", "github-triage:acme/app", "github-write:acme/app"}
	if diff := cmp.Diff(want, github.MayWrite.Groups("Acme", "App")); diff != "" {
		t.Error(diff)
	}
	if got := github.MayNothing.Groups("acme", "app"); got != nil {
		t.Error(got)
	}
}
