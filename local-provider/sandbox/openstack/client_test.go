package openstack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/need"
)

// A typed line is what somebody types to python-openstackclient, and parts of what it is to print: "status=ACTIVE", or "name=web" in
// any row of a list. Lines without any print nothing.
type typed struct {
	line  string
	wants []string
}

// session is what somebody does with a project of their own. DIR is a folder.
var session = []typed{
	{"token issue -f json", []string{"project_id={project}"}},
	{"catalog list -f json", []string{"Type=compute", "Type=volumev3", "Type=orchestration"}},
	{"project show demo -f json", []string{"name=demo", "enabled=true"}},
	{"user list -f json", []string{"Name=demo"}},
	{"flavor list -f json", []string{"Name=m1.nano"}},
	{"image list -f json", []string{"Name=tiny"}},
	{"network list -f json", []string{"Name=public", "Name=shared"}},
	{"hypervisor list -f json", []string{"Hypervisor Hostname=fake1", "State=up"}},
	{"compute service list -f json", []string{"Binary=nova-compute", "State=up"}},
	{"network create inside -f json", []string{"name=inside", "status=ACTIVE"}},
	{"subnet create --network inside --subnet-range 10.5.0.0/24 inside -f json", []string{"cidr=10.5.0.0/24", "gateway_ip=10.5.0.1"}},
	{"router create way -f json", []string{"name=way", "status=ACTIVE"}},
	{"router set --external-gateway public way", nil},
	{"router add subnet way inside", nil},
	{"security group create web -f json", []string{"name=web"}},
	{"security group rule create --dst-port 22 --protocol tcp web -f json", []string{"port_range_min=22", "protocol=tcp"}},
	{"keypair create --public-key DIR/key.pub key -f json", []string{"name=key", "type=ssh"}},
	{"server create --flavor m1.nano --image tiny --network inside --security-group web --key-name key --property a=b --wait web -f json", []string{"name=web", "status=ACTIVE"}},
	{"server list -f json", []string{"Name=web", "Status=ACTIVE"}},
	{"floating ip create public -f json", []string{"status=DOWN", "floating_ip_address=203.0.113."}},
	{"server stop web", nil},
	{"server show web -f json", []string{"status=SHUTOFF", "key_name=key", "name=web"}},
	{"server set --property c=d web", nil},
	{"server start web", nil},
	{"volume create --size 1 data -f json", []string{"name=data", "size=1"}},
	{"volume show data -f json", []string{"status=available"}},
	{"volume list -f json", []string{"Name=data"}},
	{"volume delete data", nil},
	{"stack create -t DIR/stack.yaml --parameter word=hello st -f json", []string{"stack_name=st"}},
	{"stack show st -f json", []string{"stack_status=CREATE_COMPLETE"}},
	{"stack resource list st -f json", []string{"resource_name=one", "resource_type=OS::Heat::TestResource"}},
	{"stack output show st said -f json", []string{"output_value=hello"}},
	{"stack delete --yes st", nil},
	{"quota show -f json", nil},
	{"limits show --absolute -f json", []string{"Name=totalInstancesUsed", "Value=1"}},
	{"server delete --wait web", nil},
	{"router remove subnet way inside", nil},
	{"router delete way", nil},
	{"network delete inside", nil},
	{"server list -f json", []string{"=[]"}},
}

const sessionStack = `heat_template_version: 2018-08-31
parameters: {word: {type: string}}
resources: {one: {type: OS::Heat::TestResource, properties: {value: {get_param: word}}}}
outputs: {said: {value: {get_attr: [one, output]}}}
`

// TestPythonOpenstackclient: the client that everybody has finds in the sandbox what it asks for. It is one process that reads its lines:
// Python needs seconds to begin.
func TestPythonOpenstackclient(t *testing.T) {
	t.Parallel()
	client := need.Program(t, "openstack")
	need.Program(t, "heat")
	r := newRig(t, openstack.Options{Boot: -1, Delete: -1})
	dir := t.TempDir()
	for name, text := range map[string]string{
		"clouds.yaml": string(r.cloud.CloudsYAML(r.url)), "stack.yaml": sessionStack,
		"key.pub": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAW3Q0dWJm0rL0p4Yg1mDwDgOzb5Cg9RxJj0m5sO3v1Q ann@example.org\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var lines strings.Builder
	for _, s := range session {
		fmt.Fprintln(&lines, strings.ReplaceAll(s.line, "DIR", dir))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, client)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "LC_ALL=C.UTF-8", "OS_CLOUD=ops-admin", "OS_CLIENT_CONFIG_FILE=" + filepath.Join(dir, "clouds.yaml")}
	cmd.Stdin, cmd.Dir = strings.NewReader(lines.String()), dir
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Errorf("%v\n%s", err, complaints.String())
	}
	project := newTarget(t, r.url+"/identity/v3", "secret").vars["admin_project"]
	printed := json.NewDecoder(&out)
	for _, s := range session {
		if !strings.Contains(s.line, "-f json") {
			continue
		}
		var value any
		if err := printed.Decode(&value); err != nil {
			t.Fatalf("%s: %v", s.line, err)
		}
		for _, want := range s.wants {
			if want = strings.ReplaceAll(want, "{project}", project); !tells(value, want) {
				t.Errorf("%s: %s is not in %v", s.line, want, value)
			}
		}
	}
	if err := printed.Decode(new(any)); !errors.Is(err, io.EOF) {
		t.Errorf("it says more than was asked for: %v", err)
	}
}

// tells reports whether a thing, or one of a list, has a field that begins with a value.
func tells(value any, want string) bool {
	name, text, _ := strings.Cut(want, "=")
	switch v := value.(type) {
	case []any:
		if name == "" {
			return fmt.Sprint(v) == text
		}
		for _, one := range v {
			if tells(one, want) {
				return true
			}
		}
	case map[string]any:
		return strings.HasPrefix(fmt.Sprint(v[name]), text)
	}
	return false
}
