package resource_test

import (
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/cloud/cloudtest"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
)

// inSandbox is a lab in the sandbox, where faults can be ordered and nothing takes time.
func inSandbox(t *testing.T) *lab {
	t.Helper()
	clouds, server := cloudtest.Sandbox(t, sandbox.Options{Boot: 20 * time.Millisecond, Delete: 20 * time.Millisecond})
	l := &lab{tb: t, cloud: cloudtest.Lab(t, clouds), sandbox: server, env: "g2-lost"}
	t.Cleanup(l.takeBack)
	return l
}

// maker is a kind's create: what it takes, and where it is asked for.
type maker struct {
	kind    string
	service cloud.Service
	path    string
	wish    func(l *lab) resource.Wish
}

func makers() []maker {
	outside := called(outsideName)
	return []maker{
		{resource.KindProject, cloud.Identity, "/projects", func(l *lab) resource.Wish {
			return l.wish(resource.KindProject, "project", resource.ProjectSpec{Quota: resource.Amounts{resource.Cores: 2}}, nil)
		}},
		{resource.KindKeyPair, cloud.Compute, "/os-keypairs", func(l *lab) resource.Wish {
			return l.wish(resource.KindKeyPair, "key", resource.KeyPairSpec{}, nil)
		}},
		{resource.KindServerGroup, cloud.Compute, "/os-server-groups", func(l *lab) resource.Wish {
			return l.wish(resource.KindServerGroup, "spread", resource.ServerGroupSpec{Policy: "affinity"}, nil)
		}},
		{resource.KindNetwork, cloud.Network, "/networks", func(l *lab) resource.Wish {
			return l.wish(resource.KindNetwork, "net", resource.NetworkSpec{}, nil)
		}},
		{resource.KindSubnet, cloud.Network, "/subnets", func(l *lab) resource.Wish {
			network := l.ready(l.wish(resource.KindNetwork, "net", resource.NetworkSpec{}, nil))
			return l.wish(resource.KindSubnet, "net.1", resource.SubnetSpec{Network: item("net"), CIDR: "10.83.0.0/24"}, map[string]string{"net": network.ID})
		}},
		{resource.KindRouter, cloud.Network, "/routers", func(l *lab) resource.Wish {
			return l.wish(resource.KindRouter, "router", resource.RouterSpec{External: &outside}, nil)
		}},
		{resource.KindRouterPort, cloud.Network, "/ports", func(l *lab) resource.Wish {
			return l.wish(resource.KindRouterPort, "port", resource.RouterPortSpec{Router: item("router"), Subnet: item("net.1")}, l.wired())
		}},
		{resource.KindSecGroup, cloud.Network, "/security-groups", func(l *lab) resource.Wish { return l.wish(resource.KindSecGroup, "wall", ssh(), nil) }},
		{resource.KindVolume, cloud.Volume, "/volumes", func(l *lab) resource.Wish {
			return l.wish(resource.KindVolume, "data", resource.VolumeSpec{Size: 1}, nil)
		}},
		{resource.KindServer, cloud.Compute, "/servers", func(l *lab) resource.Wish { return l.wish(resource.KindServer, "web", serverSpec(), nil) }},
		{resource.KindAttachment, cloud.Compute, "/servers/*/os-volume_attachments", func(l *lab) resource.Wish {
			volume := l.ready(l.wish(resource.KindVolume, "data", resource.VolumeSpec{Size: 1}, nil))
			server := l.ready(l.wish(resource.KindServer, "web", serverSpec(), nil))
			return l.wish(resource.KindAttachment, resource.AttachmentItem("data"), resource.AttachmentSpec{Server: item("web"), Volume: item("data")},
				map[string]string{"data": volume.ID, "web": server.ID})
		}},
		{resource.KindFloatingIP, cloud.Network, "/floatingips", func(l *lab) resource.Wish {
			uses := l.wired()
			l.ready(l.wish(resource.KindRouterPort, "port", resource.RouterPortSpec{Router: item("router"), Subnet: item("net.1")}, uses))
			spec := serverSpec()
			spec.Networks = []resource.NIC{{Network: item("net")}}
			uses["web"] = l.ready(l.wish(resource.KindServer, "web", spec, uses)).ID
			return l.wish(resource.KindFloatingIP, "web.address", resource.FloatingIPSpec{External: outside, Server: item("web")}, uses)
		}},
		{resource.KindStack, cloud.Orchestration, "/stacks", func(l *lab) resource.Wish { return l.wish(resource.KindStack, "stack", stackSpec(0), nil) }},
	}
}

func ssh() resource.SecGroupSpec {
	return resource.SecGroupSpec{Rules: []resource.RuleSpec{{Protocol: "tcp", From: 22}, {Protocol: "icmp"}}}
}

func TestEveryKindIsTriedWithLostAnswers(t *testing.T) {
	t.Parallel()
	tried := []string{}
	for _, m := range makers() {
		tried = append(tried, m.kind)
	}
	if !slices.Equal(tried, resource.Kinds()) {
		t.Errorf("tried are %v of %v", tried, resource.Kinds())
	}
}

// What was asked for is there although the answer was lost: the error says so, and the mark finds it.
func TestWhatWasMadeWithoutAnAnswerIsFound(t *testing.T) {
	t.Parallel()
	for _, m := range makers() {
		t.Run(m.kind, func(t *testing.T) {
			t.Parallel()
			l := inSandbox(t)
			l.services(m.service)
			w := m.wish(l)
			l.sandbox.Break(sandbox.Fault{Kind: sandbox.FaultLost, Service: string(m.service), Method: "POST", Path: m.path, Span: fault.Span{Times: 1}})
			_, err := l.kind(m.kind).Make(t.Context(), l.at(m.kind), w)
			if err == nil || cloud.Judge(err).Undone() {
				t.Fatalf("the answer was lost, and yet: %v", err)
			}
			found := l.find(m.kind, w.Item)
			if len(found) != 1 || found[0].State == resource.Absent {
				t.Fatalf("found %+v", found)
			}
			l.gone(found[0])
		})
	}
}

// What surely was not made is said to be undone, and nothing is found.
func TestWhatWasNotMadeIsNotFound(t *testing.T) {
	t.Parallel()
	for _, m := range makers() {
		t.Run(m.kind, func(t *testing.T) {
			t.Parallel()
			l := inSandbox(t)
			l.services(m.service)
			w := m.wish(l)
			l.sandbox.Break(sandbox.Fault{
				Kind: sandbox.FaultStatus, Status: 429, After: time.Second, Service: string(m.service), Method: "POST", Path: m.path, Span: fault.Span{Times: 1},
			})
			_, err := l.kind(m.kind).Make(t.Context(), l.at(m.kind), w)
			if f := cloud.Judge(err); f == nil || f.Kind != cloud.Busy || !f.Undone() || f.After != time.Second {
				t.Fatalf("refused with 429: %v", err)
			}
			if found := l.find(m.kind, w.Item); len(found) > 0 {
				t.Fatalf("found %+v", found)
			}
			l.ready(w) // and it can be asked for again
		})
	}
}

// A create that came through twice is found twice, the older first. Names that are taken make the second impossible.
func TestWhatWasMadeTwiceIsFoundTwice(t *testing.T) {
	t.Parallel()
	for _, m := range makers() {
		if slices.Contains([]string{resource.KindProject, resource.KindKeyPair, resource.KindStack, resource.KindAttachment, resource.KindRouterPort}, m.kind) {
			continue
		}
		t.Run(m.kind, func(t *testing.T) {
			t.Parallel()
			l := inSandbox(t)
			l.services(m.service)
			w := m.wish(l)
			if m.kind == resource.KindSubnet { // two of one block do not go together in a network
				l.ready(w)
				w = l.wish(m.kind, w.Item, resource.SubnetSpec{Network: item("net"), CIDR: "10.84.0.0/24"}, w.Uses)
			} else {
				l.ready(w)
			}
			if m.kind == resource.KindFloatingIP { // one of a port's addresses has one outside
				return
			}
			l.ready(w)
			found := l.find(m.kind, w.Item)
			if len(found) != 2 || found[0].ID == found[1].ID || found[1].Made.Before(found[0].Made) {
				t.Errorf("found %+v", found)
			}
		})
	}
}

// A fault between the requests of one create leaves nothing, or says that it does.
func TestWhatIsHalfMadeIsTakenBack(t *testing.T) {
	t.Parallel()
	second := map[string][]sandbox.Fault{
		resource.KindRouterPort: {{Service: "network", Method: "PUT", Path: "/routers/*/add_router_interface"}},
		resource.KindSecGroup:   {{Service: "network", Method: "POST", Path: "/security-group-rules"}},
		resource.KindProject: {
			{Service: "identity", Method: "PUT", Path: "/projects/*/roles/*"},
			{Service: "compute", Method: "PUT", Path: "/os-quota-sets/*"},
			{Service: "identity", Method: "PATCH", Path: "/projects/*"},
		},
	}
	for _, m := range makers() {
		for _, where := range second[m.kind] {
			for _, kind := range []sandbox.FaultKind{sandbox.FaultStatus, sandbox.FaultLost, sandbox.FaultDown} {
				t.Run(m.kind+where.Method+string(kind), func(t *testing.T) {
					t.Parallel()
					l := inSandbox(t)
					l.services(m.service)
					w := m.wish(l)
					befalls := where
					befalls.Kind, befalls.Status = kind, 503
					l.sandbox.Break(befalls)
					_, err := l.kind(m.kind).Make(t.Context(), l.at(m.kind), w)
					if err == nil || l.sandbox.Befallen() == 0 {
						t.Fatalf("half of it failed, and yet: %v", err)
					}
					l.sandbox.Mend()
					if found := l.find(m.kind, ""); len(found) > 0 {
						t.Errorf("left behind: %+v", found)
					}
					l.ready(w)
				})
			}
		}
	}
}

// Where it cannot be taken back either, it is shown as failed and unfinished, and can be finished.
func TestWhatIsHalfMadeAndStaysIsFinished(t *testing.T) {
	t.Parallel()
	second := map[string]string{
		resource.KindRouterPort: "/routers/*/add_router_interface", resource.KindSecGroup: "/security-group-rules", resource.KindProject: "/projects/*/roles/*",
	}
	for _, m := range makers() {
		if second[m.kind] == "" {
			continue
		}
		t.Run(m.kind, func(t *testing.T) {
			t.Parallel()
			l := inSandbox(t)
			w := m.wish(l)
			l.sandbox.Break(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 503, Path: second[m.kind]})
			l.sandbox.Break(sandbox.Fault{Kind: sandbox.FaultStatus, Status: 503, Method: "DELETE"})
			_, err := l.kind(m.kind).Make(t.Context(), l.at(m.kind), w)
			if err == nil || cloud.Judge(err).Undone() {
				t.Fatalf("half of it is there, and yet: %v", err)
			}
			l.sandbox.Mend()
			found := l.find(m.kind, w.Item)
			if len(found) != 1 || found[0].State != resource.Failed || found[0].Why == "" || !found[0].Unfinished {
				t.Fatalf("found %+v", found)
			}
			for range 2 { // the second time there is nothing left to do
				done, err := l.kind(m.kind).(resource.Finisher).Finish(t.Context(), l.at(m.kind), w, found[0].ID)
				if err != nil || done.State != resource.Ready || done.Unfinished || done.ID != found[0].ID {
					t.Fatalf("finished: %+v, %v", done, err)
				}
			}
			if again := l.find(m.kind, w.Item); len(again) != 1 || again[0].State != resource.Ready {
				t.Fatalf("found when it was finished: %+v", again)
			}
			l.gone(found[0])
		})
	}
}
