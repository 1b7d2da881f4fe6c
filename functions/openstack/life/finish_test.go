package life

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/job"
)

// What takes several requests, and got only the first of them before the answer was lost, is finished; it is not made again.
func TestWhatWasBegunIsFinished(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.reset()
	refusals := 2
	b.world.luck = func(op, kind, item string) luck {
		switch {
		case op == "make" && item == "net.inside.port1":
			return half
		case op == "finish" && refusals > 0:
			refusals--
			return busy
		}
		return well
	}
	b.made("openstack env create demo")
	asked := 0
	for _, call := range b.world.calls {
		if call == "make net.inside.port1" {
			asked++
		}
	}
	if asked != 1 || !slices.Contains(b.world.calls, "finish net.inside.port1") || len(b.world.marked()) != 8 {
		t.Errorf("asked for %d times, then %v; there are %s", asked, b.world.calls, b.world.marked())
	}
	b.made("openstack env delete demo")
	b.bare("finished")
}

// What cannot be finished is said, and taken back with the rest.
func TestWhatCannotBeFinishedIsTakenBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.world.luck = func(op, kind, item string) luck {
		switch {
		case op == "make" && item == "net.inside.port1":
			return half
		case op == "finish":
			return refused
		}
		return well
	}
	j := b.run(b.accept("openstack env create demo"))
	if j.State != job.Failed || !strings.Contains(j.Error, "could not be finished") || !strings.Contains(j.Error, "policy does not allow it") {
		t.Errorf("%s: %s", j.State, j.Error)
	}
	b.bare("not finished")
}

// A project of its own that was begun, and of which we are no member, keeps nothing from being taken back.
func TestAProjectThatWasBegunIsTakenBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(configured + `
    owned:
      project: {quota: {servers: 3}}
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}]}}
`)
	b.world.luck = func(op, kind, item string) luck {
		switch {
		case op == "make" && kind == resource.KindProject:
			return half
		case op == "finish", op == "find" && kind != resource.KindProject:
			return refused
		}
		return well
	}
	j := b.run(b.acceptAs("telnet:root", "openstack env create demo template=owned"))
	if j.State != job.Failed || !strings.Contains(j.Error, "project demo could not be finished") || strings.Contains(j.Error, "Taken back but for") {
		t.Errorf("%s: %s", j.State, j.Error)
	}
	b.bare("a project that was begun")
}

// How long it took is told as people tell times: what is the same to them is not a span.
func TestHowLongItTook(t *testing.T) {
	t.Parallel()
	for want, took := range map[string][]time.Duration{
		"":                                     {4 * time.Second},
		", as it did each of the last 2 times": {4*time.Second + 20*time.Millisecond, 4*time.Second + 10*time.Millisecond},
		"; of the last 3 times between 4 s and 1 m": {9 * time.Second, time.Minute, 4 * time.Second},
	} {
		if got := between(took); got != want {
			t.Errorf("%v: %q, want %q", took, got, want)
		}
	}
}
