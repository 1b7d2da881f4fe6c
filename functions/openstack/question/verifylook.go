package question

import (
	"context"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
)

// survey looks at a cloud from the outside in: token, catalogue, each endpoint, and then what the services say of their parts.
func (v *verifier) survey(ctx context.Context, c *cloud.Cloud) []check {
	account, err := c.Account(ctx)
	if err != nil {
		return []check{{Name: "token", Why: unfull(err)}}
	}
	checks := []check{{Name: "token", Note: fmt.Sprintf("%s in the project %s", chat.OneLine(account.User.Name), chat.OneLine(account.Project.Name))}, catalogue(account)}
	answers := make([]check, len(account.Offers))
	each(account.Offers, func(i int, e cloud.Endpoint) {
		answers[i] = check{Name: "endpoint of " + chat.OneLine(e.Type)}
		if err := c.Answers(ctx, e); err != nil {
			answers[i].Why = unfull(err)
		}
	})
	parts := []inner{{"compute services", computeServices}, {"network agents", networkAgents}, {"volume services", volumeServices}}
	inside := make([]check, len(parts))
	each(parts, func(i int, one inner) { inside[i] = lookInside(ctx, c, one) })
	return append(append(checks, answers...), inside...)
}

// inner is something that a service says of its parts.
type inner struct {
	name string
	look func(context.Context, *cloud.Cloud) (string, error)
}

// unfull is a fault's sentence without its full stop.
func unfull(err error) string { return strings.TrimSuffix(cloud.Judge(err).Sentence(), ".") }

// catalogue sees whether what every cloud needs is there.
func catalogue(account *cloud.Grant) check {
	var missing []string
	for _, need := range []cloud.Service{cloud.Identity, cloud.Compute, cloud.Network, cloud.Image} {
		is := false
		for _, e := range account.Offers {
			is = is || e.Service == need
		}
		if !is {
			missing = append(missing, string(need))
		}
	}
	if len(missing) > 0 {
		return check{Name: "catalogue", Why: "it does not list " + strings.Join(missing, ", ")}
	}
	return check{Name: "catalogue", Note: chat.Count(len(account.Offers), "endpoint")}
}

// lookInside looks at the parts of a service as its administrator.
func lookInside(ctx context.Context, c *cloud.Cloud, one inner) check {
	admin, err := c.Admin()
	if err != nil {
		return check{Name: one.name, Skipped: true, Note: unfull(err)}
	}
	note, err := one.look(ctx, admin)
	switch {
	case cloud.Is(err, cloud.Missing), cloud.Is(err, cloud.NotFound):
		return check{Name: one.name, Skipped: true, Note: unfull(err)}
	case err != nil:
		return check{Name: one.name, Why: unfull(err)}
	}
	return check{Name: one.name, Note: note, Skipped: note == nothingTold}
}

// nothingTold is said of a service that lists no parts.
const nothingTold = "none are listed"

// part is a process of a service, as Nova and Cinder list them.
type part struct {
	Binary string `json:"binary"`
	Host   string `json:"host"`
	State  string `json:"state"`
	Status string `json:"status"`
}

func computeServices(ctx context.Context, c *cloud.Cloud) (string, error) {
	return serviceParts(ctx, c, cloud.Compute)
}

func volumeServices(ctx context.Context, c *cloud.Cloud) (string, error) {
	return serviceParts(ctx, c, cloud.Volume)
}

// serviceParts sees that every part that is enabled is up.
func serviceParts(ctx context.Context, c *cloud.Cloud, of cloud.Service) (string, error) {
	client, err := c.Client(ctx, of)
	if err != nil {
		return "", err
	}
	var told struct {
		Services []part `json:"services"`
	}
	if err := read(ctx, client, &told, nil, "os-services"); err != nil {
		return "", cloud.While(err, "listing its parts")
	}
	var down []string
	disabled := 0
	for _, p := range told.Services {
		switch {
		case p.Status == "disabled":
			disabled++
		case p.State != "up":
			down = append(down, chat.OneLine(p.Binary+" on "+p.Host))
		}
	}
	return health(len(told.Services), disabled, down)
}

func networkAgents(ctx context.Context, c *cloud.Cloud) (string, error) {
	client, err := c.Client(ctx, cloud.Network)
	if err != nil {
		return "", err
	}
	var told struct {
		Agents []struct {
			Binary string `json:"binary"`
			Host   string `json:"host"`
			Alive  bool   `json:"alive"`
			Up     bool   `json:"admin_state_up"`
		} `json:"agents"`
	}
	if err := read(ctx, client, &told, nil, "agents"); err != nil {
		return "", cloud.While(err, "listing its agents")
	}
	var down []string
	disabled := 0
	for _, a := range told.Agents {
		switch {
		case !a.Up:
			disabled++
		case !a.Alive:
			down = append(down, chat.OneLine(a.Binary+" on "+a.Host))
		}
	}
	return health(len(told.Agents), disabled, down)
}

// health says how many parts there are, or which are down.
func health(all, disabled int, down []string) (string, error) {
	if len(down) > 0 {
		return "", &cloud.Fault{Kind: cloud.Unknown, Message: fmt.Sprintf("%d of %d %s down: %s", len(down), all, chat.Are(len(down)), shortList(down))}
	}
	if all == 0 {
		return nothingTold, nil
	}
	note := fmt.Sprintf("%d up", all-disabled)
	if disabled > 0 {
		note += fmt.Sprintf(", %d disabled", disabled)
	}
	return note, nil
}
