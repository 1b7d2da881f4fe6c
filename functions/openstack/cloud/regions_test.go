package cloud_test

import (
	"slices"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// Each region of an entry is a cloud of its own, with one account: what is asked of one goes to its services, and to no other's.
func TestRegionsOfOneEntry(t *testing.T) {
	t.Parallel()
	r := cloudtest.InRegions(t, sandbox.Options{})
	all, err := cloud.New(&cloud.Section{}, func(string) ([]byte, error) { return r.File, nil }, cloud.Options{})
	if err != nil || !slices.Contains(all.Names(), "ops-demo-north") || !slices.Contains(all.Names(), "ops-demo-south") {
		t.Fatal(all, err)
	}
	clouds := r.Open(t)
	projects := map[string]bool{}
	for _, one := range clouds.All() {
		before := map[*sandbox.Server]int{r.North: asked(r.North, "GET /compute/v2.1/servers"), r.South: asked(r.South, "GET /compute/v2.1/servers")}
		if err := read(t.Context(), one, cloud.Compute, "servers"); err != nil {
			t.Error(one.Name(), err)
		}
		id, _, err := one.Project(t.Context())
		if err != nil || one.Region() != one.Name() {
			t.Error(err, one.Region())
		}
		projects[id] = true
		here, other := r.North, r.South
		if one.Name() == "south" {
			here, other = other, here
		}
		if asked(here, "GET /compute/v2.1/servers") != before[here]+1 || asked(other, "GET /compute/v2.1/servers") != before[other] {
			t.Errorf("%s: %v\n%v", one.Name(), r.North.Asked(), r.South.Asked())
		}
	}
	if len(projects) != 1 {
		t.Error("it is one account:", projects)
	}
	if asked(r.South, "GET /identity") > 0 {
		t.Error("there is one Keystone:", r.South.Asked())
	}
}
