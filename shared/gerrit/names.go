package gerrit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/payload"
)

// The same event may be told by the live stream, once more by the plugin events-log, and, in another form, by a query. It
// is to count once.
//
// Its id is a hash of what happened: the type, the time, the change, and every field besides what describes the change,
// which may have moved on before somebody wrote it down. So the stream and the plugin give one event one id, in whatever
// order the fields stand.
//
// A query knows less: that there is a patch set, that a change was merged, what was said when. For these things an event has
// further names, made of what both know. A patch set is created once, a change is merged once; all else has its second
// in its name. A message that a query finds was written shortly before its event was made, so what is made of a query
// has the names of the seconds after it.

// id is an event's.
func (s *Server) id(w *wire) string {
	text := make([]byte, 0, 512)
	for _, part := range []string{s.Name, w.kind, strconv.Itoa(w.created), w.where(), strconv.Itoa(w.number), strconv.Itoa(w.patch), w.patchSet.text("revision")} {
		text = append(append(text, part...), 0)
	}
	for _, name := range slices.Sorted(maps.Keys(w.fields)) {
		switch name {
		case "type", "eventCreatedOn", "change", "patchSet", "patchset", "changeKey":
			continue
		}
		text = append(append(text, name...), 0)
		field := w.fields[name]
		if v, err := payload.DecodeText(field); err == nil {
			text = append(canonical(text, v), 0)
		} else {
			text = append(append(text, field...), 0)
		}
	}
	sum := sha256.Sum256(text)
	return "gerrit-" + s.Name + "-" + hex.EncodeToString(sum[:16])
}

// canonical appends a value in one form, whatever the order of its keys was and its escapes: what differs has another one.
func canonical(text []byte, value any) []byte {
	switch v := value.(type) {
	case map[string]any:
		text = append(text, '{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			text = canonical(canonical(text, name), v[name])
		}
		return append(text, '}')
	case []any:
		text = append(text, '[')
		for _, inner := range v {
			text = canonical(text, inner)
		}
		return append(text, ']')
	case string:
		text = append(strconv.AppendInt(append(text, '"'), int64(len(v)), 10), ':')
		return append(text, v...)
	case int:
		return append(strconv.AppendInt(text, int64(v), 10), ',')
	case float64:
		return append(strconv.AppendFloat(text, v, 'g', -1, 64), ',')
	case bool:
		return append(strconv.AppendBool(text, v), ',')
	}
	return append(text, "null,"...)
}

// means are the names of an event that a query may find too.
func (s *Server) means(w *wire, e *event.Event) []string {
	if w.number <= 0 {
		return nil
	}
	n := naming{subject: e.Subject, patchSet: w.patch, author: e.Author.Principal, text: textOf(w.fields["comment"])}
	if name := n.name(w.kind, e.At); name != "" {
		return []string{name}
	}
	return nil
}

// naming is what the stream and queries both know of an event.
type naming struct {
	subject  string // the change
	patchSet int
	author   string // a principal
	text     string // of a message, as Gerrit keeps it
}

// name is the name of an event of a type that queries can find; empty for the others.
func (n naming) name(kind string, at time.Time) string {
	switch kind {
	case PatchSetCreated:
		if n.patchSet > 0 {
			return fmt.Sprintf("%s/%d created", n.subject, n.patchSet)
		}
	case ChangeMerged:
		return n.subject + " merged"
	case ChangeAbandoned, ChangeRestored, topicChanged, hashtagsChanged, wipChanged, privateChanged, voteDeleted:
		return n.subject + " " + kind + " " + second(at)
	case CommentAdded:
		return fmt.Sprintf("%s/%d said %s %s", n.subject, n.patchSet, digest(n.author+"\x00"+n.text), second(at))
	}
	return ""
}

// after are the names of what a query found, for the seconds in which its event may have been made.
func (n naming) after(kind string, at time.Time) []string {
	const seconds = 8 // as many names as a delivery may have
	var names []string
	for i := range seconds {
		name := n.name(kind, at.Add(time.Duration(i)*time.Second))
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func second(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
