package openstack

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

func TestNoAddressIsGivenTwice(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	rapid.Check(t, func(rt *rapid.T) {
		net, _ := at(p.must("POST /network/v2.0/networks", `{"network":{"name":"n"}}`), "network.id").(string)
		bits := rapid.IntRange(27, 30).Draw(rt, "bits")
		subnet := p.must("POST /network/v2.0/subnets",
			fmt.Sprintf(`{"subnet":{"network_id":%q,"ip_version":4,"cidr":"10.8.0.0/%d"}}`, net, bits))
		room := 1<<(32-bits) - 3 // the network, the gateway, everybody
		held := map[string]string{}
		var order []string
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			if len(order) > 0 && rapid.Bool().Draw(rt, "remove") {
				i := rapid.IntRange(0, len(order)-1).Draw(rt, "which")
				p.must("DELETE /network/v2.0/ports/"+order[i], "")
				delete(held, order[i])
				order = append(order[:i], order[i+1:]...)
				continue
			}
			status, out := p.ask("POST /network/v2.0/ports", `{"port":{"network_id":"`+net+`"}}`)
			if len(held) == room {
				if status != http.StatusConflict {
					rt.Fatalf("a port beyond the last address: %d", status)
				}
				continue
			}
			port, _ := out["port"].(object)
			id, _ := port["id"].(string)
			fixed, _ := port["fixed_ips"].([]any)
			if status != http.StatusCreated || len(fixed) != 1 {
				rt.Fatalf("%d %v", status, out)
			}
			one, _ := fixed[0].(object)
			address, _ := one["ip_address"].(string)
			if !netip.MustParsePrefix("10.8.0.0/27").Contains(netip.MustParseAddr(address)) || address == at(subnet, "subnet.gateway_ip") {
				rt.Fatalf("address %s", address)
			}
			for other, theirs := range held {
				if theirs == address {
					rt.Fatalf("%s is %s's, too", address, other)
				}
			}
			held[id] = address
			order = append(order, id)
		}
		for _, id := range order {
			p.must("DELETE /network/v2.0/ports/"+id, "")
		}
		p.must("DELETE /network/v2.0/networks/"+net, "")
	})
}

func TestPagesOfNetworksShowEachOnce(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	for i := range 7 {
		p.must("POST /network/v2.0/networks", fmt.Sprintf(`{"network":{"name":"n%d","description":"mine"}}`, i))
	}
	seen := map[string]bool{}
	next := "/network/v2.0/networks?description=mine&limit=3&sort_key=name&sort_dir=desc"
	for pages := 0; next != ""; pages++ {
		out := p.must("GET "+next, "")
		list, _ := out["networks"].([]any)
		for _, x := range list {
			n, _ := x.(object)
			name, _ := n["name"].(string)
			if seen[name] {
				t.Errorf("%s twice", name)
			}
			seen[name] = true
		}
		next = ""
		links, _ := out["networks_links"].([]any)
		for _, x := range links {
			if link, _ := x.(object); link["rel"] == "next" {
				u, err := url.Parse(link["href"].(string))
				if err != nil {
					t.Fatal(err)
				}
				next = u.RequestURI()
			}
		}
		if pages > 5 {
			t.Fatal("no end of pages")
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d of 7", len(seen))
	}
}

func TestAQuotaEndsHalfWay(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	f := Fault{Kind: FaultQuota, Service: "network", Method: http.MethodPost}
	f.Skip = 1
	p.cloud.Break(f)
	p.must("POST /network/v2.0/networks", `{"network":{}}`)
	status, out := p.ask("POST /network/v2.0/networks", `{"network":{}}`)
	if status != http.StatusConflict || at(out, "NeutronError.type") != "OverQuota" {
		t.Errorf("%d %v", status, out)
	}
	if n := p.count("/network/v2.0/networks?project_id="+p.project, "networks"); n != 1 {
		t.Errorf("%d networks", n)
	}
}

func TestAgentsThatAreNotHeardOf(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	if err := p.cloud.SetNetworkAgents("nowhere", false); err == nil {
		t.Error("an agent nowhere")
	}
	if err := p.cloud.SetNetworkAgents("fake1", false); err != nil {
		t.Error(err)
	}
	p.cloud.do(func() { p.cloud.tokens.get(p.token).Roles = []string{"admin"} })
	if n := p.count("/network/v2.0/agents?alive=false", "agents"); n != len(agentKinds) {
		t.Errorf("%d agents are dead", n)
	}
}

func FuzzNetworkQuery(f *testing.F) {
	f.Add("networks", "name=shared&limit=1&marker=x&page_reverse=true")
	f.Add("ports", "fixed_ips=ip_address%3D10.0.0.1&fields=id&sort_key=name&sort_dir=asc")
	f.Add("subnets", "shared=true&tags=a,b&not-tags-any=c")
	f.Add("security-group-rules", "port_range_min=x")
	f.Add("floatingips", "limit=1&marker=")
	cloud := New(Options{Frozen: true})
	f.Cleanup(cloud.Close)
	p := demo(f, cloud)
	f.Fuzz(func(t *testing.T, kind, query string) {
		mine := *p
		mine.TB = t
		u := &url.URL{Path: "/network/v2.0/" + kind, RawQuery: query}
		if _, err := url.ParseRequestURI(u.RequestURI()); err != nil || !asked(query) {
			t.Skip()
		}
		status, out := mine.ask("GET "+u.RequestURI(), "")
		if status >= http.StatusInternalServerError {
			t.Fatalf("%d %v", status, out)
		}
	})
}

// asked says whether a query can stand in a request's first line.
func asked(query string) bool {
	for _, c := range query {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}
