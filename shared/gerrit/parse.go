package gerrit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/payload"
)

// Types of events that the bot itself knows; rules know them all
// (https://gerrit-review.googlesource.com/Documentation/cmd-stream-events.html).
const (
	PatchSetCreated = "patchset-created"
	ChangeMerged    = "change-merged"
	ChangeAbandoned = "change-abandoned"
	ChangeRestored  = "change-restored"
	ChangeDeleted   = "change-deleted"
	CommentAdded    = "comment-added"
	RefUpdated      = "ref-updated"

	topicChanged    = "topic-changed"
	hashtagsChanged = "hashtags-changed"
	wipChanged      = "wip-state-changed"
	privateChanged  = "private-state-changed"
	voteDeleted     = "vote-deleted"

	// DroppedOutput is what Gerrit says when we read too slowly, and it has thrown events away.
	DroppedOutput = "dropped-output"
)

// noise are the types that the plugins replication, pull-replication and high-availability send for each of their own
// steps, and those that speak of the stream itself. No rule wants them, and there are more of them than of all others.
var noise = []string{
	"ref-replicated", "ref-replication-done", "ref-replication-scheduled", "ref-replicated-state",
	"fetch-ref-replicated", "fetch-ref-replication-done", "fetch-ref-replication-scheduled",
	"cache-eviction", "index-change", "global-heartbeat", "healthcheck", DroppedOutput,
}

var (
	typeForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)
	labelForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)
)

// ErrNoEvent says that a line is not an event: no JSON object, or one without a type.
var ErrNoEvent = errors.New("gerrit: that is not an event")

// Ignored reports whether events of a type are of no use here.
func (s *Server) Ignored(kind string) bool {
	return slices.Contains(noise, kind) || slices.Contains(s.Ignore, kind)
}

// Parse reads an event of the stream, or of the plugin events-log, which has the same form. Every type passes, those
// that nobody knows yet too; what is of no use is the caller's to drop, see [Type] and [Server.Ignored]. means are the names
// by which the same event is known when a query tells of it, see names.go. It gives ErrNoEvent; the line is not repeated in
// the error.
func (s *Server) Parse(line []byte) (e *event.Event, means []string, err error) {
	w, err := read(line)
	if err != nil {
		return nil, nil, err
	}
	e = &event.Event{
		ID: s.id(w), Topic: "gerrit." + w.kind, Source: "gerrit:" + s.Name, At: w.at(),
		Author: s.author(w.actor()), Subject: s.subject(w), Revision: w.revision(),
		Moved:   w.kind == PatchSetCreated,
		Over:    w.kind == ChangeMerged || w.kind == ChangeAbandoned || w.kind == ChangeDeleted,
		Payload: w.payload,
	}
	return e, s.means(w, e), nil
}

// Type is the type of an event, without reading more of it.
func Type(line []byte) (string, error) {
	field, err := payload.Field(line, "type")
	kind := textOf(field)
	if err != nil || !typeForm.MatchString(kind) {
		return "", ErrNoEvent
	}
	return kind, nil
}

// wire is an event as Gerrit writes it. Any field may be missing, or be another plugin's idea of that name: what cannot
// be read is as if it were missing. Names count by their exact letters, as rules read them.
type wire struct {
	kind    string
	created int // seconds since 1970
	payload json.RawMessage
	fields  map[string]string // unread

	change   object
	number   int // the change's
	patchSet object
	patch    int // its number
	ref      object
	project  string
}

func read(line []byte) (*wire, error) {
	line = bytes.TrimSpace(line)
	if !utf8.Valid(line) {
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
	}
	fields, err := payload.Fields(line)
	if err != nil {
		return nil, ErrNoEvent
	}
	w := &wire{payload: line, fields: fields, kind: textOf(fields["type"])}
	if !typeForm.MatchString(w.kind) {
		return nil, fmt.Errorf("%w: it has no type", ErrNoEvent)
	}
	w.created, _ = value(fields["eventCreatedOn"]).(int)
	w.change, w.ref = objectOf(fields["change"]), objectOf(fields["refUpdate"])
	if w.patchSet = objectOf(fields["patchSet"]); w.patchSet == nil {
		w.patchSet = objectOf(fields["patchset"])
	}
	w.number, w.patch = w.change.integer("number"), w.patchSet.integer("number")
	if w.project = textOf(fields["projectName"]); w.project == "" {
		w.project = textOf(fields["project"])
	}
	return w, nil
}

// at is when it happened; the zero time when Gerrit does not say, as before 2.9.
func (w *wire) at() time.Time {
	const sane = 1 << 36 // seconds: year 4147; JSON knows no time after 9999
	if w.created <= 0 || w.created > sane {
		return time.Time{}
	}
	return time.Unix(int64(w.created), 0).UTC()
}

// revision is the commit that it is about.
func (w *wire) revision() string {
	if sha := w.patchSet.text("revision"); sha != "" {
		return sha
	}
	return w.ref.text("newRev")
}

// where is the project that it is about.
func (w *wire) where() string {
	for _, name := range []string{w.change.text("project"), w.ref.text("project"), w.project} {
		if name != "" {
			return name
		}
	}
	return ""
}

// subject is what an event is about: its change, else its project, else the server.
func (s *Server) subject(w *wire) string {
	if w.number > 0 {
		return s.Subject(w.number)
	}
	const longest = 200 // bytes; it is a lane of the inbox too
	text := "gerrit:" + s.Name
	if name := strings.ToLower(w.where()); name != "" {
		text += "/" + name
	}
	return chat.Cut(text, longest)
}

// Subject is a change as the subject of events and jobs: "gerrit:review/4711".
func (s *Server) Subject(change int) string { return Place{Server: s.Name, Change: change}.Address() }
