package session

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

//go:embed template
var files embed.FS

// usualPath is where the gateway has us, where the configuration does not say under which address people come.
const usualPath = "/function/dashboard"

// Settings of logins.
type Settings struct {
	URL    string // under which people open the dashboard, without a slash at its end; empty when it is not known
	Config *config.File
	Redis  redis.UniversalClient
	Log    *slog.Logger
	Audit  func(ctx context.Context, e job.AuditEntry) error
	// AuditStranger notes logins that did not come about.
	AuditStranger func(ctx context.Context, e job.AuditEntry) error
	Count         func(ctx context.Context, name string, n int64) error // counts logins that are refused
	Groups        Groups                                                // nil where nobody's are known
	Providers     []Provider                                            // whom else people may log in with
	Now           func() time.Time                                      // nil is time.Now
}

// ErrGone says that somebody is not there any more under the name by which roles know them: their account was closed, or became
// another kind of account.
var ErrGone = errors.New("dashboard: not there any more")

// ErrLater says that there was no answer a moment ago, and that it is not asked again so soon.
var ErrLater = errors.New("dashboard: there was no answer a moment ago")

// Groups lists what else roles know somebody by at this moment, "slack-group:S123"; nothing for somebody of whom nobody can be
// asked. The error [ErrGone] ends their session.
type Groups func(ctx context.Context, principal string) ([]string, error)

// Sessions knows who is logged in.
type Sessions struct {
	Settings

	store   *store
	site    *site.Site
	strange *rate.Limiter // audit entries about who did not log in: the counter has them all
}

// New makes them. Pages are there once [Sessions.Add] was called.
func New(settings Settings) *Sessions {
	if settings.Now == nil {
		settings.Now = time.Now
	}
	if settings.Groups == nil {
		settings.Groups = func(context.Context, string) ([]string, error) { return nil, nil }
	}
	return &Sessions{
		Settings: settings, store: &store{rdb: settings.Redis, now: settings.Now, groups: settings.Groups, log: settings.Log},
		strange: rate.NewLimiter(rate.Every(time.Second), 10),
	}
}

// Viewer says who sends a request; the zero Viewer is nobody.
func (s *Sessions) Viewer(ctx context.Context, r *http.Request) (site.Viewer, error) {
	cookie, err := r.Cookie(s.cookieName())
	if err != nil || cookie.Value == "" {
		return site.Viewer{}, nil //nolint:nilerr // there is no cookie
	}
	found, err := s.store.find(ctx, cookie.Value, !site.Unattended(ctx))
	if err != nil || found == nil {
		return site.Viewer{}, err
	}
	who := append([]string{found.Principal}, found.Groups...)
	return site.Viewer{
		Principal: found.Principal, Name: found.Name, Groups: found.Groups, Roles: s.Config.RolesOf(who...),
		CSRF: found.CSRF, Session: digest(cookie.Value),
	}, nil
}

// secure reports whether browsers come by TLS.
func (s *Sessions) secure() bool { return strings.HasPrefix(s.URL, "https://") }

// path is that below which browsers send the cookies.
func (s *Sessions) path() string {
	u, err := url.Parse(s.URL)
	if err != nil || s.URL == "" {
		return usualPath
	}
	return "/" + strings.Trim(u.Path, "/")
}

func (s *Sessions) cookieName() string {
	switch {
	case s.secure() && s.path() == "/":
		return "__Host-handsoff" // no page without TLS can set it, nor one of a neighbouring host
	case s.secure():
		return "__Secure-handsoff" // no page without TLS can set it
	default:
		return "handsoff"
	}
}

// browserName is the cookie that says that a login ends in the browser in which it began.
func (s *Sessions) browserName() string { return s.cookieName() + "-login" }

func (s *Sessions) setCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	seconds := int(age / time.Second)
	if value == "" {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // where there is no TLS, a Secure cookie would never come back
		Name: name, Value: value, Path: s.path(), MaxAge: seconds, Secure: s.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// note writes into the audit trail; what it is about stands also where that fails.
func (s *Sessions) note(ctx context.Context, who, act, detail string) {
	if err := s.Audit(ctx, job.AuditEntry{Who: who, Act: act, Detail: detail}); err != nil {
		s.Log.WarnContext(ctx, "write into the audit trail", "error", err)
	}
}

// refused counts a login that did not come about and writes it down. Anybody can try, so only one a second is noted, as a stranger's, and none
// that came too soon after many others.
func (s *Sessions) refused(ctx context.Context, why, detail string) {
	if err := s.Count(ctx, "refused_login", 1); err != nil {
		s.Log.WarnContext(ctx, "a refusal was not counted", "error", err)
	}
	if why == tooSoon || !s.strange.AllowN(s.Now(), 1) {
		return
	}
	if err := s.AuditStranger(ctx, job.AuditEntry{Who: nobody, Act: "login refused", Detail: detail}); err != nil {
		s.Log.WarnContext(ctx, "write into the audit trail", "error", err)
	}
}

// nobody stands in the audit trail for whoever did not log in.
const nobody = "web:nobody"
