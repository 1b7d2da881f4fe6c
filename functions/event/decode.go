package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
)

const (
	maxName    = 256 // bytes of an id, a topic, a principal, a subject, a cause
	maxGroups  = 64
	longestRef = 64 // bytes of a revision
)

// errMalformed says that what was put in is no event; the source that did has a defect.
var errMalformed = errors.New("not an event")

// decode reads an event as the inbox keeps it, and checks that its parts are what keys, envelopes and people can be given.
func decode(body []byte) (*event.Event, error) {
	e, err := event.Read(body)
	return checked(e, err)
}

// decodeWhole is decode for an event that somebody wrote: its payload is a part of it.
func decodeWhole(text []byte) (*event.Event, error) {
	e := new(event.Event)
	return checked(e, json.Unmarshal(text, e))
}

func checked(e *event.Event, err error) (*event.Event, error) {
	if err == nil {
		err = check(e)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return e, nil
}

func check(e *event.Event) error {
	for _, f := range []struct {
		name, text string
		most       int
		must       bool
	}{
		{"id", e.ID, maxName, true},
		{"topic", e.Topic, maxName, true},
		{"source", e.Source, maxName, true},
		{"subject", e.Subject, maxName, false},
		{"revision", e.Revision, longestRef, false},
		{"answer", e.Answer, maxName, false},
	} {
		if !isName(f.text, f.most) && (f.must || f.text != "") {
			return fmt.Errorf("%s is missing, too long or not printable", f.name)
		}
	}
	if r := e.Replay; r != nil && (!isName(r.Of, maxName) || !command.IsPrincipal(r.By)) {
		return errors.New("what it replays, or who wanted that, is missing, too long or not printable")
	}
	if len(e.Cause) > command.MaxCauses || len(e.Author.Groups) > maxGroups {
		return errors.New("too many causes or groups")
	}
	for _, cause := range e.Cause {
		if !isName(cause, maxName) {
			return errors.New("a cause is empty, too long or not printable")
		}
	}
	return checkAuthor(e)
}

// checkAuthor wants an author who can be somebody's principal, or none at all: much happens of itself.
func checkAuthor(e *event.Event) error {
	a := e.Author
	if a.Principal != "" && !command.IsPrincipal(a.Principal) {
		return errors.New("the author's principal does not have the form source:id")
	}
	if e.Topic == event.Comment && !e.Asked {
		return errors.New("a command out of a comment needs whoever asked for it; the id of one that was, as `events list` shows it, has that")
	}
	if a.Principal == "" && (e.Asked || len(a.Groups) > 0) {
		return errors.New("nobody cannot ask, or be in a group")
	}
	if err := command.CheckGroups(a.Groups); err != nil {
		return err
	}
	if payload := bytes.TrimSpace(e.Payload); len(payload) > 0 && payload[0] != '{' {
		return errors.New("the payload is not an object")
	}
	return nil
}

// isName reports whether text is one line that can be read, as it is.
func isName(text string, most int) bool {
	return text != "" && len(text) <= most && !strings.Contains(text, "\n") && chat.Clean(text) == text
}
