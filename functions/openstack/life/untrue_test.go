package life

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// What a cloud says is gone, and still has by the last look, is told to go again, and named where that goes on.
func TestACloudThatSaysWhatIsNotTrue(t *testing.T) {
	t.Parallel()
	for _, always := range []bool{false, true} {
		b := newBench(t)
		b.made("openstack env create demo count=1")
		untrue := map[string]int{"delete": 1, "see": 1}
		b.world.luck = func(op, kind, _ string) luck {
			if kind != resource.KindServer || op != "delete" && op != "see" || !always && untrue[op] == 0 {
				return well
			}
			untrue[op]--
			return lies
		}
		b.stride = 5 * time.Second
		j := b.run(b.accept("openstack env delete demo"))
		if !always {
			if j.State != job.Succeeded {
				t.Error(jobtest.Describe(j))
			}
			b.bare("said to be gone")
			continue
		}
		if j.State != job.Failed || !strings.Contains(j.Error, "server demo-web (id-") {
			t.Error(jobtest.Describe(j))
		}
		if env := b.env("demo"); env == nil || env.State != environment.Left || !slices.Contains(items(env, environment.Stays), "server.web.1") {
			t.Errorf("%+v", env)
		}
	}
}

// The account of a cloud may come to be one of another project: what it does not see there is not gone.
func TestAnAccountOfAnotherProject(t *testing.T) {
	t.Parallel()
	lab, url := cloudtest.Serve(t, sandbox.Options{Boot: 2 * time.Second, Delete: time.Second, Frozen: true})
	own := cloudtest.Open(t, lab.CloudsYAML(url))
	changed := cloudtest.Open(t, lab.CloudsYAML(url), func(s *cloud.Section) { s.Clouds[cloudtest.Name].Entry = "ops-admin" })
	b := benchWith(t, own, lab)
	b.made("openstack env create demo")
	b.clouds, b.stride = changed, time.Minute
	j := b.run(b.accept("openstack env delete demo"))
	if j.State != job.Failed || !strings.Contains(j.Error, "demo is in the project ") || !strings.Contains(j.Error, "is for another one now, admin (") || b.env("demo") == nil {
		t.Fatal(jobtest.Describe(j))
	}
	b.clouds, b.stride = own, 0
	if len(b.left("demo")) != len(b.env("demo").Plan.Items) {
		t.Error(b.left("demo"))
	}
	b.made("openstack env delete demo")
	if left := b.left("demo"); len(left) > 0 {
		t.Error(left)
	}
}

// Two short silences of a cloud with a good while between them are not one long one.
func TestShortSilencesAreNotALongOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	silences, knocks := []int{5, 30}, 0 // all is made by then, and waited for
	b.world.luck = func(op, _, _ string) luck {
		if op == "look" && len(silences) > 0 && knocks >= silences[0] {
			silences = silences[1:]
			return busy
		}
		return well
	}
	b.answers = func(string, int) error {
		if knocks++; knocks < 40 {
			return errors.New("port 22 does not answer")
		}
		return nil
	}
	l := b.life(b.store, b.rdb)
	l.times.Patient = 5 * time.Second
	w := b.worker(l)
	defer b.end(w)
	id := b.accept("openstack env create demo template=answering")
	b.until(w, func() bool { return b.job(id).State.Final() })
	if j := b.job(id); j.State != job.Succeeded || len(silences) > 0 {
		t.Error(jobtest.Describe(j), silences)
	}
}

// A cloud that asks to be left alone for a while when something is told to go is left alone.
func TestTellingToGoWaitsAsItIsAsked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.made("openstack env create demo count=1")
	asked := 0
	b.world.luck = func(op, kind, _ string) luck {
		if op != "delete" || kind != resource.KindServer {
			return well
		}
		if asked++; asked > 3 {
			return well
		}
		return silence
	}
	began := b.clock.Now()
	b.made("openstack env delete demo")
	if took := b.clock.Now().Sub(began); took < 90*time.Second {
		t.Errorf("asked %d times in %s", asked, took)
	}
	b.bare("asked to wait")
}

// What is too much to be kept is refused before anything is made.
func TestAnEnvironmentThatIsTooMuch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(configured + "    wordy: {servers: {web: {count: 40, flavor: m1.nano, image: tiny, user_data: " + strings.Repeat("x", 15000) + "}}}\n")
	j := b.run(b.accept("openstack env create demo template=wordy"))
	if j.State != job.Failed || !strings.Contains(j.Error, "more than can be kept of one environment") || !strings.HasSuffix(j.Error, "Nothing was made.") {
		t.Error(jobtest.Describe(j))
	}
	b.bare("too much")
}
