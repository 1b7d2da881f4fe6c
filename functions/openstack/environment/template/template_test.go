package template_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/config"
)

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

const whole = `
openstack:
  keys: {ann: ` + publicKey + `}
  templates:
    big:
      summary: all there is
      cloud: lab
      role: release
      signoff: {role: approver, within: 2h}
      parameters:
        size: {choices: [m1.nano, m1.small], default: m1.nano, help: the flavor}
        count: {type: int, default: 2, min: 0, max: 20}
        tag: {pattern: "[a-z]+", default: dev}
        public: {type: bool, default: true}
      ttl: 8h
      max_ttl: 3d
      on_expiry: {warn: [1h, 24h], stop: true, stop_for: 24h, delete: true}
      project: {quota: {cores: "{{ parameters.count * 2 }}"}, members: [{user: ann, role: member}]}
      networks:
        inside: {subnets: [{cidr: 10.0.0.0/24, dns: [1.1.1.1]}, {cidr: "fd00::/64", gateway: none}], router: "{{ parameters.public ? 'public' : '' }}"}
      security_groups:
        web: {rules: [{port: 80-443}, {group: web}, {protocol: icmp, from: 10.0.0.0/8}]}
        db: {rules: [{port: 5432, group: web}]}
      keypair: requester
      volumes: {data: {size: 10}, spare: {size: 1, image: tiny}}
      server_groups: {apart: {policy: anti-affinity}}
      servers:
        web: {count: "{{ parameters.count }}", flavor: "{{ parameters.size }}", newest: ubuntu-22.04, networks: [inside, shared], security_groups: [web, default], floating_ip: public, user_data: "#!/bin/sh\nhostname {{ server.name }}-{{ server.index }} # {{ env.owner }}", boot_volume: 10, volumes: [data], tags: ["{{ parameters.tag }}"], group: apart, ready: {ssh: true, within: 5m}}
        db: {flavor: m1.small, image: tiny, networks: [inside], ready: {port: 5432}}
    stack:
      heat: {template: "heat_template_version: 2018-08-31", parameters: {name: "{{ env.name }}", n: 3}}
`

func read(t testing.TB, text string) *template.Set {
	t.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return template.Read(file)
}

func TestExpand(t *testing.T) {
	t.Parallel()
	set := read(t, whole)
	for _, fault := range set.Faults {
		t.Fatal(fault)
	}
	big := set.Named("big")
	chosen, wrong := big.Choose(map[string]string{"count": "3", "size": "m1.small"})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	plan, err := big.Expand(template.Request{Name: "demo", Owner: "ann", Cloud: "lab", Parameters: chosen, Key: publicKey})
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.Counts(); got["server"] != 4 || got["floatingip"] != 3 || got["volume"] != 4 || got["attachment"] != 3 || got["subnet"] != 2 || got["routerport"] != 1 {
		t.Error(got)
	}
	web := plan.Item("server.web.2")
	var spec resource.ServerSpec
	if err := json.Unmarshal(web.Spec, &spec); err != nil {
		t.Fatal(err)
	}
	if web.Name != "demo-web-2" || spec.Flavor.Name != "m1.small" || !spec.Newest || !strings.Contains(spec.UserData, "hostname demo-web-2-2 # ann") ||
		spec.Networks[0].Network.Item != "net.inside" || spec.Networks[1].Network.Name != "shared" || spec.SecurityGroups[1].Name != "default" || spec.Key.Item != "key" ||
		spec.Group.Item != "group.apart" || spec.Tags[0] != "dev" || web.Ready != nil {
		t.Errorf("%+v %+v", web, spec)
	}
	for _, need := range []string{"key", "net.inside", "net.inside.subnet1", "net.inside.port1", "sec.web", "group.apart", "project"} {
		if !slices.Contains(web.Needs, need) {
			t.Errorf("%s is not needed: %v", need, web.Needs)
		}
	}
	if address := plan.Item("server.web.2.address"); address.Ready == nil || !address.Ready.SSH || address.Ready.Server != "server.web.2" || address.Ready.Within != 5*time.Minute {
		t.Errorf("%+v", address)
	}
	if db := plan.Item("server.db.1"); db.Name != "demo-db" || db.Ready.Port != 5432 {
		t.Errorf("%+v", db)
	}
	if big.Policy.Warn[0] != 24*time.Hour || big.MaxTTL != 72*time.Hour || big.Signoff.Role != "approver" || set.Keys["ann"] != publicKey {
		t.Errorf("%+v", big)
	}
	chosen["public"] = false
	if plan, err = big.Expand(template.Request{Name: "demo", Parameters: chosen, Key: publicKey}); err != nil || plan.Counts()["router"] != 0 {
		t.Error(plan.Counts(), err)
	}
	if _, err := big.Expand(template.Request{Name: "demo", Parameters: chosen}); err != template.ErrNoKey { //nolint:errorlint // exactly that
		t.Error(err)
	}
	if plan, err := set.Named("stack").Expand(template.Request{Name: "demo"}); err != nil || !strings.Contains(string(plan.Items[0].Spec), `"name":"demo"`) {
		t.Error(plan, err)
	}
}

// A mistake is named with its line and what was probably meant; the other templates work.
func TestMistakes(t *testing.T) {
	t.Parallel()
	const head = "openstack:\n  templates:\n    good: {networks: {a: {}}}\n    bad:\n"
	for text, want := range map[string]string{
		"      servrs: {}": "line 5, template bad: a template has no servrs; did you mean servers?",
		"      servers: {web: {flavour: x, image: y}}":                                                  "a server has no flavour; did you mean flavor?",
		"      servers: {web: {flavor: x}}":                                                             "the server web needs an image, or newest",
		"      servers: {Web: {flavor: x, image: y}}":                                                   `"Web" cannot be the name of a server`,
		"      servers: {web: {flavor: '{{ parameters.sise }}', image: y}}":                             "it reads parameters.sise, and there is none",
		"      servers: {web: {flavor: '{{ size }}', image: y}}":                                        "there is no size to read: there are env, parameters, server",
		"      servers: {web: {flavor: '{{ env.nam }}', image: y}}":                                     "it reads env.nam, and there is none; did you mean name?",
		"      servers: {web: {flavor: '{{', image: y}}":                                                "never closed",
		"      servers: {web: {flavor: x, image: y, volumes: [dat]}}\n      volumes: {data: {size: 1}}": "there is no volume dat among the template's; did you mean data?",
		"      servers: {web: {flavor: x, image: y, group: a}}":                                         "there is no server group a among the template's",
		"      servers: {web: {flavor: x, image: y, floating_ip: public}}":                              "have a floating_ip and no network",
		"      servers: {web: {flavor: x, image: y, ready: {}}}":                                        "ready needs a port, or ssh: true",
		"      servers: {web: {flavor: x, image: y, count: many}}":                                      `"many" is not a whole number from 0 to 100`,
		"      networks: {a: {subnets: [{cidr: 10.0.0.1/24}]}}":                                         `"10.0.0.1/24" is not a network`,
		"      networks: {a: {subnets: [{cidr: 10.0.0.0/24, gateway: 10.1.0.1}]}}":                      "is not an address of 10.0.0.0/24",
		"      security_groups: {a: [{port: 99999}]}":                                                   "is not a port",
		"      security_groups: {a: [{group: b}], b: []}":                                               "there is no security group b before a",
		"      server_groups: {a: near}\n      networks: {b: {}}":                                       "there is no policy near",
		"      project: {quota: {core: 1}}":                                                             "there is no quota core; did you mean cores?",
		"      parameters: {name: {}}\n      networks: {a: {}}":                                         "a parameter cannot be called name",
		"      parameters: {n: {type: int, default: x}}\n      networks: {a: {}}":                       `its default is to be a whole number, not "x"`,
		"      parameters: {n: {type: number}}\n      networks: {a: {}}":                                "type is number; it may be string, int, bool, choice",
		"      parameters: {n: {pattern: '('}}\n      networks: {a: {}}":                                "pattern: error parsing",
		"      networks: {a: {}}\n      ttl: 8d\n      max_ttl: 1d":                                     "max_ttl is shorter than ttl",
		"      ttl: soon\n      networks: {a: {}}":                                                      "a time such as 90s",
		"      summary: nothing":                                                                        "the template makes nothing",
		"      heat: {parameters: {a: b}}":                                                              "heat needs a template",
		"      networks: {a: {}}\n      networks: {b: {}}":                                              "stands there twice",
	} {
		if strings.Contains(text, "networks: {a: {}}\n      networks") {
			continue // the configuration itself is refused then
		}
		set := read(t, head+text+"\n")
		var told []string
		for _, fault := range set.Faults {
			told = append(told, fault.String())
		}
		if !strings.Contains(strings.Join(told, "\n"), want) || set.Named("good") == nil || set.Named("bad") != nil {
			t.Errorf("%s:\n%s\nwant %s", text, strings.Join(told, "\n"), want)
		}
		if len(told) > 0 && !strings.HasPrefix(told[0], "line ") {
			t.Errorf("%s: no line: %s", text, told[0])
		}
	}
	if set := read(t, "openstack: {keys: {ann: nothing}, templates: {}}"); len(set.Faults) != 1 {
		t.Error(set.Faults)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	big := read(t, whole).Named("big")
	for _, test := range []struct{ name, text, want string }{
		{"count", "21", "count is to be from 0 to 20, not 21."},
		{"count", "x", "count is to be a whole number"},
		{"size", "m1.smal", `size is to be one of m1.nano, m1.small, not "m1.smal"; did you mean m1.small?`},
		{"tag", "DEV", "tag is to match"},
		{"tag", strings.Repeat("a", 5000), "tag has 5000 bytes"},
		{"public", "perhaps", "public is to be true or false"},
		{"publik", "yes", "The template big has no parameter publik; did you mean public?"},
	} {
		_, wrong := big.Choose(map[string]string{test.name: test.text})
		if len(wrong) != 1 || !strings.Contains(wrong[0], test.want) {
			t.Errorf("%s=%.20s: %v", test.name, test.text, wrong)
		}
	}
}

// A value of several lines would be more than a value in user data: it takes a pattern that allows it, or stands in the template itself.
func TestAValueIsOneLine(t *testing.T) {
	t.Parallel()
	set := read(t, `
openstack:
  templates:
    small:
      parameters: {host: {default: web}, lines: {pattern: "[a-z\n]*", default: a}, long: {default: "a\nb"}}
      servers: {web: {flavor: m1.nano, image: tiny, user_data: "hostname: {{ parameters.host }}"}}
`)
	small := set.Named("small")
	for _, text := range []string{"x\nruncmd: [reboot]", "x\rruncmd: y", "x\u2028y", "x\x00"} {
		if _, wrong := small.Choose(map[string]string{"host": text}); len(wrong) != 1 || !strings.HasPrefix(wrong[0], "host is to be one line") {
			t.Errorf("%q: %v", text, wrong)
		}
	}
	if _, wrong := small.Choose(map[string]string{"host": "web 2: ä", "lines": "a\nb", "long": "a\nb"}); len(wrong) > 0 {
		t.Error(wrong)
	}
}

// TestAnyPlan: whatever is chosen, a plan is in order and has no circle, each key is once there and fits a mark, each thing that a
// spec refers to is one that it needs, and the same request makes the same plan.
func TestAnyPlan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		set := template.Read(parsed(rt, generated(rt)))
		for _, fault := range set.Faults {
			rt.Fatalf("%s", fault)
		}
		request := template.Request{Name: "demo", Owner: "ann", Cloud: "lab", Key: publicKey}
		plan, err := set.Templates[0].Expand(request)
		if err != nil {
			if strings.Contains(err.Error(), "nothing to make") {
				return
			}
			rt.Fatalf("%v", err)
		}
		again, err := set.Templates[0].Expand(request)
		one, _ := json.Marshal(plan)
		other, _ := json.Marshal(again)
		if err != nil || !bytes.Equal(one, other) {
			rt.Fatalf("it differs:\n%s\n%s", one, other)
		}
		seen := map[string]bool{}
		names := map[string]bool{}
		for _, item := range plan.Items {
			mark := resource.Mark{Env: "demo", Job: "k3f7", Item: item.Key}
			if seen[item.Key] || !mark.Valid() || names[item.Kind+item.Name] {
				rt.Fatalf("%s stands there twice, or fits no mark", item.Key)
			}
			for _, need := range item.Needs {
				if !seen[need] {
					rt.Fatalf("%s stands before %s, which it needs", item.Key, need)
				}
			}
			for _, used := range refs(rt, item.Spec) {
				if !slices.Contains(item.Needs, used) {
					rt.Fatalf("%s uses %s and does not need it: %v", item.Key, used, item.Needs)
				}
			}
			seen[item.Key], names[item.Kind+item.Name] = true, true
		}
	})
}

func parsed(rt *rapid.T, text string) *config.File {
	file, err := config.Parse([]byte(text))
	if err != nil {
		rt.Fatalf("%v\n%s", err, text)
	}
	return file
}

// refs are the items that a spec refers to.
func refs(rt *rapid.T, spec json.RawMessage) []string {
	var tree any
	if err := json.Unmarshal(spec, &tree); err != nil {
		rt.Fatalf("%v", err)
	}
	var found []string
	var walk func(any)
	walk = func(node any) {
		switch n := node.(type) {
		case map[string]any:
			if item, ok := n["item"].(string); ok {
				found = append(found, item)
			}
			for _, v := range n {
				walk(v)
			}
		case []any:
			for _, v := range n {
				walk(v)
			}
		}
	}
	walk(tree)
	return found
}

// generated is a random template.
func generated(rt *rapid.T) string {
	var y strings.Builder
	y.WriteString("openstack:\n  templates:\n    some:\n      project: true\n      volumes: {disk: {size: 1}, other: {size: 2}}\n      server_groups: {g: affinity}\n      networks:\n        spare: {}\n")
	networks := rapid.IntRange(0, 3).Draw(rt, "networks")
	for i := range networks {
		fmt.Fprintf(&y, "        n%d: {subnets: [", i)
		for s := range rapid.IntRange(0, 3).Draw(rt, "subnets") {
			fmt.Fprintf(&y, "{cidr: 10.%d.%d.0/24},", i, s)
		}
		fmt.Fprintf(&y, "]%s}\n", rapid.SampledFrom([]string{"", ", router: public"}).Draw(rt, "router"))
	}
	y.WriteString("      security_groups:\n        a: [{port: 22}]\n        b: [{group: a}, {group: b}]\n")
	y.WriteString(rapid.SampledFrom([]string{"", "      keypair: requester\n", "      keypair: make\n", "      keypair: mine\n"}).Draw(rt, "key"))
	y.WriteString("      servers:\n        none: {count: 0, flavor: f, image: i}\n")
	for i := range rapid.IntRange(0, 3).Draw(rt, "kinds") {
		fmt.Fprintf(&y, "        s%d: {count: %d, flavor: f, image: i, networks: [elsewhere", i, rapid.IntRange(0, 12).Draw(rt, "count"))
		for n := range networks {
			if rapid.Bool().Draw(rt, "joined") {
				fmt.Fprintf(&y, ", n%d", n)
			}
		}
		y.WriteString("]")
		if i == 0 {
			y.WriteString(", volumes: [disk]")
		}
		y.WriteString(rapid.SampledFrom([]string{"", ", floating_ip: public", ", security_groups: [a, b, default]", ", group: g", ", boot_volume: 3"}).Draw(rt, "more"))
		y.WriteString("}\n")
	}
	return y.String()
}

func FuzzRead(f *testing.F) {
	f.Add(whole)
	f.Add("openstack: {templates: {a: {servers: {b: {flavor: '{{ 1 }}', image: x}}}}}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := config.Parse([]byte(text))
		if err != nil {
			return
		}
		for _, one := range template.Read(file).Templates {
			if _, err := one.Expand(template.Request{Name: "demo", Key: publicKey}); err != nil && err.Error() == "" {
				t.Error("an empty error")
			}
		}
	})
}

// A parameter that stands for a secret names those that it may be, and none of the bot's own.
func TestSecretParameters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{secret: true, default: lab-db}":                     "",
		"{secret: true, choices: [lab-db, prod-db]}":          "",
		"{secret: true}":                                      "a secret needs choices, or a default",
		"{secret: true, type: int, default: 3}":               "a secret has no type and no pattern",
		"{secret: true, pattern: 'x+', default: xx}":          "a secret has no type and no pattern",
		"{secret: true, default: handsoff-key}":               `"handsoff-key" cannot be the name of an environment's secret`,
		"{secret: true, choices: [lab-db, redis-password]}":   "cannot be the name of an environment's secret",
		"{secret: true, default: ../etc/shadow}":              "cannot be the name of an environment's secret",
		"{secret: true, choices: [lab-db], default: prod-db}": "its default is to be the name of a secret, lab-db",
	} {
		file, err := config.Parse([]byte("openstack: {templates: {small: {parameters: {password: " + text + "}, networks: {inside: {}}}}}"))
		if err != nil {
			t.Fatal(err)
		}
		set := template.Read(file)
		if want == "" && len(set.Faults) > 0 || want != "" && (len(set.Faults) == 0 || !strings.Contains(set.Faults[0].String(), want)) {
			t.Errorf("%s: %v, want %q", text, set.Faults, want)
		}
	}
}
