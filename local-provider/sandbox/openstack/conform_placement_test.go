package openstack_test

import (
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// latestPlacement asks for the highest version that Zed has.
const latestPlacement = "placement 1.39"

// placementExchanges are what people ask of Placement, and what this product does: its versions.
var placementExchanges = []exchange{
	{name: "version", ask: "GET placement /"},
	{name: "version by a member", as: "demo", ask: "GET placement /"},
	{name: "nobody", ask: "GET placement /resource_providers"},
	{name: "list by a member", as: "demo", ask: "GET placement /resource_providers"},
	{name: "list", as: "admin", ask: "GET placement /resource_providers", save: keep("host", "resource_providers[name=fake1].uuid")},
	{name: "list of the latest version", as: "admin", ask: "GET placement /resource_providers", at: latestPlacement},
	{name: "list of a version between", as: "admin", ask: "GET placement /resource_providers", at: "placement 1.10"},
	{name: "list of another service's version", as: "admin", ask: "GET placement /resource_providers", at: "compute 2.1"},
	{name: "latest", as: "admin", ask: "GET placement /resource_providers", at: "placement latest"},
	{name: "too new", as: "admin", ask: "GET placement /resource_providers", at: "placement 1.400"},
	{name: "no version", as: "admin", ask: "GET placement /resource_providers", at: "placement new"},
	{name: "by name", as: "admin", ask: "GET placement /resource_providers?name=fake1", at: latestPlacement},
	{name: "by another name", as: "admin", ask: "GET placement /resource_providers?name=none", at: latestPlacement},
	{name: "by id", as: "admin", ask: "GET placement /resource_providers?uuid={host}", at: latestPlacement},
	{name: "by what is no id", as: "admin", ask: "GET placement /resource_providers?uuid=x", at: latestPlacement},
	{name: "by what there is not", as: "admin", ask: "GET placement /resource_providers?colour=red", at: latestPlacement},
	{name: "one", as: "admin", ask: "GET placement /resource_providers/{host}"},
	{name: "one of the latest version", as: "admin", ask: "GET placement /resource_providers/{host}", at: latestPlacement},
	{name: "one by a member", as: "demo", ask: "GET placement /resource_providers/{host}", at: latestPlacement},
	{name: "none", as: "admin", ask: "GET placement /resource_providers/00000000-0000-4000-8000-000000000000", at: latestPlacement},
	{name: "inventories", as: "admin", ask: "GET placement /resource_providers/{host}/inventories", at: latestPlacement},
	{name: "inventories by a member", as: "demo", ask: "GET placement /resource_providers/{host}/inventories", at: latestPlacement},
	{name: "inventories of none", as: "admin", ask: "GET placement /resource_providers/00000000-0000-4000-8000-000000000000/inventories", at: latestPlacement},
	{name: "usages", as: "admin", ask: "GET placement /resource_providers/{host}/usages", at: latestPlacement},
	{name: "usages by a member", as: "demo", ask: "GET placement /resource_providers/{host}/usages", at: latestPlacement},
	{name: "usages of none", as: "admin", ask: "GET placement /resource_providers/00000000-0000-4000-8000-000000000000/usages", at: latestPlacement},
	{name: "aggregates", as: "admin", ask: "GET placement /resource_providers/{host}/aggregates", at: latestPlacement},
	{name: "aggregates of before", as: "admin", ask: "GET placement /resource_providers/{host}/aggregates", at: "placement 1.1"},
	{name: "traits", as: "admin", ask: "GET placement /resource_providers/{host}/traits", at: latestPlacement},
	{name: "allocations", as: "admin", ask: "GET placement /resource_providers/{host}/allocations", at: latestPlacement, loose: []string{"allocations"}},
	{name: "no path", as: "admin", ask: "GET placement /nothing", at: latestPlacement},
	{name: "no method", as: "admin", ask: "PATCH placement /resource_providers", at: latestPlacement},
}

func TestPlacementConforms(t *testing.T) {
	t.Parallel()
	conform(t, "placement.json", placementExchanges, newRig(t, openstack.Options{Hosts: 1, Frozen: true}))
}
