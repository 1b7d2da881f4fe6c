package openstack

import "slices"

// allNeeds are the resources that must be there before one is: those that it names, and those that Heat knows it cannot do without. A
// floating IP needs the routers' interfaces, since it leads through one; ports and servers need the subnets that their addresses are of.
func allNeeds(resources object, name string) []string {
	r, _ := resources[name].(object)
	out := needs(r)
	for _, other := range sortedKeys(resources) {
		o, _ := resources[other].(object)
		if other != name && tacit(r["type"], o["type"]) && !leads(resources, other, name) {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// tacit says whether a resource of one type needs those of another, although nobody says so.
func tacit(kind, other any) bool {
	switch kind {
	case "OS::Neutron::FloatingIP":
		return other == "OS::Neutron::RouterInterface"
	case "OS::Neutron::Port", "OS::Nova::Server":
		return other == "OS::Neutron::Subnet"
	}
	return false
}

// leads says whether a resource needs another, itself or by what it needs.
func leads(resources object, from, to string) bool {
	seen := map[string]bool{}
	var visit func(name string) bool
	visit = func(name string) bool {
		if name == to || seen[name] {
			return name == to
		}
		seen[name] = true
		r, _ := resources[name].(object)
		return slices.ContainsFunc(needs(r), visit)
	}
	return visit(from)
}
