package resource_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

func TestAllMistakesAreToldAtOnceWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute, cloud.Image)
	outside := called(sharedName) // which does not lead outside
	key := called("nobodys")
	raw := func(spec any) json.RawMessage {
		text, err := json.Marshal(spec)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	mark := func(item string) resource.Mark { return resource.Mark{Env: l.env, Job: "j", Item: item} }
	wishes := []resource.Wish{
		{Kind: resource.KindNetwork, Item: "net", Spec: raw(resource.NetworkSpec{}), Mark: mark("net")},
		{Kind: resource.KindRouter, Item: "router", Spec: raw(resource.RouterSpec{External: &outside}), Mark: mark("router")},
		{Kind: resource.KindServer, Item: "web", Mark: mark("web"), Spec: raw(resource.ServerSpec{
			Flavor: called("m1.nanno"), Image: called("tyny"), Networks: []resource.NIC{{Network: called("shard")}, {Network: item("net")}}, Key: &key,
		})},
	}
	settled, mistakes, err := resource.NewNames(l.cloud).Settle(t.Context(), wishes)
	if err != nil || len(settled) != 3 {
		t.Fatalf("settled %d, %v", len(settled), err)
	}
	told := ""
	for _, m := range mistakes {
		told += m.Item + ": " + m.Text + "\n"
	}
	for _, want := range []string{
		"router: lab has no external network shared", "web: lab has no flavor m1.nanno; did you mean m1.nano?", "web: lab has no image tyny; did you mean tiny?",
		"web: lab has no network shard; did you mean shared?", "web: lab has no key pair nobodys",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not in\n%s", want, told)
		}
	}
	if len(mistakes) != 5 {
		t.Errorf("%d mistakes:\n%s", len(mistakes), told)
	}
}

func TestNamesBecomeIds(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute, cloud.Image)
	w := l.wish(resource.KindServer, "web", serverSpec(), nil)
	var spec resource.ServerSpec
	if err := json.Unmarshal(w.Spec, &spec); err != nil {
		t.Fatal(err)
	}
	if spec.Flavor.ID == "" || spec.Image.ID == "" || spec.Networks[0].Network.ID == "" || spec.Cores != 1 || spec.Memory != 64 || spec.Disk != 1 {
		t.Errorf("settled: %+v", spec)
	}
	again := l.wish(resource.KindServer, "web", spec, nil)
	if string(again.Spec) != string(w.Spec) {
		t.Errorf("settled twice: %s\nand %s", w.Spec, again.Spec)
	}
	names := resource.NewNames(l.cloud)
	if one, err := names.Flavor(t.Context(), spec.Flavor.ID); err != nil || one.Name != flavorName {
		t.Errorf("by its id: %+v, %v", one, err)
	}
	for _, text := range []string{"ti", "ti*"} {
		if family, err := names.Image(t.Context(), text, true); err != nil || !strings.HasPrefix(family.Name, "ti") {
			t.Errorf("of the family %s: %+v, %v", text, family, err)
		}
	}
	if _, err := names.Image(t.Context(), "ti", false); !cloud.Is(err, cloud.NotFound) {
		t.Errorf("part of a name: %v", err)
	}
}

func TestANameThatTwoHaveIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	w := l.wish(resource.KindSecGroup, "wall", resource.SecGroupSpec{}, nil)
	w.Name = l.env + "-same"
	first := l.ready(w)
	w.Mark.Item = "wall.2"
	l.ready(w)
	_, err := resource.NewNames(l.cloud).SecurityGroup(t.Context(), w.Name)
	if !cloud.Is(err, cloud.Conflict) || !strings.Contains(err.Error(), first.ID) {
		t.Errorf("two of a name: %v", err)
	}
	if id, err := resource.NewNames(l.cloud).SecurityGroup(t.Context(), first.ID); err != nil || id != first.ID {
		t.Errorf("by id: %s, %v", id, err)
	}
}

func TestWhatIsTakenCountsAgainstTheQuota(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute, cloud.Network)
	before, err := resource.Quota(t.Context(), l.cloud)
	if err != nil {
		t.Fatal(err)
	}
	if before.Limit[resource.Networks] == 0 || before.Limit[resource.Cores] == 0 {
		t.Fatalf("the quota is %+v", before)
	}
	l.ready(l.wish(resource.KindNetwork, "net", resource.NetworkSpec{}, nil))
	after, err := resource.Quota(t.Context(), l.cloud)
	if err != nil || after.Used[resource.Networks] <= 0 {
		t.Errorf("used are %+v, %v", after.Used, err)
	}
	if _, told := after.Limit[resource.KeyPairs]; told {
		t.Error("key pairs are counted by user, and yet they are told")
	}
}
