package github

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A form is what a page sends.
type form struct {
	*http.Request
	p *Person
}

func (f form) number(name string) int64 {
	n, err := strconv.ParseInt(f.PostFormValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (f form) text(name string) string { return f.PostFormValue(name) }

// at is the repository and the number that most forms name.
func (f form) at() (repo string, number int) { return f.text("repo"), int(f.number("number")) }

// buttons are what the pages' forms do: POST /act/{name}. Each answers where to go, if not back to where the form was.
var buttons = map[string]func(s *Server, f form) (string, error){
	"comment": func(_ *Server, f form) (string, error) {
		repo, number := f.at()
		_, err := f.p.Comment(repo, number, strings.ReplaceAll(f.text("body"), "\r\n", "\n"))
		return "", err
	},
	"edit": func(_ *Server, f form) (string, error) {
		return "", f.p.EditComment(f.number("comment"), strings.ReplaceAll(f.text("body"), "\r\n", "\n"))
	},
	"delete": func(_ *Server, f form) (string, error) { return "", f.p.DeleteComment(f.number("comment")) },
	"react":  func(_ *Server, f form) (string, error) { return "", f.p.React(f.number("comment"), f.text("content")) },
	"push": func(s *Server, f form) (string, error) {
		repo, number := f.at()
		return "", s.pushFromPage(f.p, repo, number, f.text("branch"), f.text("message"))
	},
	"close":  func(_ *Server, f form) (string, error) { repo, n := f.at(); return "", f.p.Close(repo, n) },
	"reopen": func(_ *Server, f form) (string, error) { repo, n := f.at(); return "", f.p.Reopen(repo, n) },
	"ready":  func(_ *Server, f form) (string, error) { repo, n := f.at(); return "", f.p.Ready(repo, n, true) },
	"merge": func(_ *Server, f form) (string, error) {
		repo, n := f.at()
		_, err := f.p.Merge(repo, n)
		return "", err
	},
	"approve": func(_ *Server, f form) (string, error) {
		repo, n := f.at()
		return "", f.p.Review(repo, n, "APPROVE", "")
	},
	"label": func(_ *Server, f form) (string, error) {
		repo, n := f.at()
		return "", f.p.Label(repo, n, strings.Fields(f.text("labels"))...)
	},
	"click": func(_ *Server, f form) (string, error) { return "", f.p.Click(f.number("run"), f.text("button")) },
	"rerun": func(_ *Server, f form) (string, error) { return "", f.p.Rerun(f.number("run")) },
	"pull": func(_ *Server, f form) (string, error) {
		n, err := f.p.OpenPull(f.text("repo"), NewPull{Title: f.text("title"), Body: f.text("body"), Head: f.text("head")})
		return fmt.Sprintf("/%s/pull/%d", f.text("repo"), n), err
	},
	"issue": func(_ *Server, f form) (string, error) {
		n, err := f.p.OpenIssue(f.text("repo"), f.text("title"), f.text("body"))
		return fmt.Sprintf("/%s/issues/%d", f.text("repo"), n), err
	},
	"redeliver": func(s *Server, f form) (string, error) { return "", s.Redeliver(f.number("id")) },
	"lose": func(s *Server, f form) (string, error) {
		return "", s.LoseWebhooks(f.number("hook"), f.text("lost") == "true")
	},
}

// pushFromPage pushes a commit to a branch, or to that of a pull request, where it may be a fork's.
func (s *Server) pushFromPage(p *Person, repo string, number int, branch, message string) error {
	s.do(func() {
		if i := s.issues.get(issueKey(repo, number)); i != nil && i.Pull != nil {
			repo, branch = i.Pull.HeadRepo, i.Pull.HeadRef
		}
	})
	_, err := p.Push(repo, Push{Branch: branch, Message: message})
	return err
}

// serveAct does what a form asks for, and shows the page again.
func (s *Server) serveAct(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	back := url.URL{Path: "/"}
	if from, err := url.Parse(r.PostFormValue("back")); err == nil && strings.HasPrefix(from.Path, "/") && !strings.HasPrefix(from.Path, "//") {
		back.Path = from.Path
	}
	if r.PathValue("act") == "as" {
		if who := r.PostFormValue("who"); slices.Contains(players, who) {
			http.SetCookie(w, &http.Cookie{ //nolint:gosec // plain HTTP on the loopback has no Secure cookies
				Name: actorCookie, Value: who, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
			})
		}
		http.Redirect(w, r, back.String(), http.StatusSeeOther)
		return
	}
	do, known := buttons[r.PathValue("act")]
	if !known {
		http.NotFound(w, r)
		return
	}
	to, err := do(s, form{r, s.Person(actorOf(r))})
	switch {
	case err != nil:
		back.RawQuery = url.Values{"wrong": {err.Error()}}.Encode()
		http.Redirect(w, r, back.String(), http.StatusSeeOther)
	case to != "":
		http.Redirect(w, r, (&url.URL{Path: to}).String(), http.StatusSeeOther)
	default:
		http.Redirect(w, r, back.String(), http.StatusSeeOther)
	}
}
