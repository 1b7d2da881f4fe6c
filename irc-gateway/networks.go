package main

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/handsoff/handsoff/irc-gateway/link"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/irc"
)

// networks are the links to those that the configuration names. They follow it: a network that comes is connected to, one that goes is
// left, and so are channels; whatever else changes of a network connects to that one anew.
type networks struct {
	link func(network *irc.Network) *link.Link // makes one

	mu       sync.Mutex
	platform *function.Platform // with the configuration that holds
	running  map[string]*running
}

// running is a link that runs.
type running struct {
	*link.Link

	stop context.CancelFunc
	over chan struct{} // closed when it has ended
}

// use has what the platform's configuration says of networks hold, until ctx ends.
func (n *networks) use(ctx context.Context, p *function.Platform) error {
	section, err := irc.Read(p.Config)
	if err != nil {
		return err
	}
	wanted := map[string]*irc.Network{}
	if section != nil {
		for _, network := range section.Networks {
			wanted[network.Name] = network
		}
	}
	n.part(ctx, wanted)
	if err := forget(ctx, p, wanted); err != nil {
		p.Log.WarnContext(ctx, "forget what was left", "error", err) // it is forgotten with the next change or start
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.platform = p
	for name, network := range wanted {
		if r := n.running[name]; r != nil {
			r.SetChannels(network.Channels)
			continue
		}
		n.running[name] = start(ctx, n.link(network))
	}
	return nil
}

// part leaves the networks that are not wanted as they are, side by side, and waits until they have been left.
func (n *networks) part(ctx context.Context, wanted map[string]*irc.Network) {
	n.mu.Lock()
	gone := map[string]*running{}
	for name, r := range n.running {
		if !same(r.Network, wanted[name]) {
			gone[name] = r
			delete(n.running, name)
		}
	}
	n.mu.Unlock()
	var all sync.WaitGroup
	for name, r := range gone {
		if wanted[name] == nil && ctx.Err() == nil { // else it is connected to again, by us or by who comes after us
			r.Leave()
		}
		all.Go(func() {
			r.stop()
			<-r.over
		})
	}
	all.Wait()
}

// forget takes down which networks are wanted, and forgets those that were and are not any more, be it since this process runs or since
// before: one that comes back is new.
func forget(ctx context.Context, p *function.Platform, wanted map[string]*irc.Network) error {
	known, err := irc.Entered(ctx, p.Redis)
	if err != nil {
		return err
	}
	for name := range wanted {
		err = errors.Join(err, irc.NewState(p.Redis, name).Enter(ctx))
	}
	for _, name := range known {
		if wanted[name] == nil {
			p.Log.InfoContext(ctx, "a network is left", "network", name)
			err = errors.Join(err, closeGaps(ctx, p, name), irc.NewState(p.Redis, name).Forget(ctx))
		}
	}
	return err
}

// closeGaps closes what is open of a network that is left: nobody is going to read what was said there.
func closeGaps(ctx context.Context, p *function.Platform, network string) error {
	const most = 100 // there is one; others would be a fault
	gaps, err := gap.List(ctx, p.Redis, link.Source(network), most)
	for _, g := range gaps {
		if g.Closed.IsZero() {
			err = errors.Join(err, gap.Close(ctx, p.Redis, g.ID, gap.Closing{How: "the network was taken out of the configuration", Lost: "what was said to me there"}))
		}
	}
	return err
}

// same reports whether a network, but for its channels, is as it is wanted.
func same(network, wanted *irc.Network) bool {
	if wanted == nil {
		return false
	}
	one, other := *network, *wanted
	one.Channels, other.Channels = nil, nil
	return reflect.DeepEqual(one, other)
}

// start runs a link until ctx ends or it is stopped.
func start(ctx context.Context, l *link.Link) *running {
	ctx, stop := context.WithCancel(ctx)
	r := &running{Link: l, stop: stop, over: make(chan struct{})}
	go func() {
		defer close(r.over)
		r.Run(ctx)
	}()
	return r
}

// tell tells those who run the bot, as the configuration names them now.
func (n *networks) tell(ctx context.Context, key, text string) error {
	n.mu.Lock()
	p := n.platform
	n.mu.Unlock()
	return p.Teller("The irc-gateway tells what those should know who run the bot.")(ctx, key, text)
}

// wrong says what keeps them from their work, a line each.
func (n *networks) wrong() (wrong []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(n.running)) {
		wrong = append(wrong, n.running[name].Wrong()...)
	}
	return wrong
}

// names are those of the networks and their servers.
func (n *networks) names() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []string
	for _, name := range slices.Sorted(maps.Keys(n.running)) {
		list = append(list, name+" ("+n.running[name].Network.Server+")")
	}
	return strings.Join(list, ", ")
}
