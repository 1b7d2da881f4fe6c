package resource_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// plain are the kinds that need nothing else, and where all of them are listed, whether they have marks or not.
func plain() []maker {
	list := map[string][2]string{
		resource.KindNetwork: {"networks", "networks"}, resource.KindRouter: {"routers", "routers"}, resource.KindSecGroup: {"security-groups", "security_groups"},
		resource.KindVolume: {"volumes/detail", "volumes"}, resource.KindServer: {"servers/detail", "servers"}, resource.KindStack: {"stacks", "stacks"},
		resource.KindServerGroup: {"os-server-groups", "server_groups"},
	}
	var kinds []maker
	for _, m := range makers() {
		if _, is := list[m.kind]; is {
			m.path = list[m.kind][0] + " " + list[m.kind][1]
			kinds = append(kinds, m)
		}
	}
	return kinds
}

// there are the ids of what the cloud has of a kind under a name, going or not, as the cloud lists it to anybody.
func (l *lab) there(m maker, names ...string) []string {
	l.tb.Helper()
	client, err := l.cloud.Client(l.tb.Context(), m.service)
	if err != nil {
		l.tb.Fatal(err)
	}
	var path, key string
	if _, err := fmt.Sscan(m.path, &path, &key); err != nil {
		l.tb.Fatal(err)
	}
	var page map[string]json.RawMessage
	if _, err := client.Request(l.tb.Context(), http.MethodGet, client.ServiceURL(path), &gophercloud.RequestOpts{JSONResponse: &page}); err != nil {
		l.tb.Fatal(err)
	}
	var things []struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Stack string `json:"stack_name"`
	}
	if err := json.Unmarshal(page[key], &things); err != nil {
		l.tb.Fatal(err)
	}
	var ids []string
	for _, thing := range things {
		if slices.Contains(names, thing.Name) || slices.Contains(names, thing.Stack) {
			ids = append(ids, thing.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// wants is a wish for the n-th thing of a kind, and the names it may have.
func (l *lab) wants(m maker, n int) (w resource.Wish, names []string) {
	l.tb.Helper()
	w = m.wish(l)
	w.Item = fmt.Sprintf("%s-%d", w.Item, n)
	w.Mark.Item = w.Item
	return w, []string{w.Mark.Name(), "handsoff_" + w.Mark.Env + "_" + w.Mark.Item}
}

// After any fault, what Find shows is what the cloud has, no more and no less; and what Make says of a thing is true: that it is there, that it surely is not,
// or that nobody knows.
func TestAfterAnyFaultWhatIsFoundIsWhatIsThere(t *testing.T) {
	t.Parallel()
	l := inSandbox(t)
	kinds := plain()
	l.services(cloud.Compute, cloud.Network, cloud.Volume, cloud.Orchestration)
	count := 0
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(kinds).Draw(t, "kind")
		count++
		w, names := l.wants(m, count)
		for range rapid.IntRange(0, 2).Draw(t, "faults") {
			l.sandbox.Break(drawFault(t, m.service))
		}
		tries := rapid.IntRange(1, 2).Draw(t, "tries")
		surely, perhaps := 0, 0
		var ours []resource.Thing
		for range tries {
			made, err := l.kind(m.kind).Make(l.tb.Context(), l.cloud, w)
			switch f := cloud.Judge(err); {
			case err == nil && !slices.ContainsFunc(ours, func(o resource.Thing) bool { return o.ID == made.ID }):
				surely++
				ours = append(ours, made)
			case err != nil && !f.Undone():
				perhaps++
			}
		}
		l.sandbox.Mend()
		there := l.there(m, names...)
		var found []string
		things := l.find(m.kind, w.Item)
		for _, thing := range things {
			found = append(found, thing.ID)
		}
		slices.Sort(found)
		if !slices.Equal(there, found) {
			t.Errorf("of %s there are %v, and found are %v", m.kind, there, found)
		}
		if len(there) < surely || len(there) > surely+perhaps {
			t.Errorf("of %s there are %d; made were %d, and %d nobody knows", m.kind, len(there), surely, perhaps)
		}
		for _, thing := range things {
			l.gone(thing)
		}
		if left := l.there(m, names...); len(left) > 0 {
			t.Errorf("of %s there are still %v", m.kind, left)
		}
	})
}

// drawFault is a fault that befalls one of the next requests to a service.
func drawFault(t *rapid.T, of cloud.Service) sandbox.Fault {
	f := sandbox.Fault{
		Kind:    rapid.SampledFrom([]sandbox.FaultKind{sandbox.FaultDown, sandbox.FaultLost, sandbox.FaultStatus, sandbox.FaultToken, sandbox.FaultQuota}).Draw(t, "fault"),
		Service: string(of), Method: rapid.SampledFrom([]string{"POST", "POST", "GET", ""}).Draw(t, "method"),
		Span: fault.Span{Times: rapid.IntRange(1, 2).Draw(t, "times"), Skip: rapid.IntRange(0, 1).Draw(t, "skip")},
	}
	if f.Kind == sandbox.FaultStatus {
		f.Status = rapid.SampledFrom([]int{400, 401, 403, 404, 409, 429, 500, 502, 503, 504}).Draw(t, "status")
		if rapid.Bool().Draw(t, "after") {
			f.After = time.Millisecond
		}
	}
	return f
}
