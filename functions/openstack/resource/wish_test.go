package resource_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// Nothing is asked for that could not be found again, or whose parts have no ids: the cloud is not even spoken to.
func TestAWishThatMakesNoSenseIsRefusedBeforeTheCloudIsAsked(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute, cloud.Network)
	whole := resource.Mark{Env: l.env, Job: "j", Item: "x"}
	for what, w := range map[string]resource.Wish{
		"no mark":          {Kind: resource.KindNetwork, Item: "x"},
		"no item":          {Kind: resource.KindServer, Mark: resource.Mark{Env: l.env, Job: "j"}},
		"a comma":          {Kind: resource.KindStack, Item: "a,b", Mark: resource.Mark{Env: l.env, Job: "j", Item: "a,b"}},
		"a mark in a mark": {Kind: resource.KindSecGroup, Item: "x", Mark: resource.Mark{Env: l.env + " handsoff:env=other", Job: "j", Item: "x"}},
		"no spec":          {Kind: resource.KindServer, Item: "x", Mark: whole, Spec: json.RawMessage(`{}`)},
		"another field":    {Kind: resource.KindNetwork, Item: "x", Mark: whole, Spec: json.RawMessage(`{"mtu": 1400, "name": "y"}`)},
		"more behind it":   {Kind: resource.KindNetwork, Item: "x", Mark: whole, Spec: json.RawMessage(`{} {}`)},
		"an unmade item":   {Kind: resource.KindSubnet, Item: "x", Mark: whole, Spec: json.RawMessage(`{"network": {"item": "net"}, "cidr": "10.0.0.0/24"}`)},
		"an unsettled one": {Kind: resource.KindSubnet, Item: "x", Mark: whole, Spec: json.RawMessage(`{"network": {"name": "net"}, "cidr": "10.0.0.0/24"}`)},
		"no block":         {Kind: resource.KindSubnet, Item: "x", Mark: whole, Spec: json.RawMessage(`{"network": {"id": "n"}, "cidr": "10.0.0.0"}`)},
		"a rule's block":   {Kind: resource.KindSecGroup, Item: "x", Mark: whole, Spec: json.RawMessage(`{"rules": [{"remote": "anywhere"}]}`)},
		"much user data": {Kind: resource.KindServer, Item: "x", Mark: whole, Spec: json.RawMessage(
			`{"flavor": {"id": "f"}, "image": {"id": "i"}, "user_data": "` + strings.Repeat("x", 49_150) + `"}`)},
		"another's attachment": {Kind: resource.KindAttachment, Item: "x", Mark: whole, Spec: json.RawMessage(
			`{"server": {"item": "web"}, "volume": {"item": "data"}}`)},
	} {
		_, err := l.kind(w.Kind).Make(t.Context(), l.cloud, w)
		if f := cloud.Judge(err); f == nil || f.Kind != cloud.Invalid || f.Status != 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
}
