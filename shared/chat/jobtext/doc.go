// Package jobtext says in words how a job stands. The function jobs answers with it when somebody asks, and the function
// notify tells it to those who follow a job, so that both say the same. The job is the subject of every sentence: doors put
// its id in front, "k3f7 is running", as fits them.
//
// All of it is plain text for any door. What came from outside is cleaned; no secret is in it, because a job's text was
// masked when the job was accepted and its arguments are not shown here.
package jobtext

import (
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	longestText   = 200 // cells of a command's text in a sentence
	longestReason = 500 // cells of a reason or a piece of evidence
)

// Command is the job's text on one line: "jenkins build demo/slow".
func Command(j *job.Job) string { return chat.Brief(j.Text, longestText) }

func sentence(text string) string { return chat.Brief(text, longestReason) }
