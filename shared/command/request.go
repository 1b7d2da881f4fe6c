package command

import (
	"strings"

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

// lock is the name of what the job needs alone, the declaration's holes filled from the arguments.
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
		return text
	})
}

// signoff is the approval that the job needs; nil for none.
func (p *Parsed) signoff() *job.Signoff {
	g := p.Command.Signoff
	if g == nil || g.Unless != "" && Values(p.Args).Bool(g.Unless) {
		return nil
	}
	return &job.Signoff{Need: g.Need, Role: g.role(), Self: g.Self, Within: g.Within}
}
