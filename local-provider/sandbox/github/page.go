package github

import (
	"cmp"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// assets are the pages: templates that need no script, a style, and a script that keeps a page up to date.
//
//go:embed page
var assets embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"render": render, "ago": func(at time.Time) string { return at.UTC().Format("15:04:05") },
	"short": func(sha string) string { return fmt.Sprintf("%.7s", sha) }, "first": firstLine,
	"emoji": func(content string) string { return emoji[content] }, "mark": checkMark,
}).ParseFS(assets, "page/*.html"))

var emoji = map[string]string{
	"+1": "👍", "-1": "👎", "laugh": "😄", "confused": "😕", "heart": "❤️", "hooray": "🎉", "rocket": "🚀", "eyes": "👀",
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// checkMark is the class of a check run's or a status's sign.
func checkMark(status, conclusion string) string {
	switch cmp.Or(conclusion, status) {
	case "success":
		return "good"
	case "failure", "error", "timed_out", "action_required":
		return "bad"
	case "cancelled", "neutral", "skipped", "stale":
		return "grey"
	default:
		return "busy"
	}
}

const (
	// actorCookie says whom a browser plays.
	actorCookie = "sandbox_github_as"
	passCookie  = "sandbox_github"
	maxForm     = 1 << 20
)

func (s *Server) gate() gate.Gate { return gate.Gate{Token: s.options.Token, Cookie: passCookie} }

// pageRoutes puts the pages where they belong.
func (s *Server) pageRoutes() {
	s.pages.Handle("POST /enter", gate.Dressed(s.gate().Enter()))
	s.pages.Handle("GET /page/{name}", gate.Dressed(gate.Assets(assets)))
	s.pages.Handle("GET /avatars/u/{id}", gate.Dressed(http.HandlerFunc(serveAvatar)))
	s.page("GET /{$}", s.homePage)
	s.page("GET /{owner}/{repo}", s.repoPage)
	s.page("GET /{owner}/{repo}/pull/{number}", s.issuePage)
	s.page("GET /{owner}/{repo}/issues/{number}", s.issuePage)
	s.page("GET /{owner}/{repo}/runs/{id}", s.runPage)
	s.page("GET /{owner}/{repo}/commit/{sha}", s.commitPageView)
	s.page("GET /webhooks", s.hooksPage)
	s.page("GET /webhooks/deliveries/{id}", s.deliveryPage)
	s.pages.Handle("POST /act/{act}", gate.Dressed(s.desk().Guard(http.HandlerFunc(s.serveAct))))
}

// A view is what a template shows, and its name.
type view struct {
	name  string
	Title string
	Actor string
	Path  string
	Wrong string // what GitHub refused of the last form
	Data  any
}

// page adds a page for who is logged in. Its function is called with the lock held; nil is a page that is not there.
func (s *Server) page(pattern string, show func(r *http.Request) *view) {
	inside := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var v *view
		s.do(func() { v = show(r) })
		if v == nil {
			w.WriteHeader(http.StatusNotFound)
			v = &view{name: "missing.html", Title: "Not found"}
		}
		v.Actor, v.Path, v.Wrong = actorOf(r), r.URL.Path, r.URL.Query().Get("wrong")
		serveView(w, v)
	})
	outside := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { serveView(w, &view{name: "door.html"}) })
	s.pages.Handle(pattern, gate.Dressed(s.gate().Visitor(inside, outside)))
}

func serveView(w http.ResponseWriter, v *view) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = templates.ExecuteTemplate(w, v.name, v) // fails only when the client has gone
}

// serveAvatar draws somebody's picture: a disc of their own colour.
func serveAvatar(w http.ResponseWriter, r *http.Request) {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(r.PathValue("id"))) // a hash never fails
	w.Header().Set("Content-Type", "image/svg+xml")
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="20" fill="hsl(%d 55%% 55%%)"/>`+
		`<circle cx="20" cy="16" r="7" fill="#fff"/><path d="M7 36a13 11 0 0 1 26 0z" fill="#fff"/></svg>`, sum.Sum32()%360)
}

// players are whom a browser can play.
var players = []string{Ann, Bob, Eve, AppBot}

// actorOf is whom a browser plays.
func actorOf(r *http.Request) string {
	if c, err := r.Cookie(actorCookie); err == nil && slices.Contains(players, c.Value) {
		return c.Value
	}
	return Ann
}

// Players are whom the page can play, for its list.
func (v *view) Players() []string { return players }

func (s *Server) homePage(*http.Request) *view {
	type entry struct {
		Name, About string
		Open        int
		Guarded     bool
	}
	var list []entry
	for _, r := range s.reposBy(func(*Repo) bool { return true }) {
		list = append(list, entry{r.FullName(), r.Description, s.openIssues(r), r.FullName() == Guarded})
	}
	return &view{name: "home.html", Title: "Repositories", Data: list}
}

func (s *Server) repoPage(q *http.Request) *view {
	r := s.repoOf(q.PathValue("owner") + "/" + q.PathValue("repo"))
	if r == nil {
		return nil
	}
	all := s.issuesOf(r.FullName(), func(*Issue) bool { return true })
	slices.Reverse(all)
	type branch struct{ Name, SHA, Message string }
	var heads []branch
	for _, ref := range sortedKeys(r.Refs) {
		if kind, name := refKind(ref); kind == "branch" {
			heads = append(heads, branch{name, r.Refs[ref], firstLine(s.commits.get(r.Refs[ref]).Message)})
		}
	}
	return &view{name: "repo.html", Title: r.FullName(), Data: struct {
		Repo     *Repo
		Issues   []*Issue
		Branches []branch
	}{r, all, heads}}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(mapsKeys(m)) }

func (s *Server) runPage(q *http.Request) *view {
	c := s.runs.byID(pathNumber(q, "id"))
	if c == nil || !strings.EqualFold(c.Repo, q.PathValue("owner")+"/"+q.PathValue("repo")) {
		return nil
	}
	return &view{name: "run.html", Title: c.Name, Data: c}
}

func pathNumber(q *http.Request, name string) (n int64) {
	_, _ = fmt.Sscan(q.PathValue(name), &n) // zero is nothing's number
	return n
}

func (s *Server) commitPageView(q *http.Request) *view {
	r := s.repoOf(q.PathValue("owner") + "/" + q.PathValue("repo"))
	c := s.commits.get(q.PathValue("sha"))
	if r == nil || c == nil {
		return nil
	}
	return &view{name: "commit.html", Title: firstLine(c.Message), Data: struct {
		Repo   *Repo
		Commit *Commit
		Diff   []string
	}{r, c, patches(c.Files)}}
}

func patches(files []FileChange) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Path+"\n"+f.patch())
	}
	return out
}
