package question

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
)

const (
	// maxReached bounds the servers of an environment that are tried.
	maxReached = 8
	// tryAgain is after how long one that did not answer is tried again: a packet may be lost where all is well.
	tryAgain = time.Second
)

// reacher tries whether a server can be reached from here.
type reacher struct {
	knock func(ctx context.Context, address string, port int, ssh bool) error
	ping  func(ctx context.Context, address string) error
}

// place is a server as it is tried.
type place struct {
	name, address string
	ready         *template.Ready // what must answer there, as its template says; nil for nothing
}

// reach tries whether the servers of the environment can be reached from here: at the port that its template says must answer, by a ping where it says none.
// servers is how many it has, of which the first are tried.
func (v *verifier) reach(ctx context.Context, name string) (checks []check, servers int, err error) {
	env, err := v.envs.Get(ctx, name)
	if errors.Is(err, environment.ErrNotFound) {
		return []check{{Name: "reach", Skipped: true, Note: "the environment is gone already"}}, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	all := places(env)
	if len(all) == 0 {
		return []check{{Name: "reach", Skipped: true, Note: "it has no server"}}, 0, nil
	}
	tried := all[:min(len(all), maxReached)]
	ctx, cancel := context.WithTimeout(ctx, v.within.reach)
	defer cancel()
	checks = make([]check, len(tried))
	each(tried, func(i int, p place) { checks[i] = v.reacher.try(ctx, p) })
	return checks, len(all), nil
}

// persist tries until there is an answer or no time left, and once at least.
func persist(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(tryAgain):
		}
	}
}

// try tries one. What a template does not promise to answer, and does not, is no fault of the cloud's: a network of its own may lead nowhere from here.
func (r reacher) try(ctx context.Context, p place) check {
	c := check{Name: "reach " + chat.OneLine(p.name)}
	at := chat.OneLine(p.address)
	switch {
	case p.address == "":
		c.Skipped, c.Note = true, "it has no address"
	case p.ready != nil:
		what := fmt.Sprintf("port %d at %s", p.ready.Port, at)
		if err := persist(ctx, func() error { return r.knock(ctx, p.address, p.ready.Port, p.ready.SSH) }); err != nil {
			c.Why = what + " answered while it was made, and does not any more: " + err.Error()
		} else {
			c.Note = what + " answers"
		}
	default:
		err := r.ping(ctx, p.address)
		c.Skipped, c.Note = err != nil, at+" answers a ping"
		if errors.Is(err, resource.ErrNoPing) {
			c.Note = "it could not be tried: " + err.Error() + ", and the template names no port (ready)"
		} else if err != nil {
			c.Note = fmt.Sprintf("not from here, at %s: %s, and the template names no port that must answer (ready)", at, err)
		}
	}
	return c
}

// places are an environment's servers, those of a stack among them, each with the address outside where it has one.
func places(env *environment.Environment) []place {
	var all []place
	for i := range env.Plan.Items {
		plan := &env.Plan.Items[i]
		item := env.Items[plan.Key]
		if item == nil || item.ID == "" || item.State == environment.Gone {
			continue
		}
		for _, inner := range item.Within {
			all = append(all, place{name: inner.Name, address: first(inner.Addresses)})
		}
		if plan.Kind != resource.KindServer {
			continue
		}
		p := place{name: item.Name, address: first(item.Addresses), ready: plan.Ready}
		outside := template.AddressKey(plan.Key)
		if one := env.Items[outside]; one != nil && len(one.Addresses) > 0 {
			p.address = one.Addresses[0]
		}
		if more := env.Plan.Item(outside); more != nil && more.Ready != nil {
			p.ready = more.Ready
		}
		all = append(all, p)
	}
	return all
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
