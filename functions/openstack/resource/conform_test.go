package resource_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// lab is a cloud to make things in. What is made is taken back at the end of the test, in the reverse order.
type lab struct {
	tb      testing.TB
	cloud   *cloud.Cloud
	sandbox *sandbox.Server // nil on a real one
	env     string
	made    []resource.Thing
}

func newLab(tb testing.TB) *lab {
	tb.Helper()
	clouds, server := cloudtest.Clouds(tb)
	l := &lab{tb: tb, cloud: cloudtest.Lab(tb, clouds), sandbox: server, env: fmt.Sprintf("g2-%06x", rand.Uint32()>>8)}
	tb.Cleanup(l.takeBack)
	return l
}

// services skips a test where the cloud has not got them all.
func (l *lab) services(of ...cloud.Service) {
	l.tb.Helper()
	for _, one := range of {
		has, err := l.cloud.Has(l.tb.Context(), one)
		if err != nil {
			l.tb.Fatal(err)
		}
		if !has {
			l.tb.Skipf("this cloud has no %s service", one)
		}
	}
}

// takes are the services that a kind takes.
func takes(kind string) []cloud.Service {
	switch kind {
	case resource.KindStack:
		return []cloud.Service{cloud.Orchestration}
	case resource.KindNetwork, resource.KindSubnet, resource.KindRouter, resource.KindRouterPort, resource.KindSecGroup:
		return []cloud.Service{cloud.Network}
	case resource.KindVolume:
		return []cloud.Service{cloud.Volume}
	}
	return []cloud.Service{cloud.Compute, cloud.Network} // also a project, by its quota
}

// at is the cloud as a kind takes it.
func (l *lab) at(kind string) *cloud.Cloud {
	if kind != resource.KindProject {
		return l.cloud
	}
	admin, err := l.cloud.Admin()
	if err != nil {
		l.tb.Fatal(err)
	}
	return admin
}

func (l *lab) kind(kind string) resource.Kind {
	l.tb.Helper()
	k, ok := resource.Of(kind)
	if !ok {
		l.tb.Fatalf("there is no kind %s", kind)
	}
	return k
}

// wish is a wish for an item; spec is a spec's JSON or a spec.
func (l *lab) wish(kind, item string, spec any, uses map[string]string) resource.Wish {
	l.tb.Helper()
	l.services(takes(kind)...)
	text, err := json.Marshal(spec)
	if err != nil {
		l.tb.Fatal(err)
	}
	w := resource.Wish{Kind: kind, Item: item, Spec: text, Uses: uses, Mark: resource.Mark{Env: l.env, Job: "j" + l.env, Item: item}}
	settled, mistakes, err := resource.NewNames(l.at(kind)).Settle(l.tb.Context(), []resource.Wish{w})
	if err != nil || len(mistakes) > 0 {
		l.tb.Fatalf("settling %s: %v %v", item, mistakes, err)
	}
	return settled[0]
}

func (l *lab) make(w resource.Wish) resource.Thing {
	l.tb.Helper()
	thing, err := l.kind(w.Kind).Make(l.tb.Context(), l.at(w.Kind), w)
	if err != nil {
		l.tb.Fatalf("making %s: %v", w.Item, err)
	}
	if thing.ID == "" || thing.Kind != w.Kind || thing.Mark != w.Mark {
		l.tb.Fatalf("made %+v", thing)
	}
	l.made = append(l.made, thing)
	return thing
}

// ready makes a thing and waits until it is ready.
func (l *lab) ready(w resource.Wish) resource.Thing {
	l.tb.Helper()
	return l.until(l.make(w), resource.Ready)
}

func (l *lab) find(kind, item string) []resource.Thing {
	l.tb.Helper()
	found, err := l.kind(kind).Find(l.tb.Context(), l.at(kind), resource.Mark{Env: l.env, Item: item})
	if err != nil {
		l.tb.Fatalf("finding %s %s: %v", kind, item, err)
	}
	return found
}

func (l *lab) look(kind string, ids ...string) map[string]resource.Thing {
	l.tb.Helper()
	things, err := l.kind(kind).Look(l.tb.Context(), l.at(kind), ids)
	if err != nil {
		l.tb.Fatalf("looking at %s %v: %v", kind, ids, err)
	}
	return things
}

// until waits until a thing is in a state; it may take as long as a real cloud takes.
func (l *lab) until(thing resource.Thing, want resource.State) resource.Thing {
	l.tb.Helper()
	ctx, cancel := context.WithTimeout(l.tb.Context(), 10*time.Minute)
	defer cancel()
	for {
		now := l.look(thing.Kind, thing.ID)[thing.ID]
		if now.State == want {
			return now
		}
		if now.State == resource.Failed && want == resource.Ready {
			l.tb.Fatalf("%s failed: %s", thing.Name, now.Why)
		}
		select {
		case <-ctx.Done():
			l.tb.Fatalf("%s is %s (%v), and not %s", thing.Name, now.State, now.Facts, want)
		case <-time.After(pace()):
		}
	}
}

func pace() time.Duration {
	if cloudtest.Real() {
		return 300 * time.Millisecond
	}
	return 10 * time.Millisecond
}

// gone deletes a thing, asking again as long as it is in use, and waits until it is gone.
func (l *lab) gone(thing resource.Thing) {
	l.tb.Helper()
	l.delete(context.WithoutCancel(l.tb.Context()), thing)
	l.made = slices.DeleteFunc(l.made, func(t resource.Thing) bool { return t.Kind == thing.Kind && t.ID == thing.ID })
}

func (l *lab) delete(ctx context.Context, thing resource.Thing) {
	l.tb.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	asked := false
	for {
		if !asked {
			err := l.kind(thing.Kind).Delete(ctx, l.at(thing.Kind), thing)
			if err != nil && !cloud.Is(err, cloud.Conflict) {
				l.tb.Errorf("deleting %s %s: %v", thing.Kind, thing.Name, err)
				return
			}
			asked = err == nil
		}
		now, err := l.kind(thing.Kind).Look(ctx, l.at(thing.Kind), []string{thing.ID})
		if err != nil {
			l.tb.Errorf("looking at %s %s: %v", thing.Kind, thing.Name, err)
			return
		}
		if now[thing.ID].State == resource.Absent {
			return
		}
		select {
		case <-ctx.Done():
			l.tb.Errorf("%s %s is %s and would not go", thing.Kind, thing.Name, now[thing.ID].State)
			return
		case <-time.After(pace()):
		}
	}
}

// takeBack deletes what the test left.
func (l *lab) takeBack() {
	for _, thing := range slices.Backward(l.made) {
		l.delete(context.Background(), thing)
	}
}

// lives plays a kind's whole life: made, found, looked at until it is ready, deleted, looked at until it is gone; and nothing is found then.
func (l *lab) lives(w resource.Wish) resource.Thing {
	l.tb.Helper()
	if found := l.find(w.Kind, w.Item); len(found) > 0 {
		l.tb.Fatalf("before anything was made, found %+v", found)
	}
	made := l.make(w)
	found := l.find(w.Kind, w.Item)
	if len(found) != 1 || found[0].ID != made.ID || found[0].Mark.Env != l.env || found[0].Mark.Item != w.Item || found[0].Name != made.Name {
		l.tb.Fatalf("made %+v, found %+v", made, found)
	}
	if others := l.find(w.Kind, "another"); len(others) > 0 {
		l.tb.Fatalf("found %+v for another item", others)
	}
	marked, err := l.kind(w.Kind).Find(l.tb.Context(), l.at(w.Kind), resource.Mark{})
	if err != nil || !slices.ContainsFunc(marked, func(t resource.Thing) bool { return t.ID == made.ID }) {
		l.tb.Fatalf("the sweep does not find it: %+v %v", marked, err)
	}
	ready := l.until(made, resource.Ready)
	absent := l.look(w.Kind, made.ID, absentID(made.ID))
	if len(absent) != 2 || absent[made.ID].State != resource.Ready || absent[absentID(made.ID)].State != resource.Absent {
		l.tb.Fatalf("looked at what is there and what is not: %+v", absent)
	}
	l.gone(made)
	if err := l.kind(w.Kind).Delete(l.tb.Context(), l.at(w.Kind), made); err != nil {
		l.tb.Fatalf("deleting what is gone: %v", err)
	}
	if found := l.find(w.Kind, w.Item); len(found) > 0 && found[0].State != resource.Going {
		l.tb.Fatalf("after it was gone, found %+v", found)
	}
	return ready
}

// absentID is an id in the form of another one, of nothing.
func absentID(id string) string {
	changed := []byte(id)
	for i, c := range changed {
		if strings.ContainsRune("0123456789abcdef", rune(c)) {
			changed[i] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", c)+1)%16]
		}
	}
	return string(changed)
}
