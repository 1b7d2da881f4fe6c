package life

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// world is a cloud as the kinds of things see it: it knows what needs what, takes its time, and fails to order. It is small
// enough to be asked thousands of times; the sandbox is used where requests matter.
type world struct {
	mu     sync.Mutex
	now    func() time.Time
	things map[string]*body // by id
	last   int
	calls  []string // "make server demo-web"
	luck   func(op, kind, item string) luck
	life   *jobtest.Life     // of the process that asks; nil for one that does not die
	order  []string          // what was deleted, in its order, by item
	inner  []string          // the ids of the servers in every stack
	told   map[string]string // the outputs of every stack
	bare   bool              // nothing has an address yet
	single bool              // what is there, or on its way, is refused a second time
}

// body is a thing.
type body struct {
	resource.Thing

	uses    []string
	appears time.Time // when it is there
	ready   time.Time
	gone    time.Time // when it will be; zero before it was told to go
	stuck   bool
	off     bool              // stopped
	told    map[string]string // its metadata
	env     string
}

// luck is what befalls a request.
type luck string

const (
	well    luck = ""
	refused luck = "refused" // for good
	full    luck = "full"    // over the quota
	busy    luck = "busy"    // asked to come again; nothing was done
	lost    luck = "lost"    // done, and the answer is lost
	late    luck = "late"    // the answer is lost, and it is done a while later
	never   luck = "never"   // the answer is lost, and it was not done
	half    luck = "half"    // the answer is lost, and the rest of it was not done
	silence luck = "silence" // asked to come again half a minute later
	lies    luck = "lies"    // said to be done, or to be gone, and it is not
	failing luck = "failing" // what is made fails
	stuck   luck = "stuck"   // what is told to go stays
	taken   luck = "in use"  // a delete is refused for now
)

func newWorld(now func() time.Time) *world {
	return &world{now: now, things: map[string]*body{}, luck: func(string, string, string) luck { return well }}
}

// kindOf is how a kind of thing is in it.
func (w *world) kindOf(name string) (resource.Kind, bool) {
	return worldly{w, name}, slices.Contains(resource.Kinds(), name)
}

type worldly struct {
	w    *world
	kind string
}

var _ resource.Kind = worldly{}

// call is one request: the process that asks may die around it.
func (k worldly) call(ctx context.Context, name string, do func() error) (err error) {
	if cause := context.Cause(ctx); cause != nil {
		return &cloud.Fault{Kind: cloud.Lost, Cloud: "lab", Message: "nobody waits for the answer", Err: cause}
	}
	w := k.w
	run := func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.calls = append(w.calls, name)
		err = do()
	}
	if w.life == nil {
		run()
		return err
	}
	if dead := w.life.Call(ctx, name, run); dead != nil {
		return &cloud.Fault{Kind: cloud.Lost, Cloud: "lab", Message: "the process has died", Err: dead}
	}
	return err
}

func faultOf(kind cloud.Kind, message string) error {
	return &cloud.Fault{Kind: kind, Cloud: "lab", Message: message}
}

const (
	bootTime = 3 * time.Second
	goTime   = 2 * time.Second
	lateness = 8 * time.Second
)

// slowKinds take their time to be made, and to go.
var slowKinds = []string{resource.KindServer, resource.KindVolume, resource.KindStack}

func (k worldly) Make(ctx context.Context, _ *cloud.Cloud, wish resource.Wish) (made resource.Thing, err error) {
	err = k.call(ctx, "make "+wish.Item, func() error {
		if !wish.Mark.Valid() || wish.Mark.Item != wish.Item || wish.Kind != k.kind {
			return faultOf(cloud.Invalid, "a wish without its mark")
		}
		what := k.w.luck("make", k.kind, wish.Item)
		switch what {
		case refused:
			return faultOf(cloud.Forbidden, "policy does not allow it")
		case full:
			return faultOf(cloud.Quota, "Quota exceeded")
		case busy:
			return &cloud.Fault{Kind: cloud.Busy, Cloud: "lab", After: time.Second}
		case never:
			return faultOf(cloud.Lost, "")
		}
		for _, b := range k.w.things {
			if k.w.single && b.Mark.Item == wish.Item && b.gone.IsZero() {
				return faultOf(cloud.Conflict, "its port has an address already")
			}
		}
		var uses []string
		for item, id := range wish.Uses {
			used := k.w.things[id]
			if id == "" || used == nil || k.w.state(used) != resource.Ready {
				return faultOf(cloud.Invalid, fmt.Sprintf("%s needs %s, which is not there (%q)", wish.Item, item, id))
			}
			uses = append(uses, id)
		}
		made = k.w.add(k.kind, wish, uses, what)
		if what == lost || what == late || what == half {
			return faultOf(cloud.Lost, "")
		}
		return nil
	})
	if err != nil {
		return resource.Thing{}, err
	}
	return made, nil
}

// Finish implements resource.Finisher.
func (k worldly) Finish(ctx context.Context, _ *cloud.Cloud, wish resource.Wish, id string) (done resource.Thing, err error) {
	err = k.call(ctx, "finish "+wish.Item, func() error {
		b := k.w.things[id]
		if b == nil || b.Mark.Item != wish.Item {
			return faultOf(cloud.NotFound, "there is nothing to finish")
		}
		switch k.w.luck("finish", k.kind, wish.Item) {
		case refused:
			return faultOf(cloud.Forbidden, "policy does not allow it")
		case busy, never:
			return faultOf(cloud.Busy, "")
		}
		b.Unfinished, b.Why = false, ""
		done = k.w.show(b)
		return nil
	})
	return done, err
}

func (w *world) add(kind string, wish resource.Wish, uses []string, what luck) resource.Thing {
	w.last++
	id := fmt.Sprintf("id-%d", w.last)
	now := w.now()
	b := &body{
		Thing: resource.Thing{Kind: kind, ID: id, Name: wish.Name, Mark: wish.Mark, Made: now}, uses: uses, env: wish.Mark.Env, appears: now, ready: now,
	}
	if kind == resource.KindServer || kind == resource.KindFloatingIP {
		b.Addresses = []string{fmt.Sprintf("10.0.0.%d", w.last%250+1)}
	}
	if slices.Contains(slowKinds, kind) {
		b.ready = now.Add(bootTime)
	}
	if what == late {
		b.appears = now.Add(lateness)
		b.ready = b.ready.Add(lateness)
	}
	if what == half {
		b.Unfinished, b.Why = true, "it was not finished"
	}
	if what == failing {
		b.Why = "No valid host was found"
	}
	w.things[id] = b
	return w.show(b)
}

func (w *world) state(b *body) resource.State {
	now := w.now()
	switch {
	case now.Before(b.appears):
		return resource.Absent
	case !b.gone.IsZero() && !b.stuck && !now.Before(b.gone):
		return resource.Absent
	case !b.gone.IsZero():
		return resource.Going
	case now.Before(b.ready):
		return resource.Building
	case b.Why != "":
		return resource.Failed
	case b.off:
		return resource.Stopped
	}
	return resource.Ready
}

func (w *world) show(b *body) resource.Thing {
	shown := b.Thing
	shown.State = w.state(b)
	if w.bare {
		shown.Addresses = nil
	}
	return shown
}

func (k worldly) Find(ctx context.Context, _ *cloud.Cloud, m resource.Mark) (found []resource.Thing, err error) {
	err = k.call(ctx, "find "+k.kind, func() error {
		switch k.w.luck("find", k.kind, "") {
		case well:
		case refused:
			return faultOf(cloud.Denied, "we are no member of the project")
		default:
			return faultOf(cloud.Away, "connection refused")
		}
		for _, b := range k.w.things {
			if b.Kind == k.kind && k.w.state(b) != resource.Absent && b.Mark.Bears(m) {
				found = append(found, k.w.show(b))
			}
		}
		slices.SortFunc(found, func(a, b resource.Thing) int {
			if c := a.Made.Compare(b.Made); c != 0 {
				return c
			}
			return strings.Compare(a.ID, b.ID)
		})
		return nil
	})
	return found, err
}

func (k worldly) Look(ctx context.Context, _ *cloud.Cloud, ids []string) (map[string]resource.Thing, error) {
	found := map[string]resource.Thing{}
	err := k.call(ctx, "look at "+k.kind, func() error {
		if k.w.luck("look", k.kind, "") != well {
			return faultOf(cloud.Broken, "internal server error")
		}
		for _, id := range ids {
			if b := k.w.things[id]; b != nil && k.w.luck("see", k.kind, b.Mark.Item) != lies {
				found[id] = k.w.show(b)
			} else {
				found[id] = resource.Thing{ID: id, State: resource.Absent}
			}
		}
		return nil
	})
	return found, err
}

func (k worldly) Delete(ctx context.Context, _ *cloud.Cloud, t resource.Thing) error {
	return k.call(ctx, "delete "+t.Mark.Item, func() error {
		b := k.w.things[t.ID]
		if b == nil || k.w.state(b) == resource.Absent {
			return nil
		}
		what := k.w.luck("delete", k.kind, t.Mark.Item)
		switch what {
		case refused:
			return faultOf(cloud.Forbidden, "it is protected")
		case busy, never:
			return faultOf(cloud.Busy, "")
		case silence:
			return &cloud.Fault{Kind: cloud.Busy, Cloud: "lab", After: 30 * time.Second}
		case taken:
			return faultOf(cloud.Conflict, "something still uses it")
		case lies:
			return nil
		}
		for _, other := range k.w.things {
			if k.w.state(other) != resource.Absent && slices.Contains(other.uses, t.ID) {
				return faultOf(cloud.Conflict, fmt.Sprintf("%s still uses it", other.Mark.Item))
			}
		}
		if b.gone.IsZero() {
			k.w.order = append(k.w.order, t.Mark.Item)
			b.gone = k.w.now()
			if slices.Contains(slowKinds, k.kind) {
				b.gone = b.gone.Add(goTime)
			}
		}
		b.stuck = b.stuck || what == stuck
		if what == lost || what == late {
			return faultOf(cloud.Lost, "")
		}
		return nil
	})
}

// marked are the things that are there, or will be, as "item id".
func (w *world) marked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, b := range w.things {
		if (w.state(b) != resource.Absent || w.now().Before(b.appears)) && b.Mark.Env != "" {
			list = append(list, b.Mark.Item+" "+b.ID)
		}
	}
	slices.Sort(list)
	return list
}

// ground is what it has for a plan: everything.
func (w *world) ground(_ context.Context, _ *cloud.Cloud, wishes []resource.Wish, _ bool) (ground, error) {
	g := ground{wishes: wishes}
	for _, wish := range wishes {
		var spec map[string]json.RawMessage
		if err := json.Unmarshal(wish.Spec, &spec); err != nil {
			return g, err
		}
	}
	return g, nil
}

// Press implements machinery: a server takes its time.
func (w *world) Press(ctx context.Context, _ *cloud.Cloud, id string, want resource.State) error {
	return worldly{w, resource.KindServer}.call(ctx, "press "+string(want), func() error {
		b := w.things[id]
		if b == nil || w.state(b) == resource.Absent {
			return faultOf(cloud.NotFound, "there is no such server")
		}
		what := w.luck("press", b.Kind, b.Mark.Item)
		switch {
		case w.state(b) == resource.Building:
			return faultOf(cloud.Conflict, "it is at work")
		case what == refused:
			return faultOf(cloud.Forbidden, "policy does not allow it")
		case what == busy:
			return faultOf(cloud.Busy, "")
		}
		b.off, b.ready = want == resource.Stopped, w.now().Add(goTime)
		if what == lost {
			return faultOf(cloud.Lost, "")
		}
		return nil
	})
}

// Within implements machinery.
func (w *world) Within(ctx context.Context, _ *cloud.Cloud, stack resource.Thing) (servers []resource.Thing, err error) {
	err = worldly{w, resource.KindStack}.call(ctx, "look into "+stack.Name, func() error {
		if w.luck("look", resource.KindStack, "") != well {
			return faultOf(cloud.Broken, "internal server error")
		}
		for _, id := range w.inner {
			servers = append(servers, resource.Thing{Kind: resource.KindServer, ID: id, Name: "in-" + id})
		}
		return nil
	})
	return servers, err
}

// Outputs implements machinery.
func (w *world) Outputs(ctx context.Context, _ *cloud.Cloud, stack resource.Thing) (outputs map[string]string, err error) {
	err = worldly{w, resource.KindStack}.call(ctx, "outputs of "+stack.Name, func() error {
		if w.luck("outputs", resource.KindStack, "") != well {
			return faultOf(cloud.Broken, "internal server error")
		}
		outputs = maps.Clone(w.told)
		return nil
	})
	return outputs, err
}

// Metadata implements machinery.
func (w *world) Metadata(ctx context.Context, _ *cloud.Cloud, id string) (metadata map[string]string, err error) {
	err = worldly{w, resource.KindServer}.call(ctx, "metadata", func() error {
		b := w.things[id]
		if b == nil || w.state(b) == resource.Absent {
			return faultOf(cloud.NotFound, "there is no such server")
		}
		metadata = maps.Clone(b.told)
		return nil
	})
	return metadata, err
}

// Rebuild implements machinery.
func (w *world) Rebuild(ctx context.Context, _ *cloud.Cloud, id, _, _ string, metadata map[string]string) error {
	return worldly{w, resource.KindServer}.call(ctx, "rebuild", func() error {
		b := w.things[id]
		switch {
		case b == nil || w.state(b) == resource.Absent:
			return faultOf(cloud.NotFound, "there is no such server")
		case w.state(b) == resource.Building:
			return faultOf(cloud.Conflict, "it is at work")
		}
		b.told, b.ready = maps.Clone(metadata), w.now().Add(bootTime)
		if w.luck("rebuild", b.Kind, b.Mark.Item) == lost {
			return faultOf(cloud.Lost, "")
		}
		return nil
	})
}
