package site

import (
	"context"
	"net/http"
	"slices"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// Viewer is who looks at a page. The zero value is somebody who has not logged in.
type Viewer struct {
	Principal string   // "telnet:ann"; empty for nobody
	Name      string   // what people call them
	Groups    []string // what else roles know them by
	Roles     []string // all that they have, implied ones included
	CSRF      string   // what their forms must bring
	Session   string   // names their session, for what is kept with it; never the token itself
}

// LoggedIn reports whether it is somebody.
func (v Viewer) LoggedIn() bool { return v.Principal != "" }

// May reports whether the viewer has a role. Everybody who has logged in has "" and [command.RoleAnyone].
func (v Viewer) May(role string) bool {
	if !v.LoggedIn() {
		return false
	}
	return role == "" || role == command.RoleAnyone || slices.Contains(v.Roles, role) ||
		role != config.Force && slices.Contains(v.Roles, config.Admin)
}

type unattended struct{}

// Unattended reports whether a request is one that a page makes by itself, to keep itself up to date: it is nobody's use of a
// session.
func Unattended(ctx context.Context) bool { return ctx.Value(unattended{}) != nil }

// LeftAlone is the context of such a request.
func LeftAlone(ctx context.Context) context.Context {
	return context.WithValue(ctx, unattended{}, true)
}

// Sessions knows who sends a request. It gives the zero Viewer for nobody.
type Sessions interface {
	Viewer(ctx context.Context, r *http.Request) (Viewer, error)
}
