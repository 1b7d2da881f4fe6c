package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// Kind is what kind of thing went wrong.
type Kind int

// The kinds of faults.
const (
	Away      Kind = iota // not reached: surely nothing was sent
	Lost                  // sent, and no whole answer came: it may have happened
	Busy                  // 429, or 503 with Retry-After: asked to come again
	Broken                // 5xx: it may have happened, too
	Denied                // 401: the credentials are refused
	Forbidden             // 403: the account may not
	NotFound              // 404, 410
	Conflict              // 409: not in this state
	Quota                 // over a quota: 403, 409 or 413, as each service has it
	Missing               // a service, or something it cannot do, is not there
	Invalid               // 400 and other refusals of what was asked
	Unknown               // no such cloud
	Odd                   // an answer that is not the API's
)

// Fault is a request that did not bring what was asked for. Its text is a clause for people, without addresses, tokens or
// other secrets.
type Fault struct { //nolint:errname // it is a fault, as people and the other packages say
	Kind    Kind
	Cloud   string
	Service Service // empty when none is concerned
	Status  int     // of the answer; 0 when none came
	Doing   string  // "listing servers"; may be empty
	Message string  // in the cloud's or our words; may be empty
	After   time.Duration
	Advice  string // what a person can do about it, a sentence; may be empty
	Err     error
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Passing reports whether the fault may pass by itself, so that trying again makes sense. That what was asked for was not done
// is said by Away and Busy only.
func (f *Fault) Passing() bool { return f.Kind <= Broken }

// Undone reports that surely nothing came of the request.
func (f *Fault) Undone() bool { return f.Kind != Lost && f.Kind != Broken && f.Kind != Odd }

// Error is what the cloud did while we were doing what.
func (f *Fault) Error() string {
	text := f.what()
	if f.Doing != "" {
		text += " while " + f.Doing
	}
	if f.Message != "" && !f.messageIsAll() {
		text += ": " + strings.TrimSuffix(f.Message, ".")
	}
	return text
}

// Sentence is the fault as people are told, with what they can do about it.
func (f *Fault) Sentence() string {
	text := f.Error()
	if f.Cloud == "" || !strings.HasPrefix(text, f.Cloud) { // a name is left as it is
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.HasSuffix(text, "?") {
		text += "."
	}
	if f.Kind == Busy && f.After > 0 {
		text += " It asks to be left alone for " + chat.Duration(f.After) + "."
	}
	if f.Advice != "" {
		text += " " + f.Advice
	}
	return text
}

// messageIsAll says that the message is the whole text.
func (f *Fault) messageIsAll() bool {
	return f.Message != "" && (f.Kind == Missing || f.Kind == Unknown)
}

func (f *Fault) what() string {
	who := f.who()
	switch f.Kind {
	case Away:
		return who + " cannot be reached"
	case Lost:
		return who + " was asked and gave no answer"
	case Busy:
		return who + " has too much to do"
	case Broken:
		return fmt.Sprintf("%s had an internal error (%d)", who, f.Status)
	case Denied:
		return who + " refused our credentials"
	case Forbidden:
		return who + " does not permit that to our account"
	case NotFound:
		return who + " has no such thing"
	case Conflict:
		return who + " says that this cannot be done now"
	case Quota:
		return who + " says that the quota does not allow it"
	case Invalid:
		return fmt.Sprintf("%s did not accept the request (%d)", who, f.Status)
	case Missing, Unknown:
		return cmp.Or(f.Message, who+" has not got what is needed")
	case Odd:
	}
	return who + " gave an answer that is not from its API"
}

func (f *Fault) who() string {
	name := cmp.Or(f.Cloud, "the cloud")
	if f.Service == "" {
		return name
	}
	return fmt.Sprintf("%s's %s service", name, f.Service)
}

// Is reports whether err is a fault of that kind.
func Is(err error, kind Kind) bool {
	f := Judge(err)
	return f != nil && f.Kind == kind
}

// While judges an error and says what was being done; nil for nil.
func While(err error, doing string, args ...any) error {
	if err == nil {
		return nil
	}
	f := *Judge(err)
	f.Doing = fmt.Sprintf(doing, args...)
	return &f
}

// found is a fault that is somewhere in an error.
func found(err error) (*Fault, bool) { return errors.AsType[*Fault](err) }
