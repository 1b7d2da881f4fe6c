package question

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cloudtest.Whole(t, b.clouds)
	j := b.finished(b.accept("telnet:vera", verifyWords, map[string]any{"cloud": "lab"}))
	b.ends(j, job.Succeeded, "✓ token: demo in the project demo", "✓ catalogue: ", "✓ endpoint of compute", "✓ endpoint of network", "✓ compute services: ", "✓ lab is well: ")
	if len(j.Parts) < 8 {
		t.Errorf("%+v", j.Parts)
	}
	b.ends(b.finished(b.accept("telnet:vera", verifyWords, map[string]any{"cloud": "lab", "full": true})), job.Failed, "needs the role operator")
	b.ends(b.finished(b.accept("telnet:vera", verifyWords, map[string]any{"cloud": "lav"})), job.Failed, `There is no cloud “lav”. Did you mean lab?`)
}

// TestVerifyInFull: an environment is asked for and given back as children, with the asker's name.
func TestVerifyInFull(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cloudtest.Whole(t, b.clouds)
	asked := b.accept("telnet:otto", verifyWords, map[string]any{"cloud": "lab", "full": true})
	b.step(asked)
	if len(b.envelopes) != 1 {
		t.Fatalf("%+v\n%s", b.envelopes, b.story(asked))
	}
	e := b.envelopes[0]
	if e.Command != createWords || e.Principal != "telnet:otto" || e.Parent != asked || e.Args["name"] != "verify-"+asked || e.Args["template"] != "small" || e.Args["cloud"] != "lab" {
		t.Errorf("%+v", e)
	}
	b.steps(asked)
	b.ends(b.job(asked), job.Succeeded, "✓ reach web-1: 10.0.0.3 answers a ping", "✓ reach web-2: 203.0.113.4 answers a ping", "an environment was made, reached and given back.")
	b.settled(asked, job.Succeeded)
	if last := b.envelopes[len(b.envelopes)-1]; last.Command != giveBackWords || last.Args["name"] != "verify-"+asked {
		t.Errorf("%+v", last)
	}
}

// TestVerifyReaches: servers are tried at the port that their template says must answer, by a ping where it says none; what was not reached is said, and why.
func TestVerifyReaches(t *testing.T) {
	t.Parallel()
	silent := errors.New("it does not answer a ping")
	for _, test := range []struct {
		template string
		deaf     map[string]error
		state    job.State
		tried    []string
		says     []string
	}{
		{"answering", nil, job.Succeeded, []string{"knock 22 203.0.113.4", "knock 443 10.0.0.3"}, []string{
			"✓ reach web-1: port 443 at 10.0.0.3 answers", "✓ reach web-2: port 22 at 203.0.113.4 answers", "an environment was made, reached and given back.",
		}},
		{"answering", map[string]error{"203.0.113.4": errors.New("port 22 takes no connections")}, job.Failed, []string{"knock 22 203.0.113.4", "knock 443 10.0.0.3"}, []string{
			"✗ reach web-2: port 22 at 203.0.113.4 answered while it was made, and does not any more: port 22 takes no connections",
			"lab is not well: an environment was made and given back; reach web-2: ",
		}},
		{"small", map[string]error{"10.0.0.3": silent}, job.Succeeded, []string{"ping 10.0.0.3", "ping 203.0.113.4"}, []string{
			"– reach web-1: not from here, at 10.0.0.3: it does not answer a ping, and the template names no port", "an environment was made and given back, and 1 of its 2 servers reached.",
		}},
		{"small", map[string]error{"10.0.0.3": resource.ErrNoPing, "203.0.113.4": resource.ErrNoPing}, job.Succeeded, []string{"ping 10.0.0.3", "ping 203.0.113.4"}, []string{
			"– reach web-2: it could not be tried: this machine does not let the function ping", "an environment was made and given back, and not reached (it could not be tried: ",
		}},
	} {
		b := newBench(t)
		cloudtest.Whole(t, b.clouds)
		b.set.Verify.Template, b.deaf = test.template, test.deaf
		asked := b.accept("telnet:otto", verifyWords, map[string]any{"cloud": "lab", "full": true})
		b.steps(asked)
		b.ends(b.job(asked), test.state, test.says...)
		b.settled(asked, job.Succeeded)
		slices.Sort(b.tried)
		if !slices.Equal(b.tried, test.tried) {
			t.Error(test.template, b.tried)
		}
		if last := b.envelopes[len(b.envelopes)-1]; last.Command != giveBackWords {
			t.Errorf("%+v", last)
		}
	}
}

// TestVerifyReachesTheFirstOfMany: of many servers the first are tried, and how many there are is said.
func TestVerifyReachesTheFirstOfMany(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cloudtest.Whole(t, b.clouds)
	b.set.Verify.Template = "many"
	asked := b.accept("telnet:otto", verifyWords, map[string]any{"cloud": "lab", "full": true})
	b.steps(asked)
	b.ends(b.job(asked), job.Succeeded, "Only the first 8 of its 10 servers were tried.", "an environment was made and given back, and 8 of its 10 servers reached.")
	if len(b.tried) != maxReached {
		t.Error(b.tried)
	}
}

// TestOneKnockIsNotEnough: a server that does not answer is tried again until the time is over.
func TestOneKnockIsNotEnough(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), usual.reach)
			defer cancel()
			began, knocks := time.Now(), 0
			r := reacher{knock: func(context.Context, string, int, bool) error {
				if knocks++; answered && knocks == 3 {
					return nil
				}
				return errors.New("port 443 does not answer")
			}}
			c := r.try(ctx, place{name: "web", address: "10.0.0.3", ready: &template.Ready{Port: 443}})
			if answered && (c.Why != "" || c.Note != "port 443 at 10.0.0.3 answers" || knocks != 3) {
				t.Errorf("%d knocks: %+v", knocks, c)
			}
			if took := time.Since(began); !answered && (!strings.HasSuffix(c.Why, ": port 443 does not answer") || took != usual.reach) {
				t.Errorf("after %s: %+v", took, c)
			}
		})
	}
}

// settled checks that the part that is the environment stands as it ended, and nothing as running.
func (b *bench) settled(id string, state job.State) {
	b.Helper()
	parts := b.job(id).Parts
	if last := parts[len(parts)-1]; last.Name != "environment verify-"+id || last.State != string(state) {
		b.Errorf("%+v", last)
	}
}

// steps steps a job and its children until it is over.
func (b *bench) steps(id string) {
	b.Helper()
	b.until(id, func(j *job.Job) bool {
		open, err := jobtest.List(b.Context(), b.store, job.Browse{Open: true})
		if err != nil {
			b.Fatal(err)
		}
		for _, one := range open {
			if one.Parent == id {
				b.step(one.ID)
			}
		}
		return j.State.Final()
	})
}

func TestVerifyInFullThatFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cloudtest.Whole(t, b.clouds)
	b.set.Verify.Template = "broken"
	asked := b.accept("telnet:otto", verifyWords, map[string]any{"cloud": "lab", "full": true})
	b.steps(asked)
	b.ends(b.job(asked), job.Failed, "No environment could be made at lab: ", "ended failed. It could not be made.")
	b.settled(asked, job.Failed)
}

// TestVerifyIsCancelled: what was made is given back before it is over.
func TestVerifyIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cloudtest.Whole(t, b.clouds)
	asked := b.accept("telnet:otto", verifyWords, map[string]any{"cloud": "lab", "full": true})
	b.step(asked)
	at := &verifying{}
	if err := decode(b.job(asked).Checkpoint, at); err != nil || at.Create == "" {
		t.Fatal(err, at)
	}
	b.step(at.Create)
	b.cancel(asked)
	b.steps(asked)
	b.ends(b.job(asked), job.Cancelled, "the environment verify-"+asked+" was given back")
	b.settled(asked, job.Cancelled)
}

func TestVerifyFindsWhatIsIll(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("a real cloud has no faults to order")
	}
	for says, fault := range map[string]sandbox.Fault{
		"✗ token: lab's identity service":                                 {Kind: sandbox.FaultStatus, Status: 500, Service: "identity"},
		"✗ endpoint of network: lab's network service":                    {Kind: sandbox.FaultStatus, Status: 503, Service: "network"},
		"✗ compute services: lab's compute service had an internal error": {Kind: sandbox.FaultStatus, Status: 500, Path: "/os-services", Method: http.MethodGet},
	} {
		b := newBench(t)
		b.server.Break(fault)
		b.ends(b.finished(b.accept("telnet:vera", verifyWords, map[string]any{"cloud": "lab"})), job.Failed, says, "lab is not well: ")
	}
}
