package site

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/page"
)

const (
	// Door is the door of what is asked for on a page.
	Door = "web"
	// CSRFField is the name of the field that every form has to bring.
	CSRFField = "csrf"
	// BackField names the page to which an act leads back, from the site's first one.
	BackField = "back"
	// KeyField holds a form's own id: sent twice, it is done once.
	KeyField = "key"
	// patience is how long the function command may take.
	patience = 10 * time.Second
	// saidFor is how long what an act said can be shown.
	saidFor = 10 * time.Minute
)

func saidKey(session, name string) string {
	return job.Prefix + "dashboard:said:" + session + ":" + name
}

// Act adds a button's path: what to do is given by prepare, as command and arguments or as text, and where to go then; who asks
// and from where is filled in here. The form must come from the viewer's own page. An error of prepare that is a
// [command.Mistake] is shown to the viewer.
func (s *Site) Act(pattern string, prepare func(r *Request) (e command.Envelope, back string, err error)) {
	s.routes[pattern] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page.Guard(w.Header())
		request, ok := s.Posted(w, r)
		if !ok {
			return
		}
		e, back, err := prepare(request)
		if back == "" {
			back = r.PostFormValue(BackField)
		}
		m := new(command.Mistake)
		switch {
		case errors.As(err, &m):
			s.Back(w, request, back, Notice{Level: "danger", Text: m.Answer().String()})
		case err != nil:
			s.Fail(w, r, err)
		default:
			s.Back(w, request, back, s.give(request, e))
		}
	})
}

// SameOrigin reports whether a form was sent by a page of ours, as far as the browser says.
func (s *Site) SameOrigin(r *http.Request) bool { return s.origins.Check(r) == nil }

// Posted checks who sent a form and that it came from a page of ours; else it answers, and reports false.
func (s *Site) Posted(w http.ResponseWriter, r *http.Request) (*Request, bool) {
	viewer, err := s.Sessions.Viewer(r.Context(), r)
	if err != nil {
		s.Fail(w, r, err)
		return nil, false
	}
	if !viewer.LoggedIn() {
		s.tell(w, r, http.StatusUnauthorized, told{
			Title: "Nothing was done", Text: "You are not logged in any more. Log in, and try again.", Back: Local(r.PostFormValue(BackField)), Login: true,
		})
		return nil, false
	}
	if !s.SameOrigin(r) || subtle.ConstantTimeCompare([]byte(r.PostFormValue(CSRFField)), []byte(viewer.CSRF)) != 1 {
		s.Log.WarnContext(r.Context(), "a form that is not from our page", "principal", viewer.Principal, "path", r.URL.Path)
		s.audit(r.Context(), viewer.Principal, "refused", "a form for "+r.URL.Path+" that did not come from a page of the dashboard")
		s.tell(w, r, http.StatusForbidden, told{
			Title: "Nothing was done", Text: "This form is not from a page of yours, or of an older login. Load the page anew, and try again.",
			Back: Local(r.PostFormValue(BackField)),
		})
		return nil, false
	}
	return &Request{Request: r, Viewer: viewer}, true
}

// give hands a command in as the viewer, and says what became of it.
func (s *Site) give(r *Request, e command.Envelope) Notice {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	e.Principal, e.Name, e.Groups = r.Viewer.Principal, r.Viewer.Name, r.Viewer.Groups
	e.Origin = job.Origin{Door: Door}
	if key := r.PostFormValue(KeyField); key != "" && e.ID == "" {
		e.ID = "web " + page.Digest([]byte(r.Viewer.Session+" "+r.URL.Path+" "+key))
	}
	answer, err := s.Command.Do(ctx, e)
	if err != nil {
		s.Log.ErrorContext(ctx, "hand in a command", "principal", e.Principal, "error", err)
		return Notice{Level: "danger", Text: "The bot could not be asked just now. Look whether it was done before you try again."}
	}
	notice := Notice{Level: "success", Text: answer.String(), Job: answer.Job}
	if answer.Problem != nil {
		notice.Level = "danger"
	}
	return notice
}

// Back leads to a page of the site, which shows a notice. Whatever does not lead to a page of ours leads to the first one.
func (s *Site) Back(w http.ResponseWriter, r *Request, back string, notice Notice) {
	target, err := url.Parse(Local(back))
	if err != nil {
		target = &url.URL{}
	}
	if notice.Text != "" {
		name := rand.Text()
		body, err := json.Marshal(notice)
		if err == nil {
			err = s.Redis.Set(r.Context(), saidKey(r.Viewer.Session, name), body, saidFor).Err()
		}
		if err != nil {
			s.Log.WarnContext(r.Context(), "keep what an act said", "error", err)
		}
		query := target.Query()
		query.Set("said", name)
		target.RawQuery = query.Encode()
	}
	root := page.Root(r.Request)
	if root == "" {
		root = "./"
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", root+target.String())
	w.WriteHeader(http.StatusSeeOther)
}

// Local is a path below the site's first page, with its query: what leads anywhere else becomes "".
func Local(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || strings.ContainsAny(back, "\\\r\n\t") {
		return ""
	}
	if strings.ContainsFunc(u.Path, unicode.IsControl) || strings.Contains(u.Path, "\\") {
		return ""
	}
	for step := range strings.SplitSeq(u.Path, "/") {
		if step == ".." || step == "." {
			return ""
		}
	}
	u.Path, u.RawPath = strings.TrimLeft(u.Path, "/"), ""
	u.Fragment, u.RawFragment = "", ""
	if strings.Contains(strings.SplitN(u.Path, "/", 2)[0], ":") || strings.HasPrefix(u.Path, "login") || strings.HasPrefix(u.Path, "logout") {
		return ""
	}
	return u.String()
}

// said is what an act said that led here; nil when none did.
func (s *Site) said(r *http.Request, v Viewer) *Notice {
	name := r.URL.Query().Get("said")
	if name == "" || !v.LoggedIn() || len(name) > len(rand.Text()) {
		return nil
	}
	body, err := s.Redis.Get(r.Context(), saidKey(v.Session, name)).Bytes()
	if err != nil {
		if !errors.Is(err, redis.Nil) {
			s.Log.WarnContext(r.Context(), "read what an act said", "error", err)
		}
		return nil
	}
	notice := new(Notice)
	if json.Unmarshal(body, notice) != nil {
		return nil
	}
	return notice
}

// audit writes down a refusal; the refusal stands also where that fails.
func (s *Site) audit(ctx context.Context, who, act, detail string) {
	if s.Audit == nil {
		return
	}
	if err := s.Audit(ctx, job.AuditEntry{Who: who, Act: act, Detail: detail}); err != nil {
		s.Log.WarnContext(ctx, "write into the audit trail", "error", err)
	}
}
