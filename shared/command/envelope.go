package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an envelope.
const (
	maxID        = 128 // bytes of an id, a nonce, a principal
	maxAddress   = 256 // bytes of an address, or of a cause
	maxWatch     = 16
	maxGroups    = 64
	maxPairs     = 200 // arguments
	maxCommanded = 200 // bytes of Command
	maxOpening   = 4096
	maxNotes     = 16
	maxNote      = 512 // bytes of one
)

// MaxCauses is how many rules, schedules and jobs may lead from one to the next: more of them run in a circle.
const MaxCauses = 32

// ErrEnvelope says that a body is not a valid envelope. The door that sent it has a defect.
var ErrEnvelope = errors.New("command: not a valid envelope")

// DecodeEnvelope reads an envelope and checks its form; neither the sender nor what is asked for is checked. Errors wrap
// [ErrEnvelope].
func DecodeEnvelope(body []byte) (Envelope, error) {
	var e Envelope
	if !utf8.Valid(body) {
		return Envelope{}, fmt.Errorf("%w: it has bytes that are not UTF-8", ErrEnvelope)
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return Envelope{}, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	if err := e.check(); err != nil {
		return Envelope{}, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	return e, nil
}

func (e *Envelope) check() error {
	switch {
	case (e.Text == "") == (e.Command == ""):
		return errors.New("exactly one of text and command must be set")
	case e.Text != "" && len(e.Args) > 0:
		return errors.New("args belong to command, not to text")
	case len(e.Command) > maxCommanded:
		return fmt.Errorf("command has %d bytes; it may have %d", len(e.Command), maxCommanded)
	case len(e.Args) > maxPairs:
		return fmt.Errorf("%d args; there may be %d", len(e.Args), maxPairs)
	case len(e.Watch) > maxWatch:
		return fmt.Errorf("%d addresses watch; there may be %d", len(e.Watch), maxWatch)
	case len(e.Cause) > MaxCauses:
		return fmt.Errorf("%d causes, each of the one before: rules or jobs that start one another in a circle", len(e.Cause))
	case e.Job != "" && !IsJobID(e.Job):
		return errors.New("job is not the id of a job")
	case e.Parent != "" && !IsJobID(e.Parent):
		return errors.New("parent is not the id of a job")
	}
	if err := e.checkChild(); err != nil {
		return err
	}
	return e.checkNames()
}

// checkChild checks what only a job may say of what it asks for.
func (e *Envelope) checkChild() error {
	switch {
	case e.Parent == "" && (e.Signoff != nil || e.Limit != 0 || e.Closing != 0):
		return errors.New("signoff, limit and closing are for a job to say, and there is no parent")
	case e.Limit < 0 || e.Limit > maxLimit:
		return fmt.Errorf("limit is %s; it may be 0 to %s", e.Limit, FormatDuration(maxLimit))
	case e.Closing < 0:
		return errors.New("closing is not a fence")
	case e.Signoff != nil:
		return e.Signoff.check()
	}
	return nil
}

func (e *Envelope) checkNames() error {
	for _, f := range []struct {
		name, text string
		most       int
		must       bool
	}{
		{"id", e.ID, maxID, true},
		{"nonce", e.Nonce, maxID, true},
		{"name", e.Name, maxID, false},
		{"origin.door", e.Origin.Door, maxID, false},
		{"origin.address", e.Origin.Address, maxAddress, false},
	} {
		if !isName(f.text, f.most) && (f.must || f.text != "") {
			return fmt.Errorf("%s is missing, too long or not printable", f.name)
		}
	}
	for _, text := range append(append([]string{}, e.Watch...), e.Cause...) {
		if !isName(text, maxAddress) {
			return errors.New("an address in watch or a cause is empty, too long or not printable")
		}
	}
	if len(e.Opening) > maxOpening {
		return fmt.Errorf("opening has %d bytes; it may have %d", len(e.Opening), maxOpening)
	}
	if len(e.Notes) > maxNotes {
		return fmt.Errorf("%d notes; there may be %d", len(e.Notes), maxNotes)
	}
	for _, note := range e.Notes {
		if !isName(note, maxNote) {
			return errors.New("a note is empty, too long or not printable")
		}
	}
	if e.Principal != "" && !IsPrincipal(e.Principal) {
		return errors.New("principal does not have the form door:name")
	}
	return CheckGroups(e.Groups)
}

// CheckGroups refuses groups that are too many, or do not have the form of a principal.
func CheckGroups(groups []string) error {
	if len(groups) > maxGroups {
		return fmt.Errorf("%d groups; there may be %d", len(groups), maxGroups)
	}
	for _, group := range groups {
		if !IsPrincipal(group) {
			return errors.New("a group does not have the form kind:name")
		}
	}
	return nil
}

// IsPrincipal reports whether text has the form of a principal: a kind, a colon and a name, without white space.
func IsPrincipal(text string) bool {
	kind, name, ok := strings.Cut(text, ":")
	return ok && kind != "" && name != "" && name != "*" && isName(text, maxID) && !strings.ContainsFunc(text, isSpace)
}

// isName reports whether text is a short single line that a person can read.
func isName(text string, most int) bool {
	return text != "" && len(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || reorders(r)
	})
}
