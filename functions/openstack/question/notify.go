package question

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// notifier steps "openstack hypervisor notify-vm-owners": it finds out whose servers are on a host, shows what they would be told, and,
// once somebody else has agreed, tells each owner once. The telling is a child of its own with send=true, which waits for the sign-off.
type notifier struct{ *Questions }

// telling is its checkpoint.
type telling struct {
	Cloud  string   `json:"cloud"`
	Host   string   `json:"host"`
	Owners []owner  `json:"owners,omitempty"` // who is told, and what
	Lost   []string `json:"lost,omitempty"`   // who cannot be, a phrase each
	Child  string   `json:"child,omitempty"`  // the job that tells them
	Sent   int      `json:"sent,omitempty"`   // how many were told
}

const (
	maxOwners  = 150
	maxServers = 5000 // on one host
	maxText    = 4000 // bytes of what one owner is told
)

// Step implements job.Stepper.
func (n *notifier) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	at := &telling{}
	if _, err := run.Load(at); err != nil {
		return job.Outcome{}, err
	}
	args := command.Values(run.Job().Args)
	switch {
	case args.Bool("send"):
		return n.deliver(ctx, run, at)
	case at.Child != "":
		return n.await(ctx, run, at)
	case at.Sent > 0:
		return n.send(ctx, run, at)
	}
	if err := n.prepare(ctx, run, at); err != nil {
		return n.verdict(run, err)
	}
	return n.propose(ctx, run, at)
}

// prepare finds the owners and composes what they are told.
func (n *notifier) prepare(ctx context.Context, run *job.Run, at *telling) error {
	args := command.Values(run.Job().Args)
	message, err := n.template(args.String("template"))
	if err != nil {
		return err
	}
	clouds, _, err := n.hosting(args.String("cloud"), notifyWords, who(run.Job()))
	if err != nil {
		return err
	}
	h, err := n.host(ctx, clouds, args.String("host"))
	if err != nil {
		return err
	}
	*at = telling{Cloud: h.cloud.Name(), Host: chat.OneLine(h.Host)}
	f := &finder{Questions: n.Questions, cloud: h.cloud, slack: true, mail: true}
	f.seen, _ = eye(h.cloud)
	for name, wanted := range map[string]*bool{"slack": &f.slack, "mail": &f.mail} {
		if args.Has(name) {
			*wanted = args.Bool(name)
		}
	}
	owners, err := n.owners(ctx, f, h.Service.Host)
	if err != nil {
		return err
	}
	values := map[string]any{
		"host": at.Host, "cloud": at.Cloud, "what": args.String("what"), "description": args.String("description"), "when": n.when(args.String("when")),
	}
	for _, o := range owners {
		if len(o.Addresses) == 0 {
			at.Lost = append(at.Lost, fmt.Sprintf("%s (%s)", o.Name, strings.Join(o.Servers, ", ")))
			continue
		}
		if o.Text, err = message.text(values, o); err != nil {
			return err
		}
		at.Owners = append(at.Owners, o)
	}
	return nil
}

// owners are those of the servers on a host, sorted by name.
func (n *notifier) owners(ctx context.Context, f *finder, service string) ([]owner, error) {
	client, err := f.seen.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	byKey, total := map[string]*owner{}, 0
	var failed error
	err = servers(ctx, client, url.Values{"all_tenants": {"1"}, "host": {service}}, func(s *server) bool {
		if total++; total > maxServers {
			failed = refuse(command.CodeConflict, fmt.Sprintf("There are more than %d servers on it.", maxServers))
			return false
		}
		var one owner
		if one, failed = f.of(ctx, s); failed != nil {
			return false
		}
		if byKey[one.Key] == nil {
			byKey[one.Key] = &one
		}
		byKey[one.Key].Servers = append(byKey[one.Key].Servers, chat.Brief(s.Name, 60))
		return true
	})
	if err := errors.Join(failed, err); err != nil {
		return nil, err
	}
	if len(byKey) > maxOwners {
		return nil, refuse(command.CodeConflict, fmt.Sprintf("The servers on it have %d owners; %d are the most that are told at once.", len(byKey), maxOwners))
	}
	owners := make([]owner, 0, len(byKey))
	for _, key := range sorted(byKey) {
		o := *byKey[key]
		slices.Sort(o.Servers)
		owners = append(owners, o)
	}
	slices.SortStableFunc(owners, func(a, b owner) int { return strings.Compare(a.Name, b.Name) })
	return owners, nil
}

// propose shows what would be told, and asks for a sign-off.
func (n *notifier) propose(ctx context.Context, run *job.Run, at *telling) (job.Outcome, error) {
	j := run.Job()
	args := command.Values(j.Args)
	say := at.preview()
	switch {
	case len(at.Owners)+len(at.Lost) == 0:
		return job.Done(at.result()), run.Say(ctx, "There is no server on %s at %s: nobody is to be told.", at.Host, at.Cloud)
	case args.Bool("test"):
		return job.Done(at.result()), run.Save(ctx, job.Change{Say: append(say, "This was a test: nobody was told.")})
	case len(at.Owners) == 0:
		return job.Fail("Nobody can be told: openstack.owners.projects and .users in the configuration say where people are.", at.result()), run.Save(ctx, job.Change{Say: say})
	case n.set.Owners.NoSignoff:
		if err := run.Save(ctx, job.Change{Checkpoint: at, Say: say}); err != nil {
			return job.Outcome{}, err
		}
		return n.send(ctx, run, at)
	}
	// What was shown is what is told: it is kept before anybody can agree to it.
	if err := run.Save(ctx, job.Change{Checkpoint: at}); err != nil {
		return job.Outcome{}, err
	}
	sent := map[string]any{"send": true}
	for _, name := range []string{"host", "template", "cloud"} {
		if args.Has(name) {
			sent[name] = args.String(name)
		}
	}
	signoff := n.set.Owners.Signoff
	if signoff == nil {
		signoff = &command.SignoffSpec{Need: 1}
	}
	got, err := n.handIn(ctx, run, "send", command.Envelope{
		Command: notifyWords, Args: sent, Signoff: signoff,
		Opening: fmt.Sprintf("This tells %s about %s at %s, as %s shows it.", chat.Count(len(at.Owners), "owner"), at.Host, at.Cloud, j.ID),
	})
	switch {
	case err != nil:
		return job.Outcome{}, err
	case got.Job == "":
		return job.Fail("It cannot be sent: "+full(got.Why)+" Nobody was told.", at.result()), run.Save(ctx, job.Change{Say: say})
	}
	at.Child = got.Job
	say = append(say, fmt.Sprintf("%s tells them, once somebody says: approve %s", got.Job, got.Job))
	return job.Wait(time.Minute), run.Save(ctx, job.Change{
		Checkpoint: at, Say: say,
		Offers: []job.Offer{{Title: "Tell them", Text: "approve " + got.Job}, {Title: "Do not", Text: "cancel " + got.Job}},
	})
}

func (at *telling) result() map[string]any {
	var told []string
	for i, o := range at.Owners {
		if i < at.Sent {
			told = append(told, o.Name)
		}
	}
	return map[string]any{"cloud": at.Cloud, "host": at.Host, "told": told, "lost": at.Lost}
}

// await waits for the job that tells them.
func (n *notifier) await(ctx context.Context, run *job.Run, at *telling) (job.Outcome, error) {
	child, err := n.jobs.Get(ctx, at.Child)
	if err != nil && !errors.Is(err, job.ErrNotFound) {
		return job.Outcome{}, err
	}
	if child != nil && !child.State.Final() {
		return job.Wait(time.Minute), nil
	}
	if err := run.Save(ctx, job.Change{Offers: []job.Offer{}}); err != nil { // somebody has decided, or nobody will
		return job.Outcome{}, err
	}
	switch {
	case child == nil:
		return job.Fail("What became of "+at.Child+" is not known any more.", at.result()), nil
	case child.State == job.Succeeded:
		return job.Done(child.Result), nil
	case child.Started.IsZero():
		return job.Fail("Nobody was told: "+at.Child+" was not signed off.", at.result()), nil
	}
	return job.Fail(fmt.Sprintf("%s ended %s. %s", child.ID, child.State, full(child.Error)), at.result()), nil
}
