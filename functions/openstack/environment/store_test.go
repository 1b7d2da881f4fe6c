package environment_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// stepFunc is a step that a test gives.
type stepFunc func(context.Context, *job.Run) (job.Outcome, error)

func (f stepFunc) Step(ctx context.Context, run *job.Run) (job.Outcome, error) { return f(ctx, run) }

// during does something as a job that holds its lease, and gives who wrote.
func during(t *testing.T, rdb *redis.Client, do func(by environment.Writer)) environment.Writer {
	t.Helper()
	store := jobtest.Open(t, rdb, job.Options{})
	accepted, err := store.Accept(t.Context(), jobtest.Request())
	if err != nil {
		t.Fatal(err)
	}
	var by environment.Writer
	w := job.NewWorker(store, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{
		"test run": stepFunc(func(_ context.Context, run *job.Run) (job.Outcome, error) {
			by = environment.By(run)
			do(by)
			return job.Done(nil), nil
		}),
	}})
	if took, err := w.Run(t.Context(), accepted.ID); err != nil || !took {
		t.Fatal(took, err)
	}
	if err := w.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	return by
}

func record(name string) *environment.Record {
	return &environment.Record{
		Name: name, Owner: "telnet:ann", Members: []string{"bob"}, Cloud: "lab", Template: "small", TTL: time.Hour, MaxTTL: 2 * time.Hour,
		Plan: template.Plan{Items: []template.Item{{Key: "net.a", Kind: "network", Name: name + "-a"}, {Key: "server.b.1", Kind: "server", Needs: []string{"net.a"}}}},
	}
}

// A name is one environment's: the job that took it gets it again, another one is told whose it is.
func TestANameIsTakenOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		envs, expires := environment.NewStore(rdb), time.Now().Add(time.Hour).Truncate(time.Millisecond)
		first := during(t, rdb, func(by environment.Writer) {
			for range 2 {
				if err := envs.Reserve(t.Context(), by, record("demo"), expires, "sealed", environment.Ceiling{}); err != nil {
					t.Error(err)
				}
			}
		})
		during(t, rdb, func(by environment.Writer) {
			err := envs.Reserve(t.Context(), by, record("demo"), expires, "", environment.Ceiling{})
			if taken := new(environment.TakenError); !errors.As(err, &taken) || taken.Maker != first.Job || taken.State != environment.Making {
				t.Error(err)
			}
		})
		env, err := envs.Get(t.Context(), "demo")
		if err != nil || env.Maker != first.Job || !env.Expires.Equal(expires) || env.Template != "small" || len(env.Plan.Items) != 2 {
			t.Error(env, err)
		}
		if key, err := envs.TakeKey(t.Context(), "demo"); key != "sealed" || err != nil {
			t.Error(key, err)
		}
		if key, err := envs.TakeKey(t.Context(), "demo"); key != "" || err != nil {
			t.Error(key, err)
		}
	})
}

// Whoever does not hold the job's lease writes nothing.
func TestOnlyTheHolderWrites(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		envs := environment.NewStore(rdb)
		var old environment.Writer
		by := during(t, rdb, func(by environment.Writer) {
			if err := envs.Reserve(t.Context(), by, record("demo"), time.Now(), "", environment.Ceiling{}); err != nil {
				t.Error(err)
			}
			old = environment.Writer{Job: by.Job, Fence: by.Fence - 1}
			for _, err := range []error{
				envs.Write(t.Context(), old, "demo", environment.Change{State: environment.Ready}),
				envs.Reserve(t.Context(), old, record("other"), time.Now(), "", environment.Ceiling{}),
				envs.Remove(t.Context(), old, "demo"),
			} {
				if !errors.Is(err, job.ErrLeaseLost) {
					t.Error("an older fence:", err)
				}
			}
			if err := envs.Write(t.Context(), by, "nothing", environment.Change{State: environment.Ready}); !errors.Is(err, environment.ErrNotFound) {
				t.Error(err)
			}
		})
		if err := envs.Write(t.Context(), by, "demo", environment.Change{State: environment.Ready}); !errors.Is(err, job.ErrLeaseLost) {
			t.Error("a job that is over:", err)
		}
		env, err := envs.Get(t.Context(), "demo")
		names, listErr := envs.Names(t.Context())
		if err != nil || listErr != nil || env.State != environment.Making || len(names) != 1 {
			t.Error(env, err, names)
		}
	})
}

// An environment is forgotten only when its inventory says that all is gone.
func TestNothingIsForgottenThatIsThere(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		envs := environment.NewStore(rdb)
		during(t, rdb, func(by environment.Writer) {
			if err := envs.Reserve(t.Context(), by, record("demo"), time.Now(), "sealed", environment.Ceiling{}); err != nil {
				t.Error(err)
			}
			for _, state := range []environment.ItemState{environment.Intended, environment.Made, environment.Whole, environment.Leaving, environment.Stays} {
				item := &environment.Item{Key: "net.a", Kind: "network", State: state}
				if err := envs.Write(t.Context(), by, "demo", environment.Change{Items: []*environment.Item{item}}); err != nil {
					t.Error(err)
				}
				if err := envs.Remove(t.Context(), by, "demo"); !errors.Is(err, environment.ErrHolds) {
					t.Errorf("with something %s: %v", state, err)
				}
			}
			gone := &environment.Item{Key: "net.a", State: environment.Gone}
			if err := envs.Write(t.Context(), by, "demo", environment.Change{Items: []*environment.Item{gone}}); err != nil {
				t.Error(err)
			}
			for range 2 {
				if err := envs.Remove(t.Context(), by, "demo"); err != nil {
					t.Error(err)
				}
			}
		})
		if _, err := envs.Get(t.Context(), "demo"); !errors.Is(err, environment.ErrNotFound) {
			t.Error(err)
		}
		if keys := rdb.Keys(t.Context(), "handsoff:environment*").Val(); len(keys) > 0 {
			t.Error(keys)
		}
	})
}

// What different jobs write does not undo one another; durations are counted with a change of state only; lists are by expiry.
func TestFieldsOfTheirOwn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		envs, now := environment.NewStore(rdb), time.Now().Truncate(time.Millisecond)
		during(t, rdb, func(by environment.Writer) {
			for i, name := range []string{"late", "soon"} {
				if err := envs.Reserve(t.Context(), by, record(name), now.Add(time.Duration(2-i)*time.Hour), "", environment.Ceiling{}); err != nil {
					t.Error(err)
				}
			}
		})
		during(t, rdb, func(by environment.Writer) {
			why := "kept"
			for _, c := range []environment.Change{
				{Expires: now.Add(3 * time.Hour)},
				{Lease: "k3f7"},
				{Why: &why, State: environment.Kept},
				{Record: record("soon"), State: environment.Ready, Took: time.Minute},
				{Record: record("soon"), State: environment.Ready, Took: time.Hour},
				{Items: []*environment.Item{{Key: "server.b.1", State: environment.Made}, {Key: "net.a", State: environment.Whole}, {Key: "x~1", State: environment.Gone}}},
				{Forget: []string{"x~1"}},
			} {
				if err := envs.Write(t.Context(), by, "soon", c); err != nil {
					t.Error(err)
				}
			}
		})
		var list []*environment.Environment
		err := envs.Each(t.Context(), func(e *environment.Environment) error { list = append(list, e); return nil })
		if err != nil || len(list) != 2 || list[0].Name != "late" {
			t.Fatal(list, err)
		}
		env := list[1]
		if env.Lease != "k3f7" || env.Why != "kept" || env.State != environment.Ready || !env.Expires.Equal(now.Add(3*time.Hour)) || len(env.Items) != 2 {
			t.Errorf("%+v", env)
		}
		if inventory := env.Inventory(); inventory[0].Key != "net.a" || env.Item("net.a") == nil || env.Item("x~1") != nil {
			t.Error(inventory)
		}
		if took, err := envs.Took(t.Context(), "small"); err != nil || len(took) != 1 || took[0] != time.Minute {
			t.Error(took, err)
		}
		if !env.Belongs("telnet:ann") || !env.Belongs("x", "bob") || env.Belongs("") || env.Belongs("eve") {
			t.Error("whose it is")
		}
	})
}

// No owner gets more than one may have, whatever else is asked for meanwhile; a name that is theirs already is theirs.
func TestAnOwnerHasNoMoreThanOneMay(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		envs := environment.NewStore(rdb)
		two := environment.Ceiling{Most: 2, Same: []string{"ann", "telnet:ann"}}
		during(t, rdb, func(by environment.Writer) {
			for _, name := range []string{"one", "two", "two"} {
				if err := envs.Reserve(t.Context(), by, record(name), time.Now(), "", two); err != nil {
					t.Error(err)
				}
			}
			err := envs.Reserve(t.Context(), by, record("three"), time.Now(), "", two)
			if full := new(environment.FullError); !errors.As(err, &full) || full.Has != 2 || full.Most != 2 {
				t.Error(err)
			}
			other := record("three")
			other.Owner = "telnet:bob"
			if err := envs.Reserve(t.Context(), by, other, time.Now(), "", environment.Ceiling{Most: 2, Same: []string{"telnet:bob"}}); err != nil {
				t.Error(err)
			}
		})
		if n, err := envs.Owned(t.Context(), two.Same...); n != 2 || err != nil {
			t.Error(n, err)
		}
	})
}

// What somebody has seen to be gone is noted only where it is what was read, and nobody has the environment in hand.
func TestWhatIsSeenToBeGone(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		envs := environment.NewStore(rdb)
		during(t, rdb, func(by environment.Writer) {
			was, is := &environment.Item{Key: "net.a", ID: "x", State: environment.Whole}, &environment.Item{Key: "net.a", ID: "x", State: environment.Gone}
			vanish := func(id string) (int, error) {
				seen := *was
				seen.ID = id
				return envs.Vanish(t.Context(), by, "demo", []environment.Vanished{{Was: &seen, Is: is}})
			}
			if _, err := vanish("x"); !errors.Is(err, environment.ErrNotFound) {
				t.Error(err)
			}
			if err := envs.Reserve(t.Context(), by, record("demo"), time.Now(), "", environment.Ceiling{}); err != nil {
				t.Error(err)
			}
			if _, err := vanish("x"); !errors.Is(err, environment.ErrBusy) {
				t.Error("while it is made:", err)
			}
			if err := envs.Write(t.Context(), by, "demo", environment.Change{State: environment.Ready, Items: []*environment.Item{was}}); err != nil {
				t.Error(err)
			}
			rdb.ZAdd(t.Context(), "handsoff:lock:environment/demo", redis.Z{Member: "k3f7"})
			if _, err := vanish("x"); !errors.Is(err, environment.ErrBusy) {
				t.Error("in hand:", err)
			}
			rdb.Del(t.Context(), "handsoff:lock:environment/demo")
			for id, want := range map[string]int{"y": 0, "x": 1} {
				if n, err := vanish(id); n != want || err != nil {
					t.Error(id, n, err)
				}
			}
			if _, err := envs.Vanish(t.Context(), environment.Writer{Job: by.Job, Fence: by.Fence - 1}, "demo", nil); !errors.Is(err, job.ErrLeaseLost) {
				t.Error(err)
			}
		})
		if env, err := envs.Get(t.Context(), "demo"); err != nil || env.Items["net.a"].State != environment.Gone {
			t.Error(env, err)
		}
	})
}

func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		envs := environment.NewStore(rdb)
		during(t, rdb, func(by environment.Writer) {
			large := record("demo")
			large.Login = strings.Repeat("x", 600<<10)
			if err := envs.Reserve(t.Context(), by, large, time.Now(), "", environment.Ceiling{}); err == nil || !strings.Contains(err.Error(), "too large") {
				t.Error(err)
			}
		})
	})
	for name, is := range map[string]bool{"a": true, "demo-1": true, "": false, "1a": false, "Demo": false, "a b": false, "a\n": false, strings.Repeat("a", 41): true, strings.Repeat("a", 42): false} {
		if environment.IsName(name) != is {
			t.Errorf("%q: %v", name, !is)
		}
	}
}

// No environment's key pair stands where something else does.
func TestANameWhoseKeyIsAnothers(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"took": false, "took-1": true, "key": true, "took:key": false, "": false, "-a": false} {
		if environment.IsName(name) != want {
			t.Error(name)
		}
	}
}
