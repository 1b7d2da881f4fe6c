package resource

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// projects are projects. The cloud they are asked of must have the administrator's credentials ([cloud.Cloud.Admin]); that administrator becomes a member, so
// that [cloud.Cloud.InProject] lets it make things there. A project's mark is its description and its tags.
type projects struct{}

// finishedTag is set last, when members and quota are there.
const finishedTag = "handsoff:finished"

// ownRole is the role in which the administrator works in a project it made.
const ownRole = "member"

type keystoneProject struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Domain      string   `json:"domain_id"`
	Enabled     bool     `json:"enabled"`
	Tags        []string `json:"tags"`
}

// Make implements Kind.
func (k projects) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	spec, err := read[ProjectSpec](c, w)
	if err != nil {
		return Thing{}, err
	}
	n, err := open(ctx, c, cloud.Identity)
	if err != nil {
		return Thing{}, err
	}
	who, err := c.Account(ctx)
	if err != nil {
		return Thing{}, cloud.Judge(err)
	}
	tags := append([]string{ourTag}, w.Mark.Words()...)
	project := map[string]any{"name": w.name(), "description": w.Mark.String(), "tags": tags, "enabled": true}
	if who.Domain.ID != "" {
		project["domain_id"] = who.Domain.ID
	}
	var answer struct{ Project keystoneProject }
	if err := n.post(ctx, map[string]any{"project": project}, &answer, "projects"); err != nil {
		return Thing{}, err
	}
	id := answer.Project.ID
	if id == "" {
		return Thing{}, n.fault(cloud.Odd, "it has no id for the project that was asked for")
	}
	if err := furnish(ctx, n, spec, id, w.Mark); err != nil {
		if n.remove(context.WithoutCancel(ctx), "projects", id) != nil {
			f := *cloud.Judge(err)
			f.Kind = cloud.Lost // half of it is there, so that whoever asked has to look
			return Thing{}, &f
		}
		return Thing{}, err
	}
	return Thing{Kind: KindProject, ID: id, Name: w.name(), State: Ready, Mark: w.Mark}, nil
}

// Finish implements Finisher.
func (k projects) Finish(ctx context.Context, c *cloud.Cloud, w Wish, id string) (Thing, error) {
	spec, err := read[ProjectSpec](c, w)
	if err != nil {
		return Thing{}, err
	}
	n, err := open(ctx, c, cloud.Identity)
	if err != nil {
		return Thing{}, err
	}
	var answer struct{ Project keystoneProject }
	if err := n.get(ctx, &answer, "projects", id); err != nil {
		return Thing{}, err
	}
	there := answer.Project.thing()
	if !there.Unfinished {
		return there, nil
	}
	if err := furnish(ctx, n, spec, id, there.Mark); err != nil {
		return Thing{}, err
	}
	there.State, there.Why, there.Unfinished = Ready, "", false
	return there, nil
}

// furnish gives a project its members and quota, and says that it has them.
func furnish(ctx context.Context, n *service, spec ProjectSpec, project string, mark Mark) error {
	members, err := memberships(ctx, n, spec)
	if err != nil {
		return err
	}
	for _, m := range members {
		if err := n.put(ctx, nil, "projects", project, m.what, m.who, "roles", m.role); err != nil {
			return err
		}
	}
	if err := setQuota(ctx, n.cloud, project, spec.Quota); err != nil {
		return err
	}
	tags := append([]string{ourTag, finishedTag}, mark.Words()...)
	return n.patch(ctx, map[string]any{"project": map[string]any{"tags": tags}}, "projects", project)
}

// membership is a role of somebody's, by ids.
type membership struct{ what, who, role string }

// memberships are those of the spec, and our own.
func memberships(ctx context.Context, n *service, spec ProjectSpec) ([]membership, error) {
	who, err := n.cloud.Account(ctx)
	if err != nil {
		return nil, cloud.Judge(err)
	}
	names := NewNames(n.cloud)
	own, err := names.Role(ctx, ownRole)
	if err != nil {
		return nil, err
	}
	all := []membership{{"users", who.User.ID, own}}
	for _, m := range spec.Members {
		one := membership{what: "users"}
		if m.Group != "" {
			one.what = "groups"
			one.who, err = names.Group(ctx, m.Group)
		} else {
			one.who, err = names.User(ctx, m.User)
		}
		if err != nil {
			return nil, err
		}
		if one.role, err = names.Role(ctx, m.Role); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Find implements Kind.
func (projects) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Identity)
	if err != nil {
		return nil, err
	}
	query := url.Values{"tags": {ourTag}}
	if m.Env != "" {
		query.Set("tags", ourTag+","+markEnv+"="+m.Env)
	}
	all, err := listProjects(ctx, n, query)
	return bearing(all, m), err
}

func listProjects(ctx context.Context, n *service, query url.Values) ([]Thing, error) {
	var all []Thing
	err := each(ctx, n, query, "projects", func(p keystoneProject) string { return p.ID }, func(p keystoneProject) { all = append(all, p.thing()) }, "projects")
	return all, err
}

// Look implements Kind.
func (projects) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	n, err := open(ctx, c, cloud.Identity)
	if err != nil {
		return nil, err
	}
	list := func() ([]Thing, error) { return listProjects(ctx, n, url.Values{"tags": {ourTag}}) }
	return lookAt(ids, list, func(id string) (Thing, error) {
		var answer struct{ Project keystoneProject }
		err := n.get(ctx, &answer, "projects", id)
		return answer.Project.thing(), err
	})
}

// Delete implements Kind. Keystone deletes a project whatever is in it, and what is in it then belongs to nobody: so one that is not empty is not deleted.
// Neutron's own leftovers of every project, its default security group and its quota, go with it.
func (projects) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Identity)
	if err != nil {
		return err
	}
	var answer struct{ Project keystoneProject }
	if err := n.get(ctx, &answer, "projects", t.ID); err != nil {
		if cloud.Is(err, cloud.NotFound) {
			return nil
		}
		return err
	}
	usage, err := usageOf(ctx, c, t.ID)
	if err != nil {
		return err
	}
	if left := leftIn(usage); left != "" {
		return n.fault(cloud.Conflict, "there is something left in the project "+answer.Project.Name+": "+left)
	}
	sweepOut(ctx, c, t.ID)
	return n.remove(ctx, "projects", t.ID)
}

// leftIn tells what is in a project.
func leftIn(u Usage) string {
	var left []string
	for _, m := range []Measure{Servers, Volumes, Networks, Routers, FloatingIPs} {
		if u.Used[m] > 0 {
			left = append(left, m.Of(u.Used[m]))
		}
	}
	return strings.Join(left, ", ")
}

// sweepOut takes away what Neutron and Nova keep of a project. What does not go harms nobody.
func sweepOut(ctx context.Context, c *cloud.Cloud, project string) {
	if n, err := open(ctx, c, cloud.Network); err == nil {
		query := url.Values{"project_id": {project}, "name": {"default"}, "fields": {"id"}}
		var ids []string
		_ = each(ctx, n, query, "security_groups", func(g neutronThing) string { return g.ID }, func(g neutronThing) { ids = append(ids, g.ID) }, "security-groups")
		for _, id := range ids {
			_ = n.remove(ctx, "security-groups", id)
		}
		_ = n.remove(ctx, "quotas", project)
	}
	if n, err := open(ctx, c, cloud.Compute); err == nil {
		_ = n.remove(ctx, "os-quota-sets", project)
	}
}

func (p keystoneProject) thing() Thing {
	t := Thing{Kind: KindProject, ID: p.ID, Name: p.Name, State: Ready}
	t.Mark, _ = markOfWords(p.Tags)
	switch {
	case !p.Enabled:
		t.State = Stopped
	case t.Mark.Env != "" && !slices.Contains(p.Tags, finishedTag):
		t.State, t.Why, t.Unfinished = Failed, "it was not finished: members or quota are missing", true
	}
	return t
}
