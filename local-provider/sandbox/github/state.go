package github

import (
	"net/http"
	"time"
)

// A world is what there is one of.
type world struct {
	Last int64     `json:"last"` // the last number given to anything
	Now  time.Time `json:"now"`  // what the clock showed when something last changed
}

// An Account is a person, a bot or an organisation.
type Account struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Name  string `json:"name"`
	Type  string `json:"type"` // "User", "Bot" or "Organization"
	// Members are an organisation's, with "admin" for its owners and "member" for the others.
	Members map[string]string `json:"members,omitempty"`
	// Token is a person's access token; empty when there is none.
	Token string `json:"token,omitempty"`
	// Made is when the account was made.
	Made time.Time `json:"made"`
}

// An Installation is an App at an account, with access to all its repositories.
type Installation struct {
	ID        int64     `json:"id"`
	Account   string    `json:"account"` // its login
	Made      time.Time `json:"made"`
	Suspended bool      `json:"suspended,omitempty"`
}

// A grant is an installation's access token.
type grant struct {
	Installation int64             `json:"installation"`
	Expires      time.Time         `json:"expires"`
	Permissions  map[string]string `json:"permissions"`
	Repositories []int64           `json:"repositories,omitempty"` // empty for all
}

// A Repo is a repository.
type Repo struct {
	ID          int64             `json:"id"`
	Owner       string            `json:"owner"` // a login
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Private     bool              `json:"private,omitempty"`
	Archived    bool              `json:"archived,omitempty"`
	Default     string            `json:"default"`          // branch
	Parent      string            `json:"parent,omitempty"` // the full name of what it is a fork of
	Roles       map[string]string `json:"roles"`            // read, triage, write, maintain or admin by login
	Refs        map[string]string `json:"refs"`             // SHA by full name: "refs/heads/main"
	Labels      []Label           `json:"labels"`
	Stars       []string          `json:"stars,omitempty"` // logins
	LastNumber  int               `json:"lastNumber"`      // of issues and pull requests
	Made        time.Time         `json:"made"`
	Pushed      time.Time         `json:"pushed"`
}

// A Label can be put on issues and pull requests.
type Label struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Color       string `json:"color"`
	Description string `json:"description"`
}

// FullName is the owner's login and the name: "acme/app".
func (r *Repo) FullName() string { return r.Owner + "/" + r.Name }

// A Commit is one of a repository and all its forks.
type Commit struct {
	Serial  int64        `json:"serial"`
	SHA     string       `json:"sha"`
	Tree    string       `json:"tree"`
	Message string       `json:"message"`
	Author  string       `json:"author"` // a login
	At      time.Time    `json:"at"`
	Parents []string     `json:"parents"`
	Files   []FileChange `json:"files"`
}

// A FileChange is what a commit did to a file.
type FileChange struct {
	Path   string `json:"path"`
	Status string `json:"status"` // "added", "modified" or "removed"
	Text   string `json:"text"`   // what the file holds since then
	Before string `json:"before"` // what it held
}

// An Issue is an issue or, with a Pull, a pull request.
type Issue struct {
	ID       int64      `json:"id"`
	Repo     string     `json:"repo"` // full name
	Number   int        `json:"number"`
	Title    string     `json:"title"`
	Body     string     `json:"body"`
	User     string     `json:"user"`
	Closed   *time.Time `json:"closed,omitempty"` // nil while it is open
	ClosedBy string     `json:"closedBy,omitempty"`
	Reason   string     `json:"reason,omitempty"` // an issue's: "completed" or "not_planned"
	Locked   bool       `json:"locked,omitempty"`
	LockedAs string     `json:"lockedAs,omitempty"` // "off-topic", "too heated", "resolved", "spam"
	Labels   []string   `json:"labels,omitempty"`
	Assigned []string   `json:"assigned,omitempty"`
	Made     time.Time  `json:"made"`
	Updated  time.Time  `json:"updated"`
	Pull     *Pull      `json:"pull,omitempty"`
}

// State is "open" or "closed".
func (i *Issue) State() string {
	if i.Closed != nil {
		return "closed"
	}
	return "open"
}

// A Pull is what a pull request has beside an issue.
type Pull struct {
	ID       int64      `json:"id"`
	HeadRepo string     `json:"headRepo"` // full name
	HeadRef  string     `json:"headRef"`
	HeadSHA  string     `json:"headSha"`
	BaseRef  string     `json:"baseRef"`
	BaseSHA  string     `json:"baseSha"`
	Draft    bool       `json:"draft,omitempty"`
	Commits  []string   `json:"commits"`
	Merged   *time.Time `json:"merged,omitempty"`
	MergedBy string     `json:"mergedBy,omitempty"`
	MergeSHA string     `json:"mergeSha,omitempty"`
	Conflict bool       `json:"conflict,omitempty"`
	Known    bool       `json:"known,omitempty"` // whether it can be merged was computed since the last push
}

// A Comment stands at an issue or pull request, or, with a Path, at a line of a change.
type Comment struct {
	ID      int64     `json:"id"`
	Repo    string    `json:"repo"`
	Number  int       `json:"number"`
	User    string    `json:"user"`
	App     bool      `json:"app,omitempty"` // made by the App
	Body    string    `json:"body"`
	Made    time.Time `json:"made"`
	Updated time.Time `json:"updated"`
	Editor  string    `json:"editor,omitempty"` // who changed it last
	Path    string    `json:"path,omitempty"`
	Line    int       `json:"line,omitempty"`
	SHA     string    `json:"sha,omitempty"`
	Review  int64     `json:"review,omitempty"`
	ReplyTo int64     `json:"replyTo,omitempty"`
}

// A Review is one of a pull request.
type Review struct {
	ID     int64     `json:"id"`
	Repo   string    `json:"repo"`
	Number int       `json:"number"`
	User   string    `json:"user"`
	State  string    `json:"state"` // "APPROVED", "CHANGES_REQUESTED", "COMMENTED"
	Body   string    `json:"body"`
	SHA    string    `json:"sha"`
	At     time.Time `json:"at"`
}

// A Reaction is one person's to a comment, an issue or a pull request.
type Reaction struct {
	ID      int64     `json:"id"`
	Subject string    `json:"subject"` // "comment/17", "acme/app#12"
	User    string    `json:"user"`
	Content string    `json:"content"` // "eyes"
	At      time.Time `json:"at"`
}

// A Status is a commit status.
type Status struct {
	ID          int64     `json:"id"`
	Repo        string    `json:"repo"`
	SHA         string    `json:"sha"`
	State       string    `json:"state"` // "error", "failure", "pending", "success"
	Context     string    `json:"context"`
	Description string    `json:"description"`
	TargetURL   string    `json:"targetUrl"`
	User        string    `json:"user"`
	At          time.Time `json:"at"`
}

// A CheckRun is one of the App's.
type CheckRun struct {
	ID          int64         `json:"id"`
	Repo        string        `json:"repo"`
	SHA         string        `json:"sha"`
	Suite       int64         `json:"suite"`
	Name        string        `json:"name"`
	Status      string        `json:"status"`     // "queued", "in_progress", "completed"
	Conclusion  string        `json:"conclusion"` // empty until it is completed
	ExternalID  string        `json:"externalId"`
	DetailsURL  string        `json:"detailsUrl"`
	Started     time.Time     `json:"started"`
	Completed   *time.Time    `json:"completed,omitempty"`
	Title       string        `json:"title"`
	Summary     string        `json:"summary"`
	Text        string        `json:"text"`
	Annotations int           `json:"annotations,omitempty"`
	Actions     []CheckAction `json:"actions,omitempty"`
}

// A CheckAction is a button at a check run.
type CheckAction struct {
	Label       string `json:"label"`
	Description string `json:"description"`
	Identifier  string `json:"identifier"`
}

// A Suite holds the App's check runs of a commit.
type Suite struct {
	ID     int64     `json:"id"`
	Repo   string    `json:"repo"`
	SHA    string    `json:"sha"`
	Before string    `json:"before"`
	Branch string    `json:"branch"`
	Made   time.Time `json:"made"`
}

// The kinds of hooks, as X-GitHub-Hook-Installation-Target-Type tells them.
const (
	HookOfRepo = "repository"
	HookOfOrg  = "organization"
	HookOfApp  = "integration"
)

// A Hook is a webhook of a repository, an organisation or the App.
type Hook struct {
	ID      int64     `json:"id"`
	Kind    string    `json:"kind"`
	Of      string    `json:"of"` // "acme/app", "acme"; the App's slug
	URL     string    `json:"url"`
	Secret  string    `json:"secret,omitempty"`
	Form    bool      `json:"form,omitempty"` // application/x-www-form-urlencoded instead of JSON
	Events  []string  `json:"events"`         // or "*"
	Off     bool      `json:"off,omitempty"`  // not active
	Lost    bool      `json:"lost,omitempty"` // the sandbox's: what would be sent fails to arrive
	Made    time.Time `json:"made"`
	Updated time.Time `json:"updated"`
	Code    int       `json:"code,omitempty"` // how the last delivery ended
	Last    string    `json:"last,omitempty"`
}

// A Delivery is one attempt to send an event to a hook. A redelivery has its GUID and another id.
type Delivery struct {
	ID           int64       `json:"id"`
	Hook         int64       `json:"hook"`
	GUID         string      `json:"guid"`
	Event        string      `json:"event"`
	Action       string      `json:"action,omitempty"`
	At           time.Time   `json:"at"`
	Again        bool        `json:"again,omitempty"`
	Seconds      float64     `json:"seconds"`
	Status       string      `json:"status"` // "OK", "timed out", "failed to connect to host", "Invalid HTTP Response: 500"
	Code         int         `json:"code"`
	Repo         int64       `json:"repo,omitempty"`
	Installation int64       `json:"installation,omitempty"`
	Header       http.Header `json:"header"`
	Body         string      `json:"body"`
	GotHeader    http.Header `json:"gotHeader,omitempty"`
	GotBody      string      `json:"gotBody,omitempty"`
}
