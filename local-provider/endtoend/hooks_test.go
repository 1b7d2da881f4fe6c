package endtoend

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A delivery is one attempt of GitHub's to deliver a webhook, as it notes it.
type delivery struct {
	ID, Hook            int64
	GUID, Event, Action string
	At                  time.Time
	Seconds             float64
	Status, Body        string
	Code                int
}

// taken reports whether it was answered as GitHub wants it.
func (d *delivery) taken() bool { return d.Code/100 == http.StatusOK/100 }

// deliveries are those of all hooks that lead here, without pings.
func (g *github) deliveries() (all []delivery) {
	g.Helper()
	time.Sleep(200 * time.Millisecond) // nobody asks more often
	for _, hook := range g.hooks() {
		var list []delivery
		g.order(fmt.Sprintf("deliveries?hook=%d", hook), nil, &list)
		for _, d := range list {
			if d.Event != "ping" {
				all = append(all, d)
			}
		}
	}
	return all
}

// hooks are the numbers of those that lead here.
func (g *github) hooks() (numbers []int64) {
	g.Helper()
	for _, of := range []string{"", "acme", "acme/app"} {
		var list []struct {
			ID int64 `json:"id"`
		}
		g.order("hooks?of="+of, nil, &list)
		for _, hook := range list {
			numbers = append(numbers, hook.ID)
		}
	}
	return numbers
}

// refused are the things that GitHub could not deliver when it first tried, by hook and GUID.
func (g *github) refused() map[string]bool {
	g.Helper()
	found := map[string]bool{}
	for _, d := range g.deliveries() {
		if !d.taken() && d.Status != "pending" {
			found[fmt.Sprintf("%d %s", d.Hook, d.GUID)] = true
		}
	}
	return found
}

// lose has all webhooks fail to arrive, or arrive again.
func (g *github) lose(lost bool) {
	g.Helper()
	for _, hook := range g.hooks() {
		g.order("lose", map[string]any{"hook": hook, "lost": lost}, nil)
	}
}

// opened reports whether the bot has taken in that a pull request was opened.
func (g *github) opened(repo, number string) bool {
	g.Helper()
	return slices.ContainsFunc(g.deliveries(), func(d delivery) bool {
		var about struct {
			Number     int `json:"number"`
			Repository struct {
				Name string `json:"full_name"`
			} `json:"repository"`
		}
		g.must(json.Unmarshal([]byte(d.Body), &about))
		return d.taken() && d.Event == "pull_request" && d.Action == "opened" && about.Repository.Name == repo && fmt.Sprint(about.Number) == number
	})
}

// queued is how long a delivery may wait for the one before it, which GitHub does not note.
const queued = time.Second

// knew reports whether the bot was certainly told of a pull request before of what was asked for there, through whichever hook.
func (e *events) knew(number string) bool {
	e.Helper()
	var opened, asked time.Time
	earlier := func(than *time.Time, at time.Time) {
		if than.IsZero() || at.Before(*than) {
			*than = at
		}
	}
	for _, d := range e.github.deliveries() {
		var about struct {
			Number int `json:"number"`
			Issue  struct {
				Number int `json:"number"`
			} `json:"issue"`
		}
		e.must(json.Unmarshal([]byte(d.Body), &about))
		switch {
		case !d.taken():
		case d.Event == "pull_request" && d.Action == "opened" && fmt.Sprint(about.Number) == number:
			earlier(&opened, d.At.Add(time.Duration(d.Seconds*float64(time.Second))))
		case d.Event == "issue_comment" && fmt.Sprint(about.Issue.Number) == number:
			earlier(&asked, d.At)
		}
	}
	return !opened.IsZero() && opened.Add(queued).Before(asked)
}
