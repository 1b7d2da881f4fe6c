package session

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/page"
)

// Add puts the pages of logging in and out on a site.
func (s *Sessions) Add(on *site.Site) {
	s.site = on
	on.Page("GET /login", site.Page{Title: "Log in", Section: site.LoginSection, Open: true, Files: files, Serve: s.login})
	on.Page("GET /login/failed", site.Page{Title: "Not logged in", Section: site.LoginSection, Open: true, Files: files, Serve: s.failed})
	on.Page("GET /login/link", site.Page{Title: "Log in", Section: site.LoginSection, Open: true, Files: files, Serve: s.confirm})
	on.Handle("POST /login/link", http.HandlerFunc(s.redeem))
	on.Handle("GET /login/with/{provider}", http.HandlerFunc(s.start))
	on.Handle("GET /login/with/{provider}/back", http.HandlerFunc(s.finish))
	on.Handle("POST /logout", http.HandlerFunc(s.logout))
}

// ways is what the page of logging in shows.
type ways struct {
	Back      string
	Bot       string
	Providers []way
}

type way struct{ Title, Href string }

func (s *Sessions) login(_ context.Context, r *site.Request) (site.View, error) {
	w := ways{Back: site.Local(r.URL.Query().Get("back")), Bot: s.site.Bot}
	for _, p := range s.Providers {
		w.Providers = append(w.Providers, way{p.Title(), "login/with/" + p.Name() + "?back=" + url.QueryEscape(w.Back)})
	}
	return site.View{Template: "login", Data: w}, nil
}

// tooSoon is the reason of who tried too often.
const tooSoon = "pace"

// reasons are why a login did not come about, as people are told it. An address names one; nothing else is ever shown.
var reasons = map[string]string{
	"link":     "This link has been used, or is older than five minutes. Say dashboard to the bot for a new one.",
	"browser":  "This login did not begin in this browser, or took longer than ten minutes. Please begin anew.",
	"denied":   "You did not agree to it there, so nobody was logged in.",
	"provider": "The other side did not answer as it should. Please try again; if it stays so, the log of the function dashboard says more.",
	"member":   "Your account there is a guest's, or was deactivated: only members of the workspace log in this way.",
	"team":     "You are not in the workspace that this dashboard belongs to.",
	tooSoon:    "There were too many attempts from where you are. Please wait ten minutes.",
}

func (s *Sessions) failed(_ context.Context, r *site.Request) (site.View, error) {
	why, known := reasons[r.URL.Query().Get("why")]
	if !known {
		why = reasons["browser"]
	}
	return site.View{Template: "login-failed", Data: why, Status: http.StatusForbidden}, nil
}

// fail leads to the page that says why nobody was logged in, and writes it down.
func (s *Sessions) fail(w http.ResponseWriter, r *http.Request, why, detail string) {
	s.Log.WarnContext(r.Context(), "a login failed", "why", why, "detail", detail)
	s.refused(r.Context(), why, detail)
	leadTo(w, page.Root(r)+"login/failed?why="+why)
}

func leadTo(w http.ResponseWriter, where string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", where)
	w.WriteHeader(http.StatusSeeOther)
}

// admitted counts an attempt to log in; with too many of them it answers, and reports false.
func (s *Sessions) admitted(w http.ResponseWriter, r *http.Request) bool {
	page.Guard(w.Header())
	return s.within(w, r, "from "+site.Address(r), mostHere)
}

// within counts what was tried; with too many it answers, and reports false.
func (s *Sessions) within(w http.ResponseWriter, r *http.Request, what string, most int64) bool {
	tooMany, err := s.store.paced(r.Context(), what, most)
	if err != nil {
		s.site.Fail(w, r, err)
		return false
	}
	if tooMany {
		s.fail(w, r, tooSoon, "too many attempts "+what)
	}
	return !tooMany
}

// enter begins a session: whatever session the browser had is over.
func (s *Sessions) enter(w http.ResponseWriter, r *http.Request, who Person, back string) {
	if old, err := r.Cookie(s.cookieName()); err == nil {
		if err := s.store.forget(r.Context(), old.Value); err != nil {
			s.site.Fail(w, r, err)
			return
		}
	}
	secret, err := s.store.begin(r.Context(), who)
	if err != nil {
		s.site.Fail(w, r, err)
		return
	}
	s.note(r.Context(), who.Principal, "login", "to the dashboard, with "+who.Via)
	s.Log.InfoContext(r.Context(), "login", "principal", who.Principal, "via", who.Via)
	s.setCookie(w, s.cookieName(), secret, life)
	s.setCookie(w, s.browserName(), "", 0)
	root := page.Root(r)
	if root == "" {
		root = "./"
	}
	leadTo(w, root+site.Local(back))
}

// everywhereField is the field of the form with which somebody logs out in all browsers.
const everywhereField = "everywhere"

// logout ends the session, or all that whoever it is has.
func (s *Sessions) logout(w http.ResponseWriter, r *http.Request) {
	page.Guard(w.Header())
	request, ok := s.site.Posted(w, r)
	if !ok {
		return
	}
	if cookie, err := r.Cookie(s.cookieName()); err == nil {
		if err := s.store.forget(r.Context(), cookie.Value); err != nil {
			s.site.Fail(w, r, err)
			return
		}
	}
	detail := "from the dashboard"
	if r.PostFormValue(everywhereField) != "" {
		detail += ", in all browsers"
		if err := s.store.forgetAll(r.Context(), request.Viewer.Principal); err != nil {
			s.site.Fail(w, r, err)
			return
		}
	}
	s.note(r.Context(), request.Viewer.Principal, "logout", detail)
	s.setCookie(w, s.cookieName(), "", 0)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	leadTo(w, "./login")
}

// browser names the browser in which a login begins; it is made where there is none.
func (s *Sessions) browser(w http.ResponseWriter, r *http.Request) string {
	if cookie, err := r.Cookie(s.browserName()); err == nil && len(cookie.Value) == len(token()) {
		s.setCookie(w, s.browserName(), cookie.Value, attemptFor)
		return cookie.Value
	}
	made := token()
	s.setCookie(w, s.browserName(), made, attemptFor)
	return made
}

// sameBrowser reports whether a digest is that of the browser which sends a request.
func (s *Sessions) sameBrowser(r *http.Request, of string) bool {
	cookie, err := r.Cookie(s.browserName())
	return err == nil && of != "" && subtle.ConstantTimeCompare([]byte(digest("browser "+cookie.Value)), []byte(of)) == 1
}

// provider finds one by name.
func (s *Sessions) provider(name string) Provider {
	i := slices.IndexFunc(s.Providers, func(p Provider) bool { return p.Name() == name })
	if i < 0 {
		return nil
	}
	return s.Providers[i]
}
