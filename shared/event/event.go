package event

import (
	"encoding/json"
	"time"
)

// Comment is the topic of a command that somebody wrote into a comment on GitHub: one event for each line that begins with
// a slash. Its payload is the comment's, with "asked" and "head" beside, see [Asked].
const Comment = "github.comment"

// Event is something that happened elsewhere.
type Event struct {
	ID       string          `json:"id"`                 // the source's: a delivery's GUID, a hash of a Gerrit event; at most 100 bytes
	Topic    string          `json:"topic"`              // "github.issue_comment.created", "gerrit.change-merged"
	Source   string          `json:"source"`             // "github", or "gerrit:" and the server's name
	At       time.Time       `json:"at"`                 // when it happened, by the source's clock
	Author   Author          `json:"author"`             // who made it happen
	Asked    bool            `json:"asked,omitempty"`    // the author asked for a command in so many words: what runs is theirs
	Subject  string          `json:"subject,omitempty"`  // what it is about: "github:acme/app#12", "gerrit:review/4711"; events of one are in order
	Revision string          `json:"revision,omitempty"` // the subject's head then: a commit's full SHA
	Moved    bool            `json:"moved,omitempty"`    // the subject has a new revision by it: what runs for others is pointless
	Over     bool            `json:"over,omitempty"`     // the subject was closed, merged or abandoned by it: what runs for it is pointless
	Only     []string        `json:"only,omitempty"`     // the rules that alone are asked; empty for all
	Cause    []string        `json:"cause,omitempty"`    // what of ours led to it, the nearest first: "job:k3f7", "rule:verify"
	Replay   *Replay         `json:"replay,omitempty"`   // somebody has the rules look at an event again: this one's payload is that one's
	Answer   string          `json:"answer,omitempty"`   // the address that follows the jobs made of it: whoever asked is answered there
	Payload  json.RawMessage `json:"payload,omitempty"`  // the source's own, a JSON object
}

// Replay is what an event repeats, and who wanted that.
type Replay struct {
	Of string `json:"of"` // the id of the event that came from outside
	By string `json:"by"` // a principal
}

// Author is who made something happen.
type Author struct {
	Principal string   `json:"principal"`        // "github:583231", "gerrit:review/1000012"; an immutable id
	Name      string   `json:"name"`             // what people call them: a login, a user name; never used to decide who they are
	Groups    []string `json:"groups,omitempty"` // what the source vouches for: "github-write:acme/app"
	Self      bool     `json:"self,omitempty"`   // it is the bot's own account
}

// Asked is the command of a [Comment], the payload's "asked".
type Asked struct {
	Line string   `json:"line"` // as written, without the slash
	Word string   `json:"word"` // the first word, in lower case: "build"
	Args []string `json:"args"` // the others, quotes undone; each is one argument whatever it holds
	Text string   `json:"text"` // what follows the word, as written
}

// Head is the commit that a [Comment] was made against, the payload's "head". Empty for an issue.
type Head struct {
	SHA    string `json:"sha"`
	Ref    string `json:"ref"`    // the branch
	Repo   string `json:"repo"`   // where that branch is: a fork's name for a pull request from one
	Base   string `json:"base"`   // the branch that it is to go into
	Number int    `json:"number"` // the pull request's
}
