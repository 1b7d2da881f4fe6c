package question

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// projectNames remembers projects' names while one list is made.
type projectNames struct{ known map[string]string }

// maxNames bounds how many projects' names one list asks for; the others are shown by their ids.
const maxNames = 20

// of is a project's name, or its id where the name cannot be found out.
func (p *projectNames) of(ctx context.Context, c *cloud.Cloud, id string) string {
	if name, is := p.known[id]; is {
		return name
	}
	if p.known == nil {
		p.known = map[string]string{}
	}
	if len(p.known) == maxNames {
		return chat.OneLine(id)
	}
	if own, name, err := c.Project(ctx); err == nil && own == id {
		p.known[id] = name
		return name
	}
	name, err := nameOf(ctx, c, cloud.Identity, "projects", id)
	if err != nil || name == "" {
		name = id
	}
	p.known[id] = chat.OneLine(name)
	return p.known[id]
}

// projectID finds a project by its id or its name, which Keystone compares exactly.
func projectID(ctx context.Context, c *cloud.Cloud, text string) (string, error) {
	own, name, err := c.Project(ctx)
	if err != nil {
		return "", err
	}
	if text == own || text == name {
		return own, nil
	}
	client, err := c.Client(ctx, cloud.Identity)
	if err != nil {
		return "", err
	}
	var list struct {
		Projects []struct{ ID, Name string } `json:"projects"`
	}
	if err := read(ctx, client, &list, url.Values{"name": {text}}, "projects"); err != nil {
		if cloud.Is(err, cloud.Forbidden) {
			return "", &cloud.Fault{Kind: cloud.Missing, Cloud: c.Name(), Message: fmt.Sprintf(
				"at %s our account sees its own project only, %s; an administrator's account (openstack.clouds.%s.admin) sees others", c.Name(), name, c.Name())}
		}
		return "", cloud.While(err, "looking for a project")
	}
	var ids []string
	for _, p := range list.Projects {
		if p.Name == text {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) > 1 {
		return "", refuse(command.CodeConflict, fmt.Sprintf("At %s there are %d projects %s, of several domains; say the id of one: %s.", c.Name(), len(ids), chat.OneLine(text), strings.Join(ids, ", ")))
	}
	if len(ids) == 1 {
		return ids[0], nil
	}
	var one struct {
		Project struct{ ID string } `json:"project"`
	}
	err = read(ctx, client, &one, nil, "projects", url.PathEscape(text))
	if err == nil && one.Project.ID == text {
		return text, nil
	}
	if err == nil || cloud.Is(err, cloud.NotFound) {
		return "", &cloud.Fault{Kind: cloud.Unknown, Cloud: c.Name(), Message: fmt.Sprintf("%s has no project %s", c.Name(), chat.OneLine(text))}
	}
	return "", cloud.While(err, "looking for a project")
}
