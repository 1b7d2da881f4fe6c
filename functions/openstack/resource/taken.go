package resource

import (
	"context"
	"fmt"
	"net/url"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
)

// Taken is a name that something in the cloud has already, of a kind of which a name is there only once.
type Taken struct {
	Item string
	Text string // in words for people
	Mark Mark   // of what has it; empty for what is none of ours
}

// Taken looks whether the names of projects and stacks are free. A project is looked for by the administrator, a stack in the project of the account; in a project
// that is yet to be made no name is taken.
func (n *Names) Taken(ctx context.Context, wishes []Wish) ([]Taken, error) {
	var taken []Taken
	own := false
	for _, w := range wishes {
		own = own || w.Kind == KindProject
	}
	for _, w := range wishes {
		var there []Thing
		var err error
		switch {
		case w.Kind == KindProject:
			there, err = projectsCalled(ctx, n.cloud, w.name())
		case w.Kind == KindStack && !own:
			there, err = stacksCalled(ctx, n.cloud, w.name())
		}
		if err != nil {
			return nil, err
		}
		for _, t := range there {
			taken = append(taken, Taken{Item: w.Item, Mark: t.Mark, Text: fmt.Sprintf("%s has a %s called %s already (%s)", n.cloud.Name(), w.Kind, chat.Brief(t.Name, 80), t.ID)})
		}
	}
	return taken, nil
}

// projectsCalled are the projects of a name in the domain in which ours are made.
func projectsCalled(ctx context.Context, c *cloud.Cloud, name string) ([]Thing, error) {
	who, err := c.Account(ctx)
	if err != nil {
		return nil, cloud.Judge(err)
	}
	n, err := open(ctx, c, cloud.Identity)
	if err != nil {
		return nil, err
	}
	var same []Thing
	show := func(p keystoneProject) {
		if p.Name == name && (who.Domain.ID == "" || p.Domain == "" || p.Domain == who.Domain.ID) {
			same = append(same, p.thing())
		}
	}
	err = each(ctx, n, url.Values{"name": {name}}, "projects", func(p keystoneProject) string { return p.ID }, show, "projects")
	return same, err
}

// stacksCalled are the stacks of a name in the account's project. One that is going has it until it is gone.
func stacksCalled(ctx context.Context, c *cloud.Cloud, name string) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Orchestration)
	if err != nil {
		return nil, err
	}
	all, err := listStacks(ctx, n, url.Values{"name": {name}})
	if err != nil {
		return nil, err
	}
	var same []Thing
	for _, t := range all {
		if t.Name == name {
			same = append(same, t)
		}
	}
	return same, nil
}
