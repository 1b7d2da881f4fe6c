package life

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// An environment is made in the region that was said, and nothing of it in the other one; a sweep of both takes it for nobody's in neither.
func TestAnEnvironmentInARegion(t *testing.T) {
	t.Parallel()
	if cloudtest.Real() {
		t.Skip("the real one has one region")
	}
	r := cloudtest.InRegions(t, sandbox.Options{Boot: 2 * time.Second, Delete: time.Second, Frozen: true})
	b := benchWith(t, r.Open(t), nil)
	b.tick = func(d time.Duration) {
		r.North.Advance(d)
		r.South.Advance(d)
	}
	in := func(region string) int {
		at, err := b.clouds.Find(region)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, name := range resource.Kinds() {
			kind, _ := resource.Of(name)
			seen := at
			if name == resource.KindProject {
				if seen, err = at.Admin(); err != nil {
					t.Fatal(err)
				}
			}
			things, err := kind.Find(t.Context(), seen, resource.Mark{Env: "demo"})
			if err != nil && !cloud.Is(err, cloud.Missing) {
				t.Fatal(err)
			}
			n += len(things)
		}
		return n
	}
	b.made("openstack env create demo cloud=south")
	if south, all := in("south"), len(b.env("demo").Plan.Items); south != all || in("north") != 0 || b.env("demo").Cloud != "south" {
		t.Error(south, all, in("north"), b.env("demo").Cloud)
	}
	b.pass(time.Hour) // it is old enough to be called astray
	b.has(b.made("openstack sweep").ID, "✓ Nothing is astray")
	b.made("openstack env delete demo")
	if in("south")+in("north") != 0 {
		t.Error(in("south"), in("north"))
	}
}
