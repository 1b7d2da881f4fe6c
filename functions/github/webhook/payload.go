package webhook

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/payload"
)

// ErrMalformed says that a verified delivery is not of a form that GitHub documents.
var ErrMalformed = errors.New("github: not a delivery as GitHub sends them")

const (
	// longestEvent bounds an event's name and an action, in bytes: with each other they fit a topic.
	longestEvent = 64
	// longestID bounds a delivery's id, in bytes; GitHub's are GUIDs.
	longestID = 100
)

// Payload is a delivery's body, as far as it is understood here. What is missing, or of an unexpected type, is the zero
// value: what is new in GitHub must not decide whether the rest is heard.
type Payload struct {
	Event       string // of the header X-GitHub-Event
	Action      string
	Repository  Repository
	Org         string // the organisation's login
	Installed   string // on whose account the App is installed, where the payload says so
	Sender      Account
	Issue       Issue
	PullRequest PullRequest
	Comment     Comment
	Review      Review
	CheckRun    CheckRun
	CheckSuite  CheckSuite
	Button      string // the identifier of the button of a check run that was clicked

	body *payload.Part
}

// Repository is where it happened. Owner and Name are empty when it did not happen in one.
type Repository struct {
	ID    int64
	Owner string
	Name  string
}

// Account is a person, an App's bot or an organisation.
type Account struct {
	ID    int64
	Login string
	Type  string // "User", "Bot", "Organization"
}

// Bot reports whether no person is behind it.
func (a Account) Bot() bool { return a.Type == "Bot" || strings.HasSuffix(a.Login, "[bot]") }

// Issue is an issue, or a pull request seen as one.
type Issue struct {
	ID     int64
	Number int
	Pull   bool // it is a pull request
}

// PullRequest is a pull request.
type PullRequest struct {
	ID      int64
	Number  int
	Updated time.Time
	User    Account
	SHA     string // of its head
}

// Comment is a comment, on an issue or on a line of a pull request.
type Comment struct {
	ID      int64
	Body    string
	User    Account
	Created time.Time
}

// Review is a review of a pull request.
type Review struct {
	ID        int64
	Body      string
	User      Account
	Commit    string
	Submitted time.Time
}

// CheckRun is a check run.
type CheckRun struct {
	ID       int64
	External string // our own name for it
	SHA      string // of its commit
	App      int64  // whose it is, by number
}

// CheckSuite is all check runs of an App for a commit.
type CheckSuite struct {
	ID  int64
	SHA string
	App int64
}

// Read reads a body: all of it is checked to be JSON, and only what is of use here is read. It gives [ErrMalformed].
func Read(name string, body []byte) (*Payload, error) {
	p := &Payload{Event: name}
	if !isWord(name) || "github."+name == event.Comment { // that topic is ours: what comes under it was checked
		return nil, fmt.Errorf("%w: its event has no name", ErrMalformed)
	}
	var err error
	if p.body, err = payload.Open(body); err != nil {
		return nil, fmt.Errorf("%w: its body is not a JSON object", ErrMalformed)
	}
	p.readParts()
	if action := p.text("action"); isWord(action) {
		p.Action = action
	}
	p.Org, p.Installed, p.Button = p.text("organization", "login"), p.text("installation", "account", "login"), p.text("requested_action", "identifier")
	err = p.readRepository()
	return p, err
}

// readParts reads what it is about, leniently: what does not fit is the zero value, field by field.
func (p *Payload) readParts() {
	p.Sender = p.account("sender")
	p.Issue = Issue{ID: p.number("issue", "id"), Number: int(p.number("issue", "number")), Pull: p.at("issue", "pull_request") != nil}
	p.PullRequest = PullRequest{
		ID: p.number("pull_request", "id"), Number: int(p.number("pull_request", "number")), Updated: p.time("pull_request", "updated_at"),
		User: p.account("pull_request", "user"), SHA: p.text("pull_request", "head", "sha"),
	}
	p.Comment = Comment{
		ID: p.number("comment", "id"), Body: p.text("comment", "body"), User: p.account("comment", "user"), Created: p.time("comment", "created_at"),
	}
	p.Review = Review{
		ID: p.number("review", "id"), Body: p.text("review", "body"), User: p.account("review", "user"),
		Commit: p.text("review", "commit_id"), Submitted: p.time("review", "submitted_at"),
	}
	p.CheckRun = CheckRun{
		ID: p.number("check_run", "id"), External: p.text("check_run", "external_id"), SHA: p.text("check_run", "head_sha"),
		App: p.number("check_run", "app", "id"),
	}
	p.CheckSuite = CheckSuite{ID: p.number("check_suite", "id"), SHA: p.text("check_suite", "head_sha"), App: p.number("check_suite", "app", "id")}
}

func (p *Payload) account(path ...string) Account {
	account := p.body.At(path...)
	id, _ := account.At("id").Value().(int)
	login, _ := account.At("login").Value().(string)
	kind, _ := account.At("type").Value().(string)
	return Account{ID: int64(id), Login: login, Type: kind}
}

// readRepository reads the repository. One without a proper name is malformed: the name goes into keys and addresses. It is
// read by its exact key, as rules read it, so that nobody is believed for one repository and heard for another.
func (p *Payload) readRepository() error {
	if raw, ok := p.body.Fields()["repository"]; !ok || raw == "null" {
		return nil
	}
	owner, name, _ := strings.Cut(p.text("repository", "full_name"), "/")
	if !github.IsOwner(owner) || !github.IsRepo(name) {
		return fmt.Errorf("%w: its repository has no name", ErrMalformed)
	}
	p.Repository = Repository{ID: p.number("repository", "id"), Owner: owner, Name: name}
	return nil
}

// text is a text within the payload; empty when there is none.
func (p *Payload) text(path ...string) string {
	text, _ := p.at(path...).(string)
	return text
}

// number is a whole number within the payload; 0 when there is none.
func (p *Payload) number(path ...string) int64 {
	n, _ := p.at(path...).(int)
	return int64(n)
}

// time is a time within the payload; the zero time when there is none.
func (p *Payload) time(path ...string) time.Time {
	at, err := time.Parse(time.RFC3339, p.text(path...))
	if err != nil {
		return time.Time{}
	}
	return at
}

// at is a value within the payload as [payload.Decode] has it; nil for what is none.
func (p *Payload) at(path ...string) any {
	return p.body.At(path...).Value()
}

// Place is what the delivery is about: an issue or a pull request, else the repository; nowhere for neither.
func (p *Payload) Place() github.Place {
	place := github.Place{Owner: p.Repository.Owner, Repo: p.Repository.Name}
	switch {
	case place.Owner == "":
	case p.PullRequest.Number > 0:
		place.Number = p.PullRequest.Number
	case p.Issue.Number > 0:
		place.Number = p.Issue.Number
	}
	return place
}

// Subject is what events about it are about: "github:acme/app#12", "github:acme/app", or empty when it happened in no
// repository.
func (p *Payload) Subject() string {
	if p.Repository.Owner == "" {
		return ""
	}
	return p.Place().Subject()
}

// OnPull reports whether it is about a pull request.
func (p *Payload) OnPull() bool {
	return p.PullRequest.Number > 0 || p.Issue.Number > 0 && p.Issue.Pull
}

// IsID reports whether text can be a delivery's id: letters, digits, dashes.
func IsID(text string) bool {
	if text == "" || len(text) > longestID {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
		default:
			return false
		}
	}
	return true
}

// isWord reports whether text can be the name of an event or an action.
func isWord(text string) bool {
	if text == "" || len(text) > longestEvent {
		return false
	}
	for i := range len(text) {
		if c := text[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// Before is the text of a comment or review before an edit; false when the payload is of no edit of the text.
func (p *Payload) Before() (string, bool) {
	text, edited := p.at("changes", "body", "from").(string)
	return text, edited
}

// Pulls are the numbers of the pull requests of a check suite or a check run; GitHub lists none that come from forks.
func (p *Payload) Pulls() []int {
	var numbers []int
	for _, key := range []string{"check_suite", "check_run"} {
		list, _ := p.at(key, "pull_requests").([]any)
		for _, one := range list {
			object, _ := one.(map[string]any)
			if n, _ := object["number"].(int); n > 0 {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers
}
