package main

import (
	"os"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

func TestConfigurationFaults(t *testing.T) {
	t.Parallel()
	const hosts = "inventories: {all: {static: a}}\n"
	for _, test := range []struct{ name, text, want string }{
		{"a key that is none", "programme: x", "programme"},
		{"a relative folder", "work_dir: here", `ansible.work_dir: "here" is not an absolute path`},
		{"options with the program", "program: ansible-playbook -vvv", "ansible.program: "},
		{"a wait too long", "stop: {term_after: 2h}", "ansible.stop.term_after: 2h0m0s is not between nothing and half an hour"},
		{"host keys that do not count", "host_keys: false\nknown_hosts: x", "ansible.known_hosts: host keys are not checked"},
		{"ARA without an address", "ara: {user: x}", "ansible.ara.url is missing"},
		{"ARA's password in its address", "ara: {url: 'http://a:b@c'}", "do not belong into the address"},
		{"a user without a password", "ara: {url: 'http://c', user: x}", "go together"},
		{"neither and both", "ara: {url: 'http://c', record: false}", "record: false and a url do not go together"},
		{"a secret in the environment", "env: {DB_PASSWORD: x}", "DB_PASSWORD looks like a secret"},
		{"what is decided here", "env: {HOME: /root}", "HOME is decided by handsoff"},
		{"no variable", "env: {a-b: x}", `"a-b" is not the name of an environment variable`},
		{"an inventory of nothing", "inventories: {a: {}}", "exactly one of static, path, script and plugin"},
		{"an inventory of two", "inventories: {a: {static: x, script: /y}}", "exactly one of"},
		{"an inventory's name", "inventories: {A B: {static: x}}", "a name is a lower-case letter"},
		{"a way out", "inventories: {a: {path: ../../etc}}", "leads out of its repository"},
		{"a plugin without a name", "inventories: {a: {plugin: {x: y}}}", `its entry "plugin" names the inventory plugin`},
		{"a script nowhere", "inventories: {a: {script: bin/hosts}}", "the absolute path of a program is needed"},
		{"no inventory", "playbooks: {a: {path: /a.yml}}", "there is no inventory to run it on"},
		{"an unknown inventory", hosts + "playbooks: {a: {path: /a.yml, inventories: [alll]}}", `there is no inventory "alll"; perhaps you meant all`},
		{"no path", hosts + "playbooks: {a: {}}", "path is missing"},
		{"a path without a repository", hosts + "playbooks: {a: {path: a.yml}}", "must be an absolute path"},
		{"a ref without a repository", hosts + "playbooks: {a: {path: /a.yml, ref: main}}", "ref belongs to repo"},
		{"a path out of the repository", hosts + "playbooks: {a: {repo: 'http://x/y', path: ../a.yml}}", "leads out of its repository"},
		{"a password in an address", hosts + "playbooks: {a: {repo: 'http://u:p@x/y', path: a.yml}}", "repo: it holds a password"},
		{"a ref like an option", hosts + "playbooks: {a: {repo: 'http://x/y', ref: --upload-pack=x, path: a.yml}}", "ref: "},
		{"one value twice", hosts + "playbooks: {a: {path: /a.yml, secrets: {x: s}, vars: {x: 1}}}", "vars: x is also among secrets"},
		{"an argument of every run", hosts + "playbooks: {a: {path: /a.yml, args: [{name: limit}]}}", "limit is an argument of every run"},
		{"a role that is none", hosts + "playbooks: {a: {path: /a.yml, role: 'Not A Role'}}", `role "Not A Role"`},
		{"a lock on nothing", hosts + "playbooks: {a: {path: /a.yml, lock: 'x/{cloud}'}}", "cloud"},
		{"retries without end", hosts + "playbooks: {a: {path: /a.yml, retry: {count: 99}}}", "retry: a count up to 20"},
		{"dependencies of one name", hosts + "playbooks: {a: {path: /a.yml, dependencies: [{name: d, repo: 'http://x/y'}, {name: d, repo: 'http://x/y'}]}}", `the name "d" is taken`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, err := config.Parse([]byte("ansible:\n  " + strings.ReplaceAll(test.text, "\n", "\n  ") + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			var set settings
			if _, err = file.Section("ansible", &set); err == nil {
				err = set.check()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

// The example that the sandbox runs with is one that works.
func TestSandboxConfiguration(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../config/sandbox.yml")
	if err != nil {
		t.Fatal(err)
	}
	set := settingsOf(t, string(text))
	for _, name := range []string{"hello", "slow", "kolla-deploy"} {
		p, known := set.Playbooks[name]
		if !known {
			t.Errorf("there is no playbook %s", name)
		}
		if _, err := os.Stat("../../local-provider/sandbox/git/seed/playbooks/" + p.Path); err != nil {
			t.Error(err)
		}
	}
}

func TestConfigurationDefaults(t *testing.T) {
	t.Parallel()
	set := settingsOf(t, "ansible:\n  inventories: {b: {static: x}, a: {static: y}}\n  playbooks: {p: {path: /p.yml, signoff: {need: 2}, lock: 'd/{inventory}'}}\n")
	p := set.Playbooks["p"]
	if set.Program != "ansible-playbook" || !*set.HostKeys || p.Role != "operator" || strings.Join(p.Inventories, " ") != "a b" || p.Limit != usualLimit {
		t.Errorf("%+v %+v", set, p)
	}
	specs, err := set.commands(t.Context())
	if err != nil || len(specs) != 1 {
		t.Fatal(specs, err)
	}
	s := specs[0]
	if s.Words != "ansible run p" || s.Also[0] != "run playbook p" || s.Signoff.Need != 2 || s.Signoff.Unless != "check" || s.Lock != "d/{inventory}" ||
		s.Args[0].Default != "a" || strings.Join(s.Args[0].Choices, " ") != "a b" || s.Extra != "" {
		t.Errorf("%+v", s)
	}
}
