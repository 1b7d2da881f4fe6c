package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/rule"
)

// githubFunction is the function that asks GitHub for us.
const githubFunction = "github"

// identity is who an event's author is, asked for when a rule wants to know, once for all rules of an event.
type identity struct {
	desk *desk
	e    *event.Event
	who  rule.Who

	known      bool // whether who is
	asked      bool
	permission github.Permission
}

// self is the author by what is known here.
func (i *identity) self() rule.Who {
	if !i.known {
		a := i.e.Author
		i.who, i.known = rule.Who{Principal: a.Principal, Groups: a.Groups, Roles: i.desk.Config.RolesOf(who(i.e)...)}, true
	}
	return i.who
}

// who lists the names by which roles know an event's author; none when there is nobody.
func who(e *event.Event) []string {
	if e.Author.Principal == "" {
		return nil
	}
	return append([]string{e.Author.Principal}, e.Author.Groups...)
}

// isOne finds which of several parties the author is; nil for none. A permission is what GitHub says just now, whatever was
// vouched for when it happened. An error says that GitHub could not be asked, and nothing about the author.
func (i *identity) isOne(ctx context.Context, parties []rule.Party) (*rule.Party, error) {
	for n := range parties {
		p := &parties[n]
		if p.Permission == "" {
			if p.Is(i.self()) {
				return p, nil
			}
			continue
		}
		has, err := i.may(ctx)
		if err != nil {
			return nil, err
		}
		if wanted, ok := github.ParsePermission(p.Permission); ok && wanted > github.MayNothing && has >= wanted {
			return p, nil
		}
	}
	return nil, nil
}

// may is what the author may do in the repository now. Whoever is not of GitHub may nothing there.
func (i *identity) may(ctx context.Context) (github.Permission, error) {
	if i.asked {
		return i.permission, nil
	}
	place, ok := github.ParsePlace(i.e.Subject)
	id := accountID(i.e.Author.Principal)
	if !ok || id == 0 {
		return github.MayNothing, nil
	}
	found, err := i.desk.permission(ctx, place.Owner+"/"+place.Repo, i.e.Author.Name, id)
	if err == nil {
		i.asked, i.permission = true, found
	}
	return found, err
}

// has says what the author is, for whoever lacks something: "read on acme/app and no role".
func (i *identity) has() string {
	roles := "no role"
	if own := i.self().Roles; len(own) > 0 {
		roles = "the role " + strings.Join(own, ", ")
	}
	if place, ok := github.ParsePlace(i.e.Subject); ok && i.asked {
		return fmt.Sprintf("%s on %s/%s, and %s here", i.permission, place.Owner, place.Repo, roles)
	}
	return roles
}

// accountID is the number in "github:583231"; 0 for anybody else.
func accountID(principal string) int64 {
	number, ok := strings.CutPrefix(principal, "github:")
	id, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || id <= 0 {
		return 0
	}
	return id
}

// permission asks GitHub, through the function that can.
func (d *desk) permission(ctx context.Context, repo, login string, id int64) (github.Permission, error) {
	var answer struct {
		Permission string `json:"permission"`
	}
	err := d.askGitHub(ctx, "/permission", map[string]any{"repo": repo, "login": login, "id": id}, &answer)
	if errors.Is(err, rule.ErrRefused) {
		return github.MayNothing, err
	}
	if err != nil {
		return github.MayNothing, fmt.Errorf("ask what %s may do in %s: %w", login, repo, err)
	}
	found, ok := github.ParsePermission(answer.Permission)
	if !ok {
		return github.MayNothing, fmt.Errorf("ask what %s may do in %s: %q is no permission", login, repo, answer.Permission)
	}
	return found, nil
}

// errForNow says that GitHub refuses our account. Those who run the bot are told by the function github; the event waits.
var errForNow = errors.New("it is to be asked again")

// askGitHub has the function github ask something of GitHub. What GitHub refuses for good is a [rule.ErrRefused] with its
// words, what it refuses until somebody sees to our account an errForNow.
func (d *desk) askGitHub(ctx context.Context, path string, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return fmt.Errorf("ask GitHub: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := d.Gateway.Post(limited, githubFunction, path, body)
	if err != nil {
		return err
	}
	var no struct {
		Refused string `json:"refused"`
		ForNow  bool   `json:"for_now"`
	}
	if err := errors.Join(json.Unmarshal(text, &no), json.Unmarshal(text, answer)); err != nil {
		return fmt.Errorf("read what the function github answered: %w", err)
	}
	switch {
	case no.ForNow:
		return fmt.Errorf("%w: %s", errForNow, chat.OneLine(no.Refused))
	case no.Refused != "":
		return fmt.Errorf("%w: %s", rule.ErrRefused, chat.OneLine(no.Refused))
	}
	return nil
}
