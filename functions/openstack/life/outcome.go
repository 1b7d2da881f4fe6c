package life

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
)

// machine is a server as a result tells of it.
type machine struct {
	Name      string   `json:"name"`
	ID        string   `json:"id"`
	Addresses []string `json:"addresses,omitempty"`
	Login     string   `json:"login,omitempty"`
}

// outcome is what a job about an environment produced.
type outcome struct {
	Said    string            `json:"said,omitempty"` // where people were told all that one asks for
	Name    string            `json:"name"`
	Cloud   string            `json:"cloud"`
	State   string            `json:"state"`
	Owner   string            `json:"owner,omitempty"`
	Expires time.Time         `json:"expires,omitzero"`
	Servers []machine         `json:"servers,omitempty"`
	Outputs map[string]string `json:"outputs,omitempty"` // of its stack
	Left    []string          `json:"left,omitempty"`
}

func (h *hand) result() outcome {
	return outcome{
		Name: h.env.Name, Cloud: h.env.Cloud, State: string(h.env.State), Owner: h.env.Owner, Expires: h.env.Expires, Servers: machines(h.env), Outputs: h.outputs(),
	}
}

// outputs are those of the environment's stack.
func (h *hand) outputs() map[string]string {
	if item := h.env.Items[stackKey]; item != nil {
		return item.Outputs
	}
	return nil
}

// stackKey is the item of an environment's stack.
const stackKey = "stack"

// result is what is told of an environment that was taken back.
func (at *course) result() outcome {
	state := environment.Gone
	if len(at.Left) > 0 {
		state = environment.ItemState(environment.Left)
	}
	return outcome{Name: at.Name, Cloud: at.Cloud, State: string(state), Left: at.Left}
}

// machines lists an environment's servers, the address outside at the front.
func machines(env *environment.Environment) []machine {
	var list []machine
	for i := range env.Plan.Items {
		plan := &env.Plan.Items[i]
		item := env.Items[plan.Key]
		if item == nil || item.ID == "" || item.State == environment.Gone {
			continue
		}
		for _, inner := range item.Within {
			list = append(list, machine{Name: inner.Name, ID: inner.ID, Addresses: inner.Addresses, Login: env.Login})
		}
		if plan.Kind != resource.KindServer {
			continue
		}
		m := machine{Name: item.Name, ID: item.ID, Addresses: slices.Clone(item.Addresses), Login: loginOf(plan.Spec, env.Login)}
		if outside := env.Items[template.AddressKey(plan.Key)]; outside != nil && len(outside.Addresses) > 0 {
			m.Addresses = append(outside.Addresses[:1:1], m.Addresses...)
		}
		list = append(list, m)
	}
	return list
}

// links lead to the dashboard.
func (h *hand) links() []job.Link {
	if h.cloud.Horizon() == "" {
		return nil
	}
	return []job.Link{{Title: "Horizon", URL: dashboard(h.cloud.Horizon(), h.env)}}
}

// dashboard is where an environment is seen in Horizon: its only server, the servers or stacks.
func dashboard(horizon string, env *environment.Environment) string {
	if env.Items[stackKey] != nil {
		return horizon + "/project/stacks/"
	}
	if list := machines(env); len(list) == 1 {
		return horizon + "/project/instances/" + list[0].ID + "/"
	}
	return horizon + "/project/instances/"
}

// farewell is what a person needs at the end.
func (h *hand) farewell() []string {
	lines := []string{fmt.Sprintf("✓ %s is there: %s. It expires %s; %s %s keeps it longer, %s %s gives it back.",
		h.env.Name, counted(h.env.Plan.Counts()), clock(h.env.Expires), extendWords, h.env.Name, deleteWords, h.env.Name)}
	for _, m := range machines(h.env) {
		line := m.Name
		if len(m.Addresses) > 0 {
			line += ": " + strings.Join(m.Addresses, ", ")
			line += "; log in with: ssh " + strings.TrimPrefix(m.Login+"@", "@") + m.Addresses[0]
		}
		lines = append(lines, line)
	}
	lines = append(lines, outputLines(h.env)...)
	if h.env.Key != "" {
		lines = append(lines, fmt.Sprintf("The private key is handed over once, to %s: say %s %s where nobody else reads, within a day.", h.env.Owner, keyWords, h.env.Name))
	}
	return lines
}
