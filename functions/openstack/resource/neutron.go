package resource

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// neutron is a kind of thing that Neutron keeps. They are all alike: a description that is set as they are made, a list that can be asked for ids and for the
// fields that are wanted, and 409 for what is in use.
type neutron struct {
	kind   string
	one    string // the thing's key in bodies: "network"
	many   string // the list's, as in the address with dashes: "security_groups"
	fields []string

	// body is what is asked for, without name and description.
	body func(ctx context.Context, n *service, w Wish) (map[string]any, error)
	// remark is put behind the mark in the description; nil for nothing.
	remark func(n *service, w Wish) (string, error)
	// finish is what else it takes after the thing is there; nil for nothing. It must leave nothing behind that the thing's deletion does not take away.
	finish func(ctx context.Context, n *service, w Wish, made neutronThing) error
	// lacks is what is missing of a thing that finish did not come to; empty when nothing is. nil where there is nothing to finish.
	lacks func(neutronThing) string
	// remove asks for it to go, where that is more than to delete it.
	remove func(ctx context.Context, n *service, id string) error
}

// neutronThing has what is read of Neutron's things.
type neutronThing struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Status      string        `json:"status"`
	Created     time.Time     `json:"created_at"`
	Network     string        `json:"network_id"`
	Device      string        `json:"device_id"`    // a port's: the router or server
	Owner       string        `json:"device_owner"` // a port's: what kind of thing Device is
	Fixed       []fixedIP     `json:"fixed_ips"`    // a port's
	CIDR        string        `json:"cidr"`         // a subnet's
	Gateway     string        `json:"gateway_ip"`   // a subnet's
	Rules       []neutronRule `json:"security_group_rules"`
	Floating    string        `json:"floating_ip_address"`
	Inside      string        `json:"fixed_ip_address"` // a floating address's
	Port        string        `json:"port_id"`          // a floating address's
}

type fixedIP struct {
	Subnet  string `json:"subnet_id"`
	Address string `json:"ip_address"`
}

type neutronRule struct {
	Description string `json:"description"`
}

// path is the list's place in addresses.
func (k *neutron) path() string { return strings.ReplaceAll(k.many, "_", "-") }

// Make implements Kind.
func (k *neutron) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	n, err := open(ctx, c, cloud.Network)
	if err != nil {
		return Thing{}, err
	}
	body, err := k.body(ctx, n, w)
	if err != nil {
		return Thing{}, err
	}
	description := w.Mark.String()
	if k.remark != nil {
		remark, err := k.remark(n, w)
		if err != nil {
			return Thing{}, err
		}
		description += " " + remark
	}
	body["description"] = description
	if k.kind != KindFloatingIP { // it has none
		body["name"] = w.name()
	}
	var answer map[string]neutronThing
	if err := n.post(ctx, map[string]any{k.one: body}, &answer, k.path()); err != nil {
		return Thing{}, err
	}
	made := answer[k.one]
	if made.ID == "" {
		return Thing{}, n.fault(cloud.Odd, "it has no id for the "+k.one+" that was asked for")
	}
	if k.finish == nil {
		return k.thing(made), nil
	}
	return k.rest(ctx, n, w, made)
}

// rest does what else it takes, and takes the thing back where that fails: an error of Make that says that nothing was made must be true.
func (k *neutron) rest(ctx context.Context, n *service, w Wish, made neutronThing) (Thing, error) {
	err := k.finish(ctx, n, w, made)
	if err == nil {
		t := k.thing(made) // as it was before the rest was done
		t.State, t.Why = statusOf(made)
		t.Unfinished = false
		return t, nil
	}
	if left := k.take(context.WithoutCancel(ctx), n, made.ID); left != nil {
		f := *cloud.Judge(err)
		f.Kind = cloud.Lost // half of it is there, so that whoever asked has to look
		return Thing{}, &f
	}
	return Thing{}, err
}

// Finish implements Finisher.
func (k *neutron) Finish(ctx context.Context, c *cloud.Cloud, w Wish, id string) (Thing, error) {
	n, err := open(ctx, c, cloud.Network)
	if err != nil {
		return Thing{}, err
	}
	now, err := k.lookAgain(ctx, n, id)
	if err != nil || !now.Unfinished || k.finish == nil {
		return now, err
	}
	if err := k.finish(ctx, n, w, neutronThing{ID: id}); err != nil {
		return Thing{}, err
	}
	return k.lookAgain(ctx, n, id)
}

// lookAgain is the thing as it is now. Where it cannot be seen, it is as if no answer had come to all of it.
func (k *neutron) lookAgain(ctx context.Context, n *service, id string) (Thing, error) {
	var answer map[string]neutronThing
	if err := n.get(ctx, &answer, k.path(), id); err != nil {
		f := *cloud.Judge(err)
		f.Kind = cloud.Lost
		return Thing{}, &f
	}
	return k.thing(answer[k.one]), nil
}

// Find implements Kind. Neutron's filter of descriptions takes the whole text only, and a mark's job differs: so all of the project's are read.
func (k *neutron) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Network)
	if err != nil {
		return nil, err
	}
	project, _, err := c.Project(ctx)
	if err != nil {
		return nil, cloud.Judge(err)
	}
	var found []Thing
	err = k.list(ctx, n, url.Values{"project_id": {project}}, func(one neutronThing) {
		if t := k.thing(one); t.Mark.Bears(m) {
			found = append(found, t)
		}
	})
	return inOrder(found), err
}

// Look implements Kind.
func (k *neutron) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	n, err := open(ctx, c, cloud.Network)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Thing, len(ids))
	for _, id := range ids {
		found[id] = Thing{Kind: k.kind, ID: id, State: Absent}
	}
	for some := range slices.Chunk(ids, 100) { // an address may be about 8 KB long
		err := k.list(ctx, n, url.Values{"id": some}, func(one neutronThing) {
			if _, asked := found[one.ID]; asked {
				found[one.ID] = k.thing(one)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Delete implements Kind.
func (k *neutron) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Network)
	if err != nil {
		return err
	}
	return k.take(ctx, n, t.ID)
}

func (k *neutron) take(ctx context.Context, n *service, id string) error {
	if k.remove != nil {
		return k.remove(ctx, n, id)
	}
	return n.remove(ctx, k.path(), id)
}

func (k *neutron) list(ctx context.Context, n *service, query url.Values, show func(neutronThing)) error {
	query["fields"] = append([]string{"id", "description", "created_at"}, k.fields...)
	return each(ctx, n, query, k.many, func(one neutronThing) string { return one.ID }, show, k.path())
}

func (k *neutron) thing(one neutronThing) Thing {
	t := Thing{Kind: k.kind, ID: one.ID, Name: one.Name, Made: one.Created, Facts: map[string]string{}}
	t.Mark, _ = ParseMark(one.Description)
	if one.Status != "" {
		t.Facts[FactStatus] = one.Status
	}
	t.State, t.Why = statusOf(one)
	if k.lacks != nil {
		if lack := k.lacks(one); lack != "" {
			t.State, t.Why, t.Unfinished = Failed, "it was not finished: "+lack, true
		}
	}
	if one.Floating != "" {
		t.Name, t.Addresses = one.Floating, []string{one.Floating}
		t.Facts["inside"] = one.Inside
	}
	for _, fixed := range one.Fixed {
		t.Addresses = append(t.Addresses, fixed.Address)
	}
	return t
}

// statusOf is the state that a status stands for. DOWN is Ready: a port or a floating address is DOWN until an agent has seen to it, which on some clouds is
// never.
func statusOf(one neutronThing) (State, string) {
	switch one.Status {
	case "ERROR":
		return Failed, "its status is ERROR; Neutron does not say why"
	case "BUILD", "ALLOCATING", "PENDING_CREATE", "PENDING_UPDATE":
		return Building, ""
	case "PENDING_DELETE":
		return Going, ""
	}
	return Ready, ""
}
