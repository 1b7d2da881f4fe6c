package command

import (
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// Request makes of a command what the job engine accepts: who wants it and why must still be filled in.
func (p *Parsed) Request() job.Request {
	d := p.Command
	return job.Request{
		Function: d.Function,
		Command:  d.Words,
		Text:     p.Line(),
		Args:     p.Args,
		Lock:     p.lock(),
		Limit:    d.Limit,
		Signoff:  p.signoff(),
	}
}

// lock is the name of what the job needs alone, the declaration's holes filled from the arguments. Addresses that mean the same are the
// same lock.
func (p *Parsed) lock() string {
	if p.Command.Lock == "" {
		return ""
	}
	return holeForm.ReplaceAllStringFunc(p.Command.Lock, func(hole string) string {
		name := strings.Trim(hole, "{}")
		if list, ok := texts(p.Args[name]); ok {
			return strings.Join(list, ",")
		}
		text, _ := scalar(p.Args[name])
		return OneSpelling(text)
	})
}

// Stricter is the sign-off of a command together with what a job that asks for it wants besides; either may be nil. Whose
// word counts is what the command says; but other people's counts for more than the requester's own.
func Stricter(own *job.Signoff, besides *SignoffSpec) *job.Signoff {
	if besides == nil {
		return own
	}
	more := &job.Signoff{Need: besides.Need, Role: besides.role(), Self: besides.Self, Within: besides.Within}
	if own == nil {
		return more
	}
	both := *own
	switch {
	case own.Role == job.SignoffRequester && more.Role != job.SignoffRequester:
		both = *more
	case more.Role == job.SignoffRequester && own.Role != job.SignoffRequester:
	default:
		both.Need, both.Self = max(own.Need, more.Need), own.Self && more.Self
	}
	both.Within = shorter(own.Within, more.Within)
	return &both
}

// shorter is the shorter of two times, of which 0 says nothing.
func shorter(a, b time.Duration) time.Duration {
	if a <= 0 || b > 0 && b < a {
		return b
	}
	return a
}

// signoff is the approval that the job needs; nil for none.
func (p *Parsed) signoff() *job.Signoff {
	g := p.Command.Signoff
	if g == nil || g.Unless != "" && Values(p.Args).Bool(g.Unless) {
		return nil
	}
	return &job.Signoff{Need: g.Need, Role: g.role(), Self: g.Self, Within: g.Within}
}
