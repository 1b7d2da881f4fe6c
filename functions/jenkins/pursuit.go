package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/job"
)

// pursuit is the checkpoint of a job that starts, follows or stops a build: all that the next step must know.
type pursuit struct {
	Job      string    `json:"job,omitempty"`      // full name in Jenkins
	Base     *baseline `json:"base,omitempty"`     // how Jenkins stood before the build was asked for
	Mark     mark      `json:"mark,omitempty"`     // how the build carries our id
	Secrets  []string  `json:"secrets,omitempty"`  // parameters whose values must not be shown
	Looked   time.Time `json:"looked,omitzero"`    // when a build that may have been asked for was first not found
	Evidence string    `json:"evidence,omitempty"` // why it cannot be told whether the build was started

	Item   int64 `json:"item,omitempty"`   // in Jenkins' queue
	Shared bool  `json:"shared,omitempty"` // somebody else asked for the same build before

	Number  int64           `json:"number,omitempty"`
	URL     string          `json:"url,omitempty"`
	Skew    time.Duration   `json:"skew,omitempty"`    // our clock less Jenkins'
	Polls   int             `json:"polls,omitempty"`   // looks since the last change of scene
	Missing int             `json:"missing,omitempty"` // looks in a row at which Jenkins did not know it
	Unended int             `json:"unended,omitempty"` // looks in a row at which it was over without a result
	Inputs  []string        `json:"inputs,omitempty"`  // inputs that people were told of
	Console cursor          `json:"console,omitzero"`
	Result  json.RawMessage `json:"result,omitempty"` // what the console gave as result
	Stop    stopping        `json:"stop,omitzero"`
}

// baseline is how Jenkins stood just before a build was asked for. What is there afterwards and was not before may be ours.
type baseline struct {
	Next  int64   `json:"next"`            // the next build's number
	Queue []int64 `json:"queue,omitempty"` // the job's items in the queue
}

// mark says how a build carries our job's id.
type mark string

const (
	noMark        mark = ""
	parameterMark mark = "parameter" // as the value of HANDSOFF_JOB
	causeMark     mark = "cause"     // in the cause of a remote trigger
)

func causeText(id string) string { return "handsoff job " + id }

// title is the build's name for people.
func (p *pursuit) title() string { return fmt.Sprintf("%s #%d", p.Job, p.Number) }

func (p *pursuit) links() []job.Link {
	return []job.Link{{Title: p.title(), URL: p.URL}, {Title: "console", URL: p.URL + "console"}}
}

// reach notes which build it is.
func (p *pursuit) reach(api *remote.Client, number int64, reported string) {
	p.Number, p.Polls, p.Missing = number, 0, 0
	p.URL = api.Link(remote.BuildPath(p.Job, number)+"/", reported)
}

// pace is how long to wait before looking again: a second at first, five in the long run.
func (p *pursuit) pace() time.Duration {
	p.Polls++
	return min(5*time.Second, time.Second+time.Duration(p.Polls/5)*500*time.Millisecond)
}
