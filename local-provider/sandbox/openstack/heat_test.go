package openstack

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

const stacks = "/heat-api/v1/{project}/stacks"

// stack makes a stack and returns the path of its calls.
func (p *person) stack(name, template, more string) string {
	p.Helper()
	text, err := json.Marshal(template)
	if err != nil {
		p.Fatal(err)
	}
	out := p.must("POST "+stacks, `{"stack_name":"`+name+`","template":`+string(text)+more+`}`)
	id, _ := at(out, "stack.id").(string)
	return stacks + "/" + name + "/" + id
}

// wholeTemplate makes a server that is reached from outside, and everything that it takes.
const wholeTemplate = `
heat_template_version: 2018-08-31
parameters:
  image: {type: string, default: tiny}
resources:
  net: {type: OS::Neutron::Net}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.7.0.0/24, dns_nameservers: [10.7.0.2]}
  router:
    type: OS::Neutron::Router
    properties: {external_gateway_info: {network: public}}
  joint:
    type: OS::Neutron::RouterInterface
    properties: {router: {get_resource: router}, subnet: {get_resource: subnet}}
  group:
    type: OS::Neutron::SecurityGroup
    properties: {rules: [{protocol: tcp, port_range_min: 22, port_range_max: 22}]}
  port:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net}
      fixed_ips: [{subnet: {get_resource: subnet}, ip_address: 10.7.0.9}]
      security_groups: [{get_resource: group}]
  way:
    type: OS::Neutron::FloatingIP
    depends_on: joint
    properties: {floating_network: public, port_id: {get_resource: port}}
  disk:
    type: OS::Cinder::Volume
    properties: {size: 1}
  server:
    type: OS::Nova::Server
    properties:
      flavor: m1.nano
      image: {get_param: image}
      networks: [{port: {get_resource: port}}]
outputs:
  inside: {value: {get_attr: [server, first_address]}}
  outside: {value: {get_attr: [way, floating_ip_address]}}
  login: {value: {str_replace: {template: ssh root@ADDR, params: {ADDR: {get_attr: [server, networks, {get_attr: [net, name]}, 0]}}}}}
`

// count is how many things a list of a project's has.
func (p *person) count(path, name string) int {
	p.Helper()
	list, _ := p.must("GET "+path, "")[name].([]any)
	return len(list)
}

// left are the things that a project has, but for its default security group.
func (p *person) left() int {
	p.Helper()
	mine := "?project_id=" + p.project
	return p.count("/network/v2.0/networks"+mine, "networks") + p.count("/network/v2.0/subnets"+mine, "subnets") +
		p.count("/network/v2.0/ports"+mine, "ports") + p.count("/network/v2.0/routers"+mine, "routers") +
		p.count("/network/v2.0/floatingips"+mine, "floatingips") + p.count("/network/v2.0/security-groups"+mine, "security_groups") - 1 +
		p.count("/volume/v3/{project}/volumes", "volumes") + p.count("/compute/v2.1/servers", "servers")
}

func TestAStackOfServers(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	p.must("GET /network/v2.0/security-groups", "")
	at0 := p.stack("whole", wholeTemplate, "")
	out := p.until("GET "+at0, "stack.stack_status", "CREATE_COMPLETE")
	if n := p.left(); n != 9 {
		t.Errorf("%d things, not 9", n)
	}
	text, err := json.Marshal(at(out, "stack.outputs"))
	if err != nil || !strings.Contains(string(text), `"ssh root@10.7.0.9"`) || !strings.Contains(string(text), `"203.0.113.`) {
		t.Errorf("outputs: %s", text)
	}
	if status, _ := p.ask("DELETE "+at0, ""); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	p.until("GET "+at0, "stack.stack_status", "DELETE_COMPLETE")
	if n := p.left(); n != 0 {
		t.Errorf("%d things are left", n)
	}
}

func TestAStackThatIsDeletedAtAnyMomentLeavesNothing(t *testing.T) {
	t.Parallel()
	for seconds := range 8 {
		p := frozen(t)
		p.must("GET /network/v2.0/security-groups", "")
		at0 := p.stack("whole", wholeTemplate, "")
		p.cloud.Advance(time.Duration(seconds) * 700 * time.Millisecond)
		p.must("DELETE "+at0, "")
		p.until("GET "+at0, "stack.stack_status", "DELETE_COMPLETE")
		if n := p.left(); n != 0 {
			t.Errorf("after %d steps %d things are left", seconds, n)
		}
	}
}

func TestAStackThatFailsIsRolledBackUnlessThatIsDisabled(t *testing.T) {
	t.Parallel()
	const template = "heat_template_version: 2018-08-31\nresources:\n  net: {type: OS::Neutron::Net}\n" +
		"  x: {type: OS::Heat::TestResource, depends_on: net, properties: {fail: true}}\n"
	p := frozen(t)
	kept := p.stack("kept", template, `,"disable_rollback":true`)
	back := p.stack("back", template, `,"disable_rollback":false`)
	out := p.until("GET "+kept, "stack.stack_status", "CREATE_FAILED")
	if why := at(out, "stack.stack_status_reason"); why != "Resource CREATE failed: ValueError: resources.x: Test Resource failed x" {
		t.Error(why)
	}
	p.until("GET "+back, "stack.stack_status", "ROLLBACK_COMPLETE")
	if n := p.count("/network/v2.0/networks?project_id="+p.project, "networks"); n != 1 {
		t.Errorf("%d networks, not the one that is kept", n)
	}
}

func TestUpdatesOfAStack(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	at0 := p.stack("u", "heat_template_version: 2018-08-31\nresources:\n  a: {type: OS::Neutron::Net}\n"+
		"  b: {type: OS::Heat::TestResource, properties: {value: one}}\noutputs: {v: {value: {get_attr: [b, output]}}}\n", "")
	p.until("GET "+at0, "stack.stack_status", "CREATE_COMPLETE")
	p.must("PUT "+at0, `{"template":"heat_template_version: 2018-08-31\nresources:\n  b: {type: OS::Heat::TestResource, properties: {value: two}}\n`+
		`  c: {type: OS::Neutron::Net}\noutputs: {v: {value: {get_attr: [b, output]}}}\n"}`)
	p.until("GET "+at0, "stack.stack_status", "UPDATE_COMPLETE")
	if v := at(p.must("GET "+at0+"/outputs/v", ""), "output.output_value"); v != "two" {
		t.Errorf("the output is %v", v)
	}
	if n := p.count(at0+"/resources", "resources"); n != 2 {
		t.Errorf("%d resources", n)
	}
	if n := p.count("/network/v2.0/networks?project_id="+p.project, "networks"); n != 1 {
		t.Errorf("%d networks", n)
	}
}

func TestAStackThatHasTimeIsCheckedSuspendedAndResumed(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	at0 := p.stack("s", "heat_template_version: 2018-08-31\nresources: {x: {type: OS::Heat::TestResource}}\n", `,"timeout_mins":1`)
	p.until("GET "+at0, "stack.stack_status", "CREATE_COMPLETE")
	p.cloud.Advance(10 * time.Minute)
	for _, action := range []string{"check", "suspend", "resume"} {
		p.must("POST "+at0+"/actions", `{"`+action+`":null}`)
		p.until("GET "+at0, "stack.stack_status", strings.ToUpper(action)+"_COMPLETE")
	}
}

func TestCancelsOfAStack(t *testing.T) {
	t.Parallel()
	const slow = "heat_template_version: 2018-08-31\nresources: {x: {type: OS::Heat::TestResource, properties: {wait_secs: 60}}}\n"
	p := frozen(t)
	here, back := p.stack("here", slow, ""), p.stack("back", slow, "")
	p.cloud.Advance(time.Second)
	p.must("POST "+here+"/actions", `{"cancel_without_rollback":null}`)
	p.until("GET "+here, "stack.stack_status_reason", "Stack CREATE cancelled")
	p.must("POST "+back+"/actions", `{"cancel_update":null}`)
	p.until("GET "+back, "stack.stack_status", "ROLLBACK_COMPLETE")
	long := p.stack("long", slow, `,"timeout_mins":1`)
	p.until("GET "+long, "stack.stack_status_reason", "Stack CREATE completed successfully")
	late := p.stack("late", strings.ReplaceAll(slow, "60", "600"), `,"timeout_mins":1`)
	p.until("GET "+late, "stack.stack_status_reason", "Timed out")
}

func TestAStackGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	state := t.TempDir() + "/cloud.jsonl"
	first := New(Options{Frozen: true, State: state})
	p := demo(t, first)
	at0 := p.stack("whole", wholeTemplate, "")
	first.Advance(time.Second)
	first.Close()
	second := New(Options{Frozen: true, State: state})
	t.Cleanup(second.Close)
	if err := second.Err(); err != nil {
		t.Fatal(err)
	}
	p = demo(t, second)
	p.until("GET "+at0, "stack.stack_status", "CREATE_COMPLETE")
	p.must("DELETE "+at0, "")
	p.until("GET "+at0, "stack.stack_status", "DELETE_COMPLETE")
	if n := p.left(); n != 0 {
		t.Errorf("%d things are left", n)
	}
}

func TestAStackThatIsStuckStaysThatWay(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	at0 := p.stack("s", "heat_template_version: 2018-08-31\nresources: {}\n", "")
	p.until("GET "+at0, "stack.stack_status", "CREATE_COMPLETE")
	p.cloud.Break(Fault{Kind: FaultStuck, Method: http.MethodDelete})
	p.must("DELETE "+at0, "")
	p.cloud.Advance(30 * time.Minute)
	if out := p.must("GET "+at0, ""); at(out, "stack.stack_status") != "DELETE_IN_PROGRESS" {
		t.Error(out)
	}
	p.cloud.Mend()
}

func TestAFloatingIPIsMadeAfterTheInterfaceAndGoesBeforeIt(t *testing.T) {
	t.Parallel()
	p := frozen(t)
	at0 := p.stack("whole", strings.ReplaceAll(wholeTemplate, "    depends_on: joint\n", ""), "")
	p.until("GET "+at0, "stack.stack_status", "CREATE_COMPLETE")
	p.must("DELETE "+at0, "")
	p.until("GET "+at0, "stack.stack_status", "DELETE_COMPLETE")
}

func FuzzTemplate(f *testing.F) {
	f.Add(wholeTemplate)
	f.Add("heat_template_version: 2018-08-31\nresources: {x: {type: OS::Heat::TestResource, properties: {value: {get_attr: [x, output]}}}}")
	f.Add("heat_template_version: 2018-08-31\noutputs: {a: {value: {list_join: [x, {get_param: 'OS::stack_name'}]}}}")
	f.Add("heat_template_version: 2018-08-31\nparameters: {p: {type: json, default: '{}', constraints: [{length: {min: 1}}]}}")
	f.Add("a: &a [*a, *a]\n")
	f.Add("{\"heat_template_version\": 2018-08-31, ? [1]: 2}")
	f.Fuzz(func(t *testing.T, text string) {
		p := frozen(t)
		body, err := json.Marshal(object{"stack_name": "f", "template": text})
		if err != nil {
			t.Skip()
		}
		status, out := p.ask("POST "+stacks, string(body))
		if status != http.StatusCreated {
			if status != http.StatusBadRequest {
				t.Fatalf("%d %v", status, out)
			}
			return
		}
		id, _ := at(out, "stack.id").(string)
		p.cloud.Advance(10 * time.Second)
		p.must("GET "+stacks+"/f/"+id, "")
		p.must("DELETE "+stacks+"/f/"+id, "")
		p.cloud.Advance(time.Minute)
		p.must("GET "+stacks+"/f/"+id, "")
	})
}
