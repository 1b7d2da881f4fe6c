package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
)

// sketch is what is read off a bare payload to try a rule with it; what a source would ask elsewhere is not known.
type sketch struct {
	Type        string      `json:"type"` // Gerrit's
	Action      string      `json:"action"`
	Number      json.Number `json:"number"`
	Repository  named       `json:"repository"`
	Sender      account     `json:"sender"`
	PullRequest *numbered   `json:"pull_request"` // GitHub's
	Issue       *numbered   `json:"issue"`
	Comment     *spoken     `json:"comment"`
	Review      *spoken     `json:"review"`

	Change   numbered `json:"change"`
	PatchSet patchSet `json:"patchSet"`
	Author   person   `json:"author"`
	Uploader person   `json:"uploader"`
}

type named struct {
	FullName string `json:"full_name"` // GitHub's
}

type account struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
}

type numbered struct {
	Number json.Number `json:"number"`
	Head   branch      `json:"head"`
	Base   branch      `json:"base"`
}

type branch struct {
	SHA  string `json:"sha"`
	Ref  string `json:"ref"`
	Repo named  `json:"repo"`
}

type patchSet struct {
	Revision string `json:"revision"`
}

type person struct {
	Username string `json:"username"`
}

// trialID begins the ids of events that only a trial knows.
const trialID = "test "

// trialServer stands for the server that a payload of Gerrit's does not name.
const trialServer = "review"

// sketched makes an event of a payload as the source writes it. GitHub writes its topic beside the payload, Gerrit into it.
func sketched(text []byte, topic string) (*event.Event, error) {
	var s sketch
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("it is no payload of GitHub's or Gerrit's: %w", err)
	}
	e := &event.Event{ID: trialID + digest(string(text)), Topic: topic, Payload: text}
	if strings.HasPrefix(topic, "gerrit.") || topic == "" && s.Type != "" {
		e.Topic, e.Source = cmp.Or(topic, "gerrit."+s.Type), "gerrit:"+trialServer
		e.Subject, e.Revision = "gerrit:"+trialServer+"/"+s.Change.Number.String(), s.PatchSet.Revision
		e.Author.Name = cmp.Or(s.Author.Username, s.Uploader.Username)
		return e, nil
	}
	if e.Topic = cmp.Or(topic, s.topicOf()); e.Topic == "" {
		return nil, errors.New("which event it is of is not in it; say it too, such as topic=github.pull_request.opened")
	}
	e.Source = "github"
	e.Subject, e.Revision = s.subject(), ""
	if s.PullRequest != nil {
		e.Revision = s.PullRequest.Head.SHA
	}
	if s.Sender.ID > 0 {
		e.Author = event.Author{Principal: fmt.Sprintf("github:%d", s.Sender.ID), Name: s.Sender.Login}
	}
	return e, nil
}

// subject is what a payload of GitHub's is about.
func (s *sketch) subject() string {
	owner, repo, _ := strings.Cut(s.Repository.FullName, "/")
	if owner == "" || repo == "" {
		return ""
	}
	place := github.Place{Owner: owner, Repo: repo}
	for _, of := range []*numbered{s.PullRequest, s.Issue} {
		if of != nil {
			if n, err := of.Number.Int64(); err == nil && n > 0 {
				place.Number = int(n)
			}
		}
	}
	return place.Subject()
}
