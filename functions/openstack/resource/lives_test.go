package resource_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// wet is how the cloud looks outside; what every test of these finds.
const (
	imageName   = "tiny"
	flavorName  = "m1.nano"
	outsideName = "public"
	sharedName  = "shared"
)

func item(key string) resource.Ref    { return resource.Ref{Item: key} }
func called(name string) resource.Ref { return resource.Ref{Name: name} }

func TestANetworkLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.lives(l.wish(resource.KindNetwork, "net", resource.NetworkSpec{}, nil))
}

func TestASubnetLivesAndKeepsItsNetwork(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	network := l.ready(l.wish(resource.KindNetwork, "net", resource.NetworkSpec{}, nil))
	no := false
	l.lives(l.wish(resource.KindSubnet, "net.1", resource.SubnetSpec{
		Network: item("net"), CIDR: "10.81.0.0/24", DNS: []string{"192.0.2.53"}, DHCP: &no, Gateway: "10.81.0.254",
		Pools: []resource.Pool{{Start: "10.81.0.10", End: "10.81.0.20"}}, Routes: []resource.Route{{To: "198.51.100.0/24", Via: "10.81.0.9"}},
	}, map[string]string{"net": network.ID}))
}

func TestARouterLivesAndLeadsOutside(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	outside := called(outsideName)
	l.lives(l.wish(resource.KindRouter, "router", resource.RouterSpec{External: &outside}, nil))
}

// wired makes a network with a subnet and a router.
func (l *lab) wired() map[string]string {
	l.tb.Helper()
	outside := called(outsideName)
	uses := map[string]string{}
	uses["net"] = l.ready(l.wish(resource.KindNetwork, "net", resource.NetworkSpec{}, nil)).ID
	uses["net.1"] = l.ready(l.wish(resource.KindSubnet, "net.1", resource.SubnetSpec{Network: item("net"), CIDR: "10.82.0.0/24"}, uses)).ID
	uses["router"] = l.ready(l.wish(resource.KindRouter, "router", resource.RouterSpec{External: &outside}, nil)).ID
	return uses
}

func TestARouterPortLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	uses := l.wired()
	ready := l.lives(l.wish(resource.KindRouterPort, "port", resource.RouterPortSpec{Router: item("router"), Subnet: item("net.1")}, uses))
	if len(ready.Addresses) != 1 || ready.Addresses[0] != "10.82.0.1" {
		t.Errorf("the router is at %v, which is not the subnet's gateway", ready.Addresses)
	}
}

func TestWhatIsInUseIsNotYetDeleted(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	uses := l.wired()
	port := l.ready(l.wish(resource.KindRouterPort, "port", resource.RouterPortSpec{Router: item("router"), Subnet: item("net.1")}, uses))
	for kind, key := range map[string]string{resource.KindNetwork: "net", resource.KindSubnet: "net.1", resource.KindRouter: "router"} {
		err := l.kind(kind).Delete(t.Context(), l.cloud, resource.Thing{Kind: kind, ID: uses[key]})
		if !cloud.Is(err, cloud.Conflict) {
			t.Errorf("deleting the %s under a port: %v", kind, err)
		}
	}
	l.gone(port)
}

func TestASecurityGroupLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.lives(l.wish(resource.KindSecGroup, "web", resource.SecGroupSpec{Rules: []resource.RuleSpec{
		{Protocol: "tcp", From: 22, Remote: "192.0.2.0/24"},
		{Protocol: "TCP", From: 8000, To: 8100},
		{Protocol: "icmp"},
		{Protocol: "udp", From: 53, Remote: "2001:db8::/32"},
		{Same: true},
		{Out: true, Protocol: "tcp", From: 443, IPv6: true},
	}}, nil))
	l.lives(l.wish(resource.KindSecGroup, "none", resource.SecGroupSpec{}, nil))
}

func TestASecurityGroupThatIsRefusedItsRulesIsTakenBack(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	rule := resource.RuleSpec{Protocol: "tcp", From: 90, To: 80} // the last port before the first
	w := l.wish(resource.KindSecGroup, "web", resource.SecGroupSpec{Rules: []resource.RuleSpec{rule}}, nil)
	_, err := l.kind(w.Kind).Make(t.Context(), l.cloud, w)
	if err == nil || !cloud.Judge(err).Undone() {
		t.Errorf("rules that make no sense: %v", err)
	}
	if found := l.find(w.Kind, ""); len(found) > 0 {
		t.Errorf("left behind: %+v", found)
	}
}

func TestAKeyPairLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute)
	l.lives(l.wish(resource.KindKeyPair, "key", resource.KeyPairSpec{}, nil))
	l.lives(l.wish(resource.KindKeyPair, "key.ann", resource.KeyPairSpec{Public: annsKey}, nil))
}

// annsKey is a public key whose private part nobody has.
const annsKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAW3Q0dWJm0rL0p4Yg1mDwDgOzb5Cg9RxJj0m5sO3v1Q ann@example.org"

func TestAKeyPairThatIsMadeHasItsPrivatePartOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute)
	w := l.wish(resource.KindKeyPair, "key", resource.KeyPairSpec{}, nil)
	made := l.make(w)
	private := made.Facts[resource.FactPrivateKey]
	if !strings.HasPrefix(private, "-----BEGIN OPENSSH PRIVATE KEY-----\n") {
		t.Fatalf("there is no private key in %+v", made.Facts)
	}
	if found := l.find(w.Kind, "key"); len(found) != 1 || found[0].Facts[resource.FactPrivateKey] != "" {
		t.Errorf("found %+v", found)
	}
	again, err := l.kind(w.Kind).Make(t.Context(), l.cloud, w) // as after a lost answer
	if err != nil || again.ID != made.ID || again.Facts[resource.FactPrivateKey] == "" || again.Facts[resource.FactPrivateKey] == private {
		t.Errorf("made again: %+v, %v", again.ID, err)
	}
	if again.Facts["fingerprint"] == made.Facts["fingerprint"] {
		t.Error("the cloud still has the key nobody has")
	}
}

func TestAServerGroupLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute)
	l.lives(l.wish(resource.KindServerGroup, "spread", resource.ServerGroupSpec{Policy: "soft-anti-affinity"}, nil))
}

// serverSpec is a server of the smallest sort on the shared network.
func serverSpec() resource.ServerSpec {
	return resource.ServerSpec{
		Flavor: called(flavorName), Image: called(imageName), Networks: []resource.NIC{{Network: called(sharedName)}}, Login: "debian",
		UserData: "#!/bin/sh\necho hello\n", Tags: []string{"web"}, Metadata: map[string]string{"team": "blue"},
	}
}

func TestAServerLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute)
	uses := map[string]string{}
	key := l.make(l.wish(resource.KindKeyPair, "key", resource.KeyPairSpec{Public: annsKey}, nil))
	group := l.make(l.wish(resource.KindServerGroup, "spread", resource.ServerGroupSpec{Policy: "anti-affinity"}, nil))
	wall := l.make(l.wish(resource.KindSecGroup, "wall", resource.SecGroupSpec{Rules: []resource.RuleSpec{{Protocol: "tcp", From: 22}}}, nil))
	uses["key"], uses["spread"], uses["wall"] = key.ID, group.ID, wall.ID
	spec := serverSpec()
	keyRef, groupRef := item("key"), item("spread")
	spec.Key, spec.Group, spec.SecurityGroups = &keyRef, &groupRef, []resource.Ref{item("wall")}
	ready := l.lives(l.wish(resource.KindServer, "web-1", spec, uses))
	if len(ready.Addresses) != 1 || !strings.HasPrefix(ready.Addresses[0], "10.99.") || ready.Facts[resource.FactLogin] != "debian" || ready.Made.IsZero() {
		t.Errorf("the server is %+v", ready)
	}
}

func TestAFloatingIPLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute)
	uses := l.wired()
	l.ready(l.wish(resource.KindRouterPort, "port", resource.RouterPortSpec{Router: item("router"), Subnet: item("net.1")}, uses))
	spec := serverSpec()
	spec.Networks = []resource.NIC{{Network: item("net")}}
	server := l.ready(l.wish(resource.KindServer, "web", spec, uses))
	uses["web"] = server.ID
	ready := l.lives(l.wish(resource.KindFloatingIP, "web.address", resource.FloatingIPSpec{External: called(outsideName), Server: item("web")}, uses))
	if len(ready.Addresses) != 1 || ready.Facts["inside"] != server.Addresses[0] {
		t.Errorf("the address %+v does not lead to the server %+v", ready, server)
	}
}

func TestAVolumeLivesAndIsAttached(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Volume, cloud.Compute)
	l.lives(l.wish(resource.KindVolume, "data", resource.VolumeSpec{Size: 1}, nil))
	volume := l.ready(l.wish(resource.KindVolume, "data", resource.VolumeSpec{Size: 1}, nil))
	server := l.ready(l.wish(resource.KindServer, "web", serverSpec(), nil))
	uses := map[string]string{"data": volume.ID, "web": server.ID}
	w := l.wish(resource.KindAttachment, resource.AttachmentItem("data"), resource.AttachmentSpec{Server: item("web"), Volume: item("data")}, uses)
	l.lives(w)
	attached := l.ready(w)
	if err := l.kind(resource.KindVolume).Delete(t.Context(), l.cloud, volume); !cloud.Is(err, cloud.Conflict) {
		t.Errorf("deleting a volume that is attached: %v", err)
	}
	l.gone(server)
	l.until(attached, resource.Absent)
}

const slowTemplate = `
heat_template_version: 2018-08-31
parameters:
  wait: {type: number}
resources:
  slow:
    type: OS::Heat::TestResource
    properties: {value: done, wait_secs: 0, action_wait_secs: {create: {get_param: wait}}}
outputs:
  word: {value: {get_attr: [slow, output]}}
`

func stackSpec(wait int) resource.StackSpec {
	return resource.StackSpec{Template: slowTemplate, Parameters: map[string]any{"wait": wait}, Within: 5}
}

func TestAStackLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Orchestration)
	l.lives(l.wish(resource.KindStack, "stack", stackSpec(0), nil))
	made := l.ready(l.wish(resource.KindStack, "stack", stackSpec(0), nil))
	outputs, err := resource.Outputs(t.Context(), l.cloud, made)
	if err != nil || outputs["word"] != "done" {
		t.Errorf("outputs %v, %v", outputs, err)
	}
}

func TestAStackIsStoppedAndDeletedWhileItIsMade(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Orchestration)
	made := l.make(l.wish(resource.KindStack, "stack", stackSpec(60), nil))
	if now := l.look(made.Kind, made.ID)[made.ID]; now.State != resource.Building {
		t.Fatalf("it is %+v", now)
	}
	l.gone(made)
}

func TestAStackOfTheSameJobIsAdopted(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Orchestration)
	w := l.wish(resource.KindStack, "stack", stackSpec(0), nil)
	made := l.ready(w)
	again, err := l.kind(w.Kind).Make(t.Context(), l.cloud, w)
	if err != nil || again.ID != made.ID {
		t.Errorf("asked for again: %+v, %v", again, err)
	}
	w.Mark.Job = "another"
	if _, err := l.kind(w.Kind).Make(t.Context(), l.cloud, w); !cloud.Is(err, cloud.Conflict) {
		t.Errorf("asked for by another job: %v", err)
	}
}

func TestAProjectLives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	spec := resource.ProjectSpec{
		Members: []resource.Member{{User: "demo", Role: "member"}},
		Quota:   resource.Amounts{resource.Servers: 2, resource.Cores: 3, resource.Networks: 1},
	}
	w := l.wish(resource.KindProject, "project", spec, nil)
	l.lives(w)
	project := l.make(w)
	inside, err := l.at(resource.KindProject).InProject(t.Context(), project.ID)
	if err != nil {
		t.Fatal(err)
	}
	usage, err := resource.Quota(t.Context(), inside)
	if err != nil || usage.Limit[resource.Servers] != 2 || usage.Limit[resource.Cores] != 3 || usage.Limit[resource.Networks] != 1 {
		t.Errorf("its quota is %+v, %v", usage, err)
	}
	network, err := l.kind(resource.KindNetwork).Make(t.Context(), inside, l.wish(resource.KindNetwork, "net", resource.NetworkSpec{}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.kind(resource.KindProject).Delete(t.Context(), l.at(resource.KindProject), project); !cloud.Is(err, cloud.Conflict) {
		t.Errorf("deleting a project with a network in it: %v", err)
	}
	if err := l.kind(resource.KindNetwork).Delete(t.Context(), inside, network); err != nil {
		t.Error(err)
	}
}
