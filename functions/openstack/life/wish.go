package life

import (
	"cmp"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// wish is what somebody asks for.
type wish struct {
	name, template, cloud, owner string
	members                      []string
	ttl                          time.Duration
	parameters                   map[string]string

	principal string
	groups    []string
	address   string // where they asked
	looks     bool   // it is only to be looked at
}

// wishOf reads the arguments of a job.
func wishOf(j *job.Job) wish {
	w := wishIn(j.Args)
	w.principal, w.groups, w.address = j.Principal, j.Groups, j.Origin.Address
	return w
}

func wishIn(args map[string]any) wish {
	v := command.Values(args)
	return wish{
		name: v.String("name"), template: cmp.Or(v.String("template"), "small"), cloud: v.String("cloud"), owner: v.String("owner"),
		members: v.List("members"), ttl: v.Duration("ttl"), parameters: v.Extra(),
	}
}

func (w wish) who() []string { return append([]string{w.principal}, w.groups...) }
