package life

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// An owner has no more environments than one may have, by whatever name they are known, also where two are asked for at the same time.
func TestEnvironmentsOfOneOwner(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.each = 2
	b.made("openstack env create one template=keeping")
	if j := b.run(b.acceptAs("slack:U0ANN", "openstack env create two template=keeping")); j.State != job.Succeeded {
		t.Fatal(jobtest.Describe(j))
	}
	calls := len(b.world.calls)
	for _, line := range []string{"openstack env create three template=keeping", "openstack env create three template=keeping owner=ann"} {
		j := b.run(b.accept(line))
		if j.State != job.Failed || !strings.Contains(j.Error, " has 2 environments already, and may have 2 (openstack.environments_each)") || len(b.world.calls) != calls {
			t.Error(line, jobtest.Describe(j))
		}
	}
	b.asks(planWords, map[string]any{"name": "three", "template": "keeping"}, "telnet:ann has 2 environments already")
	b.made("openstack env rebuild one")
	b.made("openstack env create three template=keeping owner=telnet:bob")
	b.made("openstack env delete one")
	w := b.worker(b.life(b.store, b.rdb))
	defer b.end(w)
	ids := []string{b.accept("openstack env create four template=keeping"), b.accept("openstack env create five template=keeping")}
	b.until(w, func() bool { return b.job(ids[0]).State.Final() && b.job(ids[1]).State.Final() })
	if a, c := b.job(ids[0]), b.job(ids[1]); (a.State == job.Succeeded) == (c.State == job.Succeeded) {
		t.Error(jobtest.Describe(a), jobtest.Describe(c))
	}
}
