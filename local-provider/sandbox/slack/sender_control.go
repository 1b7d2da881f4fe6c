package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// Sent is what was sent to the app, oldest first; the last few hundred.
func (s *Server) Sent() []Sent { return s.people.sender.sent.all() }

// senderRoutes puts the paths where they belong that are about what is sent to the app.
func (s *Server) senderRoutes() {
	desk := s.desk()
	desk.Look("sent", func(*http.Request) any { return s.Sent() })
	desk.Look("people", func(*http.Request) any { return s.Members() })
	control.Order(desk, "people", func(_ *http.Request, in User) (any, error) { return s.AddUser(in) })
	control.Order(desk, "verify", func(r *http.Request, _ struct{}) (any, error) { return nil, s.VerifyURL(r.Context()) })
	control.Order(desk, "retries", func(_ *http.Request, in struct{ Scale float64 }) (any, error) {
		return nil, s.people.sender.hurry(in.Scale)
	})
	control.Order(desk, "patience", func(_ *http.Request, in struct{ Seconds float64 }) (any, error) {
		return nil, s.people.sender.wait(in.Seconds)
	})
	type members struct {
		Group string   `json:"group"`
		Users []string `json:"users"`
	}
	control.Order(desk, "members", func(_ *http.Request, in members) (any, error) { return nil, s.SetMembers(in.Group, in.Users...) })
}

// Members are all people and bots, by id, with what sort of member each is.
func (s *Server) Members() (out []Member) {
	s.do(func() {
		for _, id := range sortedKeys(s.users) {
			out = append(out, s.member(id))
		}
	})
	return out
}

// AddUser adds a person or a bot, or changes the one with that id; the app is told of a change. Without a team it is of
// the home team, without a name it is called like its id. A new member of the home team is in #general, as in Slack.
func (s *Server) AddUser(u User) (out Member, err error) {
	if u.ID == "" || u.ID == s.bot.ID {
		return out, fmt.Errorf("%w: a person needs an id of their own", ErrUnusable)
	}
	u.TeamID = cmp.Or(u.TeamID, HomeTeam)
	u.Name = cmp.Or(u.Name, strings.ToLower(u.ID))
	s.do(func() {
		if s.teams[u.TeamID] == nil {
			err = fmt.Errorf("%w: no team %q", ErrNoSuch, u.TeamID)
			return
		}
		fresh := s.users[u.ID] == nil
		s.addUser(&u)
		if fresh && u.TeamID == HomeTeam && !u.Restricted && !u.UltraRestricted {
			if general := s.channels[General]; general != nil {
				s.join(general, u.ID)
			}
		}
		out = s.member(u.ID)
	})
	return out, err
}

var errChallenge = errors.New("the URL did not answer with the challenge")

// VerifyURL asks the app to prove that its URL is its own, as Slack does when the URL is entered: it must answer with the
// challenge, as text or in JSON (docs.slack.dev/reference/events/url_verification).
func (s *Server) VerifyURL(ctx context.Context) error {
	challenge := pick(letters, 52)
	took, err := s.people.sender.verify(ctx, mustJSON(object{
		"token": verificationToken, "challenge": challenge, "type": "url_verification",
	}))
	if err != nil {
		return err
	}
	if !took.ok() {
		return fmt.Errorf("%w: %s", errChallenge, took.why())
	}
	var answer struct {
		Challenge string `json:"challenge"`
	}
	if strings.TrimSpace(string(took.body)) == challenge || json.Unmarshal(took.body, &answer) == nil && answer.Challenge == challenge {
		return nil
	}
	return errChallenge
}

// SetMembers says who is in a user group from now on, by ids or names, and tells the app.
func (s *Server) SetMembers(group string, users ...string) (err error) {
	s.do(func() { err = s.setMembers(group, users) })
	return err
}

func (s *Server) setMembers(group string, users []string) error {
	g := s.groups[group]
	if g == nil {
		return fmt.Errorf("%w: no user group %q", ErrNoSuch, group)
	}
	ids := []string{}
	for _, name := range users {
		u := s.user(name)
		if u == nil {
			return fmt.Errorf("%w: nobody is called %q", ErrNoSuch, name)
		}
		ids = append(ids, u.ID)
	}
	without := func(all, others []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(others, id) })
	}
	added, removed := without(ids, g.Users), without(g.Users, ids)
	now := *g
	now.Users = ids
	before := g.Updated
	s.addGroup(&now)
	s.happened(Happening{Type: "subteam_members_changed", Event: object{
		"subteam_id": g.ID, "team_id": g.TeamID, "date_previous_update": before, "date_update": now.Updated,
		"added_users": added, "added_users_count": len(added), "removed_users": removed, "removed_users_count": len(removed),
	}})
	return nil
}
