package endtoend

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
)

// control is a part of the sandbox that takes orders.
type control struct {
	*system

	name, url, token string
	user             string // where it takes a password
}

// order makes a request of it, trying again while nobody answers. A refusal ends the test.
func (c *control) order(path string, body, into any) {
	c.Helper()
	text, err := c.try(path, body)
	c.must(err)
	if into != nil {
		c.must(json.Unmarshal(text, into))
	}
}

// try is order, except that a refusal is an error.
func (c *control) try(path string, body any) (text []byte, refused error) {
	c.Helper()
	return c.ask("/sandbox/"+path, body)
}

// ask gets a path, or posts a body to it.
func (c *control) ask(path string, body any) (text []byte, refused error) {
	c.Helper()
	c.eventually(c.name+" answers "+path, func() bool {
		method, content := http.MethodGet, []byte(nil)
		if body != nil {
			var err error
			content, err = json.Marshal(body)
			c.must(err)
			method = http.MethodPost
		}
		request, err := http.NewRequestWithContext(c.Context(), method, c.url+path, bytes.NewReader(content))
		c.must(err)
		request.Header.Set("Authorization", "Bearer "+c.token)
		if c.user != "" {
			request.SetBasicAuth(c.user, c.token)
		}
		request.Header.Set("Content-Type", "application/json")
		var status int
		if status, text = fetch(request); status >= http.StatusBadRequest && status != http.StatusServiceUnavailable {
			refused = fmt.Errorf("%s: %d %s", path, status, text)
			return true
		}
		return status >= http.StatusOK && status < http.StatusBadRequest
	})
	return text, refused
}

// github is the sandbox's GitHub, as those see it who use it.
type github struct {
	control

	reader control // somebody who only looks: GitHub bounds how much one account may ask
	asked  int     // by them
}

func (s *system) github() *github {
	s.Helper()
	token, err := s.home.ReadSecret(home.SecretGitHubToken)
	s.must(err)
	g := &github{control: control{system: s, name: "GitHub", url: s.ports.GitHubURL(), token: token}}
	return g
}

// look has somebody look who may do so once more this hour.
func (g *github) look(path string) (text []byte, refused error) {
	g.Helper()
	const mostAnHour = 5000
	if g.asked%mostAnHour == 0 {
		login := "reader-" + strings.ToLower(rand.Text()[:10])
		g.order("user", map[string]any{"login": login}, nil)
		var given struct {
			Token string `json:"token"`
		}
		g.order("token", map[string]any{"login": login}, &given)
		g.reader = g.control
		g.reader.token = given.Token
	}
	g.asked++
	return g.reader.ask(path, nil)
}

// member is somebody at GitHub; role is what they may in a repository, which is made where it lacks.
func (g *github) member(login, repo, role string) (principal string) {
	g.Helper()
	var made struct {
		ID int64 `json:"id"`
	}
	g.order("user", map[string]any{"login": login}, &made)
	g.order("repo", map[string]any{"name": repo}, nil)
	if role != "" {
		g.order("role", map[string]any{"repo": repo, "login": login, "role": role}, nil)
	}
	return fmt.Sprintf("github:%d", made.ID)
}

// does has somebody do something, and gives the id of what that made.
func (g *github) does(login, act string, deed map[string]any) string {
	g.Helper()
	var made struct {
		ID any `json:"id"`
	}
	text, err := g.try("people/"+login+"/"+act, deed)
	g.must(err)
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	g.must(in.Decode(&made))
	return fmt.Sprint(made.ID)
}

// rest reads from the API.
func (g *github) rest(path string, into any) {
	g.Helper()
	time.Sleep(100 * time.Millisecond) // nobody asks more often
	text, err := g.look("/api/v3/repos/" + path)
	g.must(err)
	g.must(json.Unmarshal(text, into))
}

// A comment is one on an issue or pull request.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	User struct {
		Login string `json:"login"`
	} `json:"user"`
}

// theBot is who the App's comments are by.
const theBot = "handsoff[bot]"

// said are the bot's comments at a pull request, the oldest first.
func (g *github) said(repo, number string) (list []comment) {
	g.Helper()
	g.rest(repo+"/issues/"+number+"/comments?per_page=100", &list)
	return slices.DeleteFunc(list, func(c comment) bool { return c.User.Login != theBot })
}

// about are those of them that bear the hidden mark of a job.
func (g *github) about(repo, number, id string) []comment {
	g.Helper()
	return slices.DeleteFunc(g.said(repo, number), func(c comment) bool {
		return !strings.Contains(c.Body, "<!-- handsoff job "+id+" -->")
	})
}

// reactions are the bot's to a comment.
func (g *github) reactions(repo, comment string) (list []string) {
	g.Helper()
	var all []struct {
		Content string
		User    struct{ Login string }
	}
	g.rest(repo+"/issues/comments/"+comment+"/reactions", &all)
	for _, r := range all {
		if r.User.Login == theBot {
			list = append(list, r.Content)
		}
	}
	return list
}

// A checkRun is one of a commit.
type checkRun struct {
	ID         int64  `json:"id"`
	External   string `json:"external_id"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Output     struct {
		Title string `json:"title"`
	} `json:"output"`
}

// checksOf are the check runs of a job at some commits.
func (g *github) checksOf(repo string, commits []string, id string) (found []checkRun) {
	g.Helper()
	for _, sha := range commits {
		var page struct {
			CheckRuns []checkRun `json:"check_runs"` // GitHub's word
		}
		g.rest(repo+"/commits/"+sha+"/check-runs?per_page=100&filter=all", &page)
		for _, run := range page.CheckRuns {
			if run.External == id {
				found = append(found, run)
			}
		}
	}
	return found
}

// gerrit is the sandbox's Gerrit.
type gerrit struct{ control }

func (s *system) gerrit() *gerrit {
	s.Helper()
	password, err := s.home.ReadSecret(home.SecretGerrit)
	s.must(err)
	return &gerrit{control{system: s, name: "Gerrit", url: s.ports.GerritURL(), token: password}}
}

// push makes a change.
func (r *gerrit) push(who, project, subject string) string {
	r.Helper()
	var made struct {
		Number int `json:"number"`
	}
	r.order("people/"+who+"/push", map[string]any{"upload": map[string]any{"project": project, "subject": subject}}, &made)
	return fmt.Sprint(made.Number)
}

// streams are how many listen.
func (r *gerrit) streams() int {
	r.Helper()
	var now struct{ Streams int }
	r.order("status", nil, &now)
	return now.Streams
}

// A change is one as an administrator sees it.
type change struct {
	Status string `json:"status"`
	Labels map[string]struct {
		All []struct {
			Username string `json:"username"`
			Value    int    `json:"value"`
		} `json:"all"`
	} `json:"labels"`
	Messages []struct {
		Author struct {
			Username string `json:"username"`
		} `json:"author"`
		Message string `json:"message"`
	} `json:"messages"`
}

func (r *gerrit) change(number string) change {
	r.Helper()
	var found struct {
		Change change `json:"change"`
	}
	r.order("people/admin/change?number="+number, nil, &found)
	return found.Change
}

// verified is the bot's vote.
func (c *change) verified() int {
	for _, vote := range c.Labels["Verified"].All {
		if vote.Username == "handsoff" {
			return vote.Value
		}
	}
	return 0
}

// said are the bot's messages at the change that speak of a job.
func (c *change) said(id string) (list []string) {
	for _, m := range c.Messages {
		if m.Author.Username == "handsoff" && strings.Contains(m.Message, id) {
			list = append(list, m.Message)
		}
	}
	return list
}

// made are the jobs that rules had made for a subject, the newest first; none while Redis is away.
func (s *system) made(subject string) (ids []string) {
	s.Helper()
	list, err := event.JobsOf(s.Context(), s.redis, subject)
	if err != nil {
		return nil
	}
	for _, one := range list {
		ids = append(ids, one.Job)
	}
	return ids
}

// onlyOne waits for a subject's job to end, and checks that it had one and that Jenkins built once for it.
func (s *system) onlyOne(subject string, want job.State) (id string) {
	s.Helper()
	var ids []string
	s.eventually("there is a job of "+subject, func() bool { ids = s.made(subject); return len(ids) > 0 })
	j := s.ended(ids[0])
	if ids = s.made(subject); len(ids) != 1 || j.State != want || len(s.jenkins.startsOf(j.ID)) != 1 {
		s.Errorf("%s: the jobs %v; %s: %s; %d builds", subject, ids, j.State, j.Error, len(s.jenkins.startsOf(j.ID)))
	}
	return j.ID
}
