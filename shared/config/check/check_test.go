package check_test

import (
	"os"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/config/check"
)

// declared are the commands of the project's functions, with those that a configuration makes.
func declared(t *testing.T, text string) check.Known {
	t.Helper()
	annotations := map[string]string{}
	for name, all := range commandtest.Annotations(t) {
		annotations[name] = command.Declaration(all)
	}
	catalogue, err := check.Catalogue(annotations, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return check.Known{Catalogue: catalogue}
}

// Each text has one mistake, which is told so: line:column, and what is said.
var mistakes = []struct{ name, text, want string }{
	{"no YAML", "bot: [\n", "1:1 this is not YAML: did not find expected node content"},
	{"a tab", "bot:\n\tname: x\n", "2:2 this is not YAML: found character that cannot start any token; the line is indented by a tab, and YAML takes only spaces there"},
	{"no UTF-8", "bot:\n  name: caf\xe9\n", "2:12 this byte is not UTF-8"},
	{"a list at the top", "- bot\n", "1:1 names and values are expected, name: value"},
	{"two documents", "bot: {name: a}\n---\nbot: {name: b}\n", "2:1 another document begins here"},
	{"a misspelt section", "jenkin:\n  url: https://x\n", "1:1 jenkin: there is no such section; perhaps you meant jenkins"},
	{"a section of somebody's own", "tea: {pot: 1}\n", "1:1 warning tea: no function is known to read this section"},
	{"a misspelt key", "telnet:\n  idel: 3m\n", "2:3 telnet.idel: there is no such key; perhaps you meant idle"},
	{"a key twice", "bot:\n  name: a\n  name: b\n", "3:3 bot.name: it stands there twice"},
	{"a key below a list", "gerrit:\n  servers:\n    - name: r\n      url: https://r\n      usr: x\n", "5:7 gerrit.servers[1].usr: there is no such key; perhaps you meant user"},
	{"what is needed", "jenkins:\n  user: x\n", "2:3 jenkins.url: it is needed, and missing"},
	{"a time without a unit", "telnet:\n  idle: 30\n", `2:9 telnet.idle: "30" is not a time with its unit, such as 90s or 1h30m`},
	{"no time", "telnet: {idle: soon}\n", `1:16 telnet.idle: "soon" is not a time`},
	{"no number", "jobs: {keep_at_most: many}\n", `1:22 jobs.keep_at_most: "many" is not a whole number`},
	{"too much", "telnet: {login: {failures: 11}}\n", "1:28 telnet.login.failures: 11 is more than 10"},
	{"no truth", "ptg: {irc_ops: perhaps}\n", `1:16 ptg.irc_ops: "perhaps" is not true or false`},
	{"no list", "bot: {alerts: {a: b}}\n", "1:15 bot.alerts: a list is expected"},
	{"none of the words", "mail: {server: 'h:25', from: a@b.c, tls: plane}\n", `1:42 mail.tls: "plane" is none of starttls, tls and none`},
	{"nearly one of the words", "telnet: {colour: nver}\n", `1:18 telnet.colour: "nver" is none of auto and never; perhaps you meant never`},
	{"an empty item", "irc: {networks: [~]}\n", "1:18 irc.networks[1]: it is empty"},
	{"a key that needs another", "ansible: {inventories: {lab: {static: x}}, playbooks: {a: {path: /a.yml, ref: main}}}\n", "1:59 ansible.playbooks.a.repo: ref needs it, and it is missing"},
	{"a time that is too long", "jenkins: {url: 'https://u', user: u, timeout: 10m}\n", "1:47 jenkins.timeout: 10m is more than 5m"},
	{"a time that is too short", "openstack: {clouds: {lab: }, default: lab, timeout: 1ms}\n", "1:53 openstack.timeout: 1ms is less than 100ms"},
	{"an empty text", "jenkins: {url: 'https://u', user: ''}\n", "1:35 jenkins.user: it is empty"},
	{"no port", "mail: {server: 'h:99999', from: a@b.c}\n", `1:16 mail.server: "h:99999" is not host:port, with a port up to 65535`},
	{"a login without an address of ours", "dashboard: {github: {client_id: us}}\n", "1:12 dashboard: url is missing"},
	{"a login without a workspace", "slack: {}\ndashboard:\n  url: https://u\n  slack: {client_id: us}\n", "4:10 dashboard.slack.team: it is needed, and missing"},
	{"a login with another's workspace", "slack: {}\ndashboard:\n  url: https://u\n  slack: {client_id: us, team: E0GRID}\n", `4:32 dashboard.slack.team: "E0GRID" is not the id of a workspace`},
	{"a login with a Slack that is not ours", "dashboard:\n  url: https://u\n  slack: {client_id: us, team: T0HOME}\n", "3:10 dashboard.slack: there is no section slack"},
	{"an address with a query", "dashboard:\n  url: https://u/?a=b\n", `2:8 dashboard.url: "https://u/?a=b" is not an address of a page`},
	{"two of which one", "ansible: {inventories: {a: {static: x, script: /y}}}\n", "1:28 ansible.inventories.a: exactly one of static, path, script and plugin is needed; there are static and script"},
	{"no name", "git: {mirrors: {A B: {upstream: 'https://a/b', downstream: 'https://a/c'}}}\n", `1:17 git.mirrors.A B: "A B" cannot be a name here; use`},
	{"no principal", "roles:\n  admin: [ann]\n", `2:11 roles.admin[1]: "ann" is not a principal`},
	{"one principal of two people", "people:\n  ann: [telnet:a]\n  bob: [telnet:a]\n", "3:8 people.bob: telnet:a belongs to ann already"},
	{"nobody's role", "roles:\n  admin: [\"person:ann\"]\n", `2:10 roles.admin: "person:ann" is nobody`},
	{"a misspelt role", "pipelines: {a: {role: operater, steps: [{name: x, run: ping}]}}\n", "1:23 pipelines.a.role: nobody has the role operater: it is not under roles; perhaps you meant operator"},
	{"a misspelt role that is given", "roles:\n  viewer: [\"telnet:*\"]\n  opeerator: [telnet:ann]\n", "3:3 warning roles.opeerator: nothing needs this role; perhaps you meant operator"},
	{"a role of one's own that sounds like another", "roles:\n  operators: [telnet:ann]\nptg: {organisers: operators, moderators: opertors}\n", "3:42 ptg.moderators: nobody has the role opertors: it is not under roles; perhaps you meant operators"},
	{"an own role", "ptg: {organisers: helper}\n", "1:19 warning ptg.organisers: nobody has the role helper"},
	{"an unknown network", "irc: {networks: [{name: oftc, server: irc.oftc.net}]}\nbot: {alerts: [\"irc:otfc/#nova\"]}\n", "2:16 bot.alerts[1]: there is no network otfc under irc.networks; perhaps you meant oftc"},
	{"a misspelt door", "bot: {alerts: [\"slak:C0\"]}\n", "1:16 bot.alerts[1]: there is no door slak; perhaps you meant slack:C0"},
	{"a door without a section", "bot: {alerts: [slack:C0]}\n", "1:16 warning bot.alerts[1]: nothing reaches slack:C0: there is no section slack"},
	{"an unknown inventory", "ansible: {inventories: {lab: {static: x}}, playbooks: {a: {path: /a.yml, inventories: [labb]}}}\n", "1:88 ansible.playbooks.a.inventories[1]: there is no labb under ansible.inventories; perhaps you meant lab"},
	{"an address that is not safe", "gerrit:\n  servers:\n    - name: r\n      url: http://r.example\n", "3:7 gerrit.servers[1]: url of r: r.example must be https"},
	{"a bad network", "irc:\n  networks:\n    - name: a\n      server: x.example\n      tls: false\n      nickserv: true\n", "5:12 irc.networks[1].tls: without it the password could be read by others"},
	{"a wrong credential", "git:\n  credentials:\n    - {url: 'https://x.example/', key: k}\n", "3:7 git.credentials[1]: password, the secret"},
	{"a rule's condition", "rules:\n  - name: a\n    on: github.push\n    if: change.(\n    run: ping\n", "4:5 rules a: "},
	{"a rule that compares as mathematics does", "rules:\n  - name: a\n    on: github.push\n    if: branch = 'x'\n    run: ping\n", "4:5 rules a: unexpected token Operator(\"=\") (1:8); two values are compared with =="},
	{"a rule's topic", "rules: [{name: a, on: gerrit.patchset-create, run: ping}]\n", "1:1 warning rules a: no event is known as gerrit.patchset-create; did you mean gerrit.patchset-created?"},
	{"a rule's command", "rules: [{name: a, on: github.push, run: jenkins bild, args: {job: x}}]\n", "1:1 rules a: there is no command jenkins bild just now; did you mean jenkins build?"},
	{"a rule's argument", "rules: [{name: a, on: github.push, run: ping, args: {jb: x}}]\n", "1:1 rules a: ping has no argument jb"},
	{"a schedule's zone", "schedules:\n  - {name: a, cron: '@daily', zone: Europe/Belin, run: ping}\n", "2:5 schedules a: "},
	{"a schedule's command", "schedules: [{name: a, cron: '@daily', run: pong}]\n", "1:1 schedules a: there is no command pong just now"},
	{"what nobody remembers", "schedules: [{name: a, cron: '@daily', run: ping, changed: nova}]\n", "1:1 warning schedules a: no rule remembers nova"},
	{"a step's command", "pipelines:\n  a:\n    steps:\n      - {name: x, run: jenkins bild}\n", "4:9 pipelines a, step x: there is no command jenkins bild"},
	{"a secret instead of its name", "jenkins: {url: 'https://u', user: u, token: 'hunter 2'}\n", "1:45 jenkins.token: that is not the name of a secret"},
	{"a password in an address", "jenkins: {url: 'htps://u:hunter2@h', user: u}\n", `1:16 jenkins.url: "htps://***@h" is not an address`},
	{"an alias of itself", "roles: &a {x: [*a]}\n", "1:8 roles.x[1]"},
	{"an alias of itself where anything may stand", "x-a: &a [*a]\nrules: [{name: b, on: github.push, run: ping, args: *c}]\n", "1:1 this is not YAML: unknown anchor 'c' referenced"},
}

func TestMistakesAreToldWithTheirPlaces(t *testing.T) {
	t.Parallel()
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			found := check.File([]byte(m.text), declared(t, m.text))
			lines := make([]string, len(found))
			for i, one := range found {
				lines[i] = check.Plain("", one)
			}
			got := strings.Join(lines, "\n")
			want := ":" + strings.Replace(m.want, " ", ": ", 1)
			want = strings.Replace(want, ": warning ", ": warning: ", 1)
			if len(found) != 1 || !strings.HasPrefix(got, want) {
				t.Errorf("%s\nsays\n%s\nand should say\n%s", m.text, got, want)
			}
		})
	}
}

// A mistake in what all parts share hides none of what only those find who work with a section.
func TestOneMistakeHidesNoOther(t *testing.T) {
	t.Parallel()
	for _, common := range []struct{ text, want string }{
		{"bot: {admin: a}\n", "1:7: bot.admin: there is no such key"},
		{"bot: {alerts: [nowhere]}\n", `1:16: bot.alerts[1]: "nowhere" is not an address`},
		{"people: {ann: {a: b}}\nroles: {admin: ['person:ann']}\n", "1:15: people.ann: a list is expected"},
		{"roles: {admin: ['person:ann']}\n", `1:16: roles.admin: "person:ann" is nobody`},
	} {
		text := common.text + "schedules: [{name: b, cron: never, run: ping}]\n"
		found := check.File([]byte(text), declared(t, text))
		if len(found) != 2 || !strings.HasPrefix(check.Plain("f", found[0]), "f:"+common.want) || !strings.HasPrefix(found[1].Key, "schedules b") {
			t.Errorf("%s\nsays\n%v", text, found)
		}
	}
}

// What is right is not found fault with, however it is written.
func TestWhatIsRightIsLetBe(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "# nothing\n", "jenkins:\n", "x-ours: &a {idle: 3m}\ntelnet: {<<: *a}\n", "telnet: {idle: 0}\n",
		"slack: {}\nbot: {alerts: [slack:C0], name: 007}\n", "ptg: {irc_ops: yes}\n", "openstack: {clouds: {lab: }, default: lab}\n",
		"irc: {networks: [{name: a, server: a.example, pace: {per_second: 0.5}}]}\n",
		"pipelines: {a: {limit: 2d, steps: [{name: x, run: PING, when: true}]}}\nschedules: [{name: b, cron: '@daily', run: run a}]\n",
		"jenkins: {url: https://x.example, user: u, jobs: {deploy/deploy-cloud: {cmd_prefix: jenkins}}}\nschedules: [{name: b, cron: '@daily', run: jenkins deploy cloud}]\n",
	} {
		if found := check.File([]byte(text), declared(t, text)); len(found) > 0 {
			t.Errorf("%s\n%v", text, found)
		}
	}
}

// A section that a deployed function needs is its own.
func TestTheSectionOfAPluginIsKnown(t *testing.T) {
	t.Parallel()
	catalogue := command.NewCatalogue(map[string]string{"tea": "- {words: tea brew, summary: Brew tea, role: operator, needs: [jenkin]}"})
	if found := check.File([]byte("jenkin: {pot: 1}\n"), check.Known{Catalogue: catalogue}); len(found) > 0 {
		t.Error(found)
	}
}

func TestTheExamplesAreRight(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sandbox.yml", "handsoff.example.yml"} {
		text, err := os.ReadFile("../../../config/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if found := check.File(text, declared(t, string(text))); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		if name == "sandbox.yml" {
			continue
		}
		for _, section := range check.Sections() {
			if !strings.Contains(string(text), "\n"+section+":") {
				t.Errorf("%s does not show the section %s", name, section)
			}
		}
	}
}
