package gerrit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// An event is one line of stream-events. The fields stand in the order in which Gerrit's JSON has them: what is the type's
// own, then what the types share.
type event struct {
	Submitter *accountAttr  `json:"submitter,omitempty"`
	Uploader  *accountAttr  `json:"uploader,omitempty"`
	Author    *accountAttr  `json:"author,omitempty"`
	Abandoner *accountAttr  `json:"abandoner,omitempty"`
	Restorer  *accountAttr  `json:"restorer,omitempty"`
	Deleter   *accountAttr  `json:"deleter,omitempty"`
	Changer   *accountAttr  `json:"changer,omitempty"`
	Editor    *accountAttr  `json:"editor,omitempty"`
	Reviewer  *accountAttr  `json:"reviewer,omitempty"`
	Adder     *accountAttr  `json:"adder,omitempty"`
	Remover   *accountAttr  `json:"remover,omitempty"`
	Approvals []approval    `json:"approvals,omitempty"`
	Comment   string        `json:"comment,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	NewRev    string        `json:"newRev,omitempty"`
	OldTopic  string        `json:"oldTopic,omitempty"`
	Added     []string      `json:"added,omitempty"`
	Removed   []string      `json:"removed,omitempty"`
	Hashtags  []string      `json:"hashtags,omitempty"`
	RefUpdate *refUpdate    `json:"refUpdate,omitempty"`
	PatchSet  *patchSetAttr `json:"patchSet,omitempty"`
	Change    *changeAttr   `json:"change,omitempty"`

	ProjectName string `json:"projectName,omitempty"` // project-created
	HeadName    string `json:"headName,omitempty"`

	Project    string     `json:"project,omitempty"`
	Ref        string     `json:"ref,omitempty"` // ref-replicated, with the four below
	TargetNode string     `json:"targetNode,omitempty"`
	TargetURI  string     `json:"targetUri,omitempty"`
	State      string     `json:"status,omitempty"`
	RefStatus  string     `json:"refStatus,omitempty"`
	NodesCount int        `json:"nodesCount,omitempty"`
	RefName    string     `json:"refName,omitempty"`
	ChangeKey  *changeKey `json:"changeKey,omitempty"`
	Type       string     `json:"type"`
	CreatedOn  int64      `json:"eventCreatedOn"`
}

type changeKey struct {
	ID string `json:"id"`
}

type accountAttr struct {
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Username string `json:"username,omitempty"`
}

type approval struct {
	Type        string       `json:"type"`
	Description string       `json:"description"`
	Value       string       `json:"value"`
	OldValue    string       `json:"oldValue,omitempty"`
	GrantedOn   int64        `json:"grantedOn,omitempty"` // in a query's answer, with By
	By          *accountAttr `json:"by,omitempty"`
}

type refUpdate struct {
	OldRev  string `json:"oldRev"`
	NewRev  string `json:"newRev"`
	RefName string `json:"refName"`
	Project string `json:"project"`
}

type changeAttr struct {
	Project       string       `json:"project"`
	Branch        string       `json:"branch"`
	Topic         string       `json:"topic,omitempty"`
	ID            string       `json:"id"`
	Number        int          `json:"number"`
	Subject       string       `json:"subject"`
	Owner         *accountAttr `json:"owner"`
	URL           string       `json:"url"`
	CommitMessage string       `json:"commitMessage,omitempty"`
	Hashtags      []string     `json:"hashtags,omitempty"`
	CreatedOn     int64        `json:"createdOn"`
	LastUpdated   int64        `json:"lastUpdated,omitempty"` // in a query's answer, with Open
	Open          *bool        `json:"open,omitempty"`
	Status        Status       `json:"status"`
	WIP           bool         `json:"wip,omitempty"`
	Private       bool         `json:"private,omitempty"`

	AllReviewers    []*accountAttr  `json:"allReviewers,omitempty"`
	Comments        []messageAttr   `json:"comments,omitempty"`
	CurrentPatchSet *patchSetAttr   `json:"currentPatchSet,omitempty"`
	PatchSets       []*patchSetAttr `json:"patchSets,omitempty"`
}

type messageAttr struct {
	Timestamp int64        `json:"timestamp"`
	Reviewer  *accountAttr `json:"reviewer"`
	Message   string       `json:"message"`
}

type patchSetAttr struct {
	Number         int          `json:"number"`
	Revision       string       `json:"revision"`
	Parents        []string     `json:"parents"`
	Ref            string       `json:"ref"`
	Uploader       *accountAttr `json:"uploader"`
	CreatedOn      int64        `json:"createdOn"`
	Author         *accountAttr `json:"author"`
	Kind           string       `json:"kind"`
	Approvals      []approval   `json:"approvals,omitempty"`
	Files          []fileAttr   `json:"files,omitempty"`
	SizeInsertions int          `json:"sizeInsertions"`
	SizeDeletions  int          `json:"sizeDeletions"`
}

type fileAttr struct {
	File       string `json:"file"`
	FileOld    string `json:"fileOld,omitempty"`
	Type       string `json:"type"`
	Insertions int    `json:"insertions"`
	Deletions  int    `json:"deletions"`
}

func (s *Server) accountAttr(id int) *accountAttr {
	a := s.accounts[id]
	if a == nil {
		return nil
	}
	return &accountAttr{Name: a.Name, Email: a.Email, Username: a.Username}
}

func (s *Server) changeAttr(c *Change) *changeAttr {
	return &changeAttr{
		Project: c.Project, Branch: c.Branch, Topic: c.Topic, ID: c.Key, Number: c.Number, Subject: c.Subject(),
		Owner: s.accountAttr(c.Owner), URL: s.changeURL(c), CommitMessage: c.Current().Message, Hashtags: c.Hashtags,
		CreatedOn: c.Created.Unix(), Status: c.Status, WIP: c.WIP, Private: c.Private,
	}
}

// changeURL is where a change is read by people.
func (s *Server) changeURL(c *Change) string {
	return s.base + "/c/" + c.Project + "/+/" + strconv.Itoa(c.Number)
}

func (s *Server) patchSetAttr(c *Change, p *PatchSet) *patchSetAttr {
	insertions, deletions := p.sizes()
	return &patchSetAttr{
		Number: p.Number, Revision: p.Revision, Parents: []string{p.Parent}, Ref: c.ref(strconv.Itoa(p.Number)),
		Uploader: s.accountAttr(p.Uploader), CreatedOn: p.Created.Unix(), Author: s.accountAttr(c.Owner), Kind: p.Kind,
		SizeInsertions: insertions, SizeDeletions: deletions,
	}
}

// tell sends what happened to a change to who listens.
func (s *Server) tell(c *Change, kind string, e *event) {
	e.Type, e.Change, e.Project, e.RefName = kind, s.changeAttr(c), c.Project, refHeads+c.Branch
	e.ChangeKey = &changeKey{ID: c.Key}
	s.emit(e, c)
}

// tellOn is tell for what happens to a patch set.
func (s *Server) tellOn(c *Change, p *PatchSet, kind string, e *event) {
	e.PatchSet = s.patchSetAttr(c, p)
	s.tell(c, kind, e)
}

// tellRef sends that a ref moved. What moves with a change is seen by who sees the change.
func (s *Server) tellRef(by int, project, ref, from, to string, c *Change) {
	s.emit(&event{
		Type: "ref-updated", Submitter: s.accountAttr(by), RefUpdate: &refUpdate{from, to, ref, project},
	}, c, project)
}

// updated notes that a change was changed by somebody, and moves its meta ref, of which every stream hears.
func (s *Server) updated(c *Change, by int) {
	old := c.Meta
	c.Updated, c.Meta = s.now(), newSHA()
	if old == "" {
		old = zeroSHA
	}
	s.save(c)
	s.tellRef(by, c.Project, c.ref("meta"), old, c.Meta, c)
}

// emit gives an event to the log and to every stream whose reader may see it: by the change, or by the project.
func (s *Server) emit(e *event, c *Change, project ...string) {
	e.CreatedOn = s.clock.Now().Unix()
	r := &record{At: s.clock.Now().UTC().Truncate(time.Millisecond), Type: e.Type, Line: string(gson(e))}
	if c != nil {
		r.Change, r.Project = c.Number, c.Project
		if c.Private {
			r.Only = slices.Concat([]int{c.Owner}, c.Reviewers, c.CC)
		}
	}
	if len(project) > 0 {
		r.Project = project[0]
	}
	s.untold = append(s.untold, r)
}

// publish logs what happened and offers it to the streams, after the state that it tells of was saved.
func (s *Server) publish() {
	s.log.add(s.untold)
	for _, r := range s.untold {
		for st := range s.streams {
			if s.hears(st.who, r) {
				st.offer(r.Type, r.Line)
			}
		}
	}
	if len(s.untold) > 0 {
		s.untold = s.untold[:0]
		s.wake()
	}
}

// gson writes JSON as Google's library does: without a line's end, and with the characters that HTML knows escaped.
func gson(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return []byte("{}") // structs of strings and numbers cannot fail
	}
	if !bytes.ContainsAny(text, "'=") {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("'"), []byte(`\u0027`))
	return bytes.ReplaceAll(text, []byte("="), []byte(`\u003d`))
}
