package config_test

import (
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
)

// A sentence that names keys is placed at the deepest that is there.
func TestLocate(t *testing.T) {
	t.Parallel()
	const text = `irc:
  networks:
    - {name: a}
    - name: b
      nick: "9"
gerrit: {servers: [{name: r, url: x}]}
git:
  mirrors:
    kettle: {diverged: odd}
`
	file, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ said, want string }{
		{"config: irc.networks[1].nick: \"9\" is not a nick", "5:13 irc.networks[2].nick: \"9\" is not a nick"},
		{"config: irc.networks[0].nick: x", "3:7 irc.networks[1]: nick: x"},
		{"config: gerrit.servers, entry 1: url of r: not an address", "6:20 gerrit.servers[1]: url of r: not an address"},
		{"configuration: git.mirrors.kettle: diverged: \"odd\" is none of", "9:24 git.mirrors.kettle.diverged: \"odd\" is none of"},
		{"config: irc.networks: there are 11", "3:5 irc.networks: there are 11"},
		{"Redis is away: dial tcp", "1:1 Redis is away: dial tcp"},
	} {
		var root yaml.Node
		if err := yaml.Unmarshal([]byte(text), &root); err != nil {
			t.Fatal(err)
		}
		m := config.Locate(root.Content[0], c.said)
		got := strings.NewReplacer("line ", "", ", column ", ":").Replace(m.String())
		if want := strings.Replace(c.want, " ", ": ", 1); got != want {
			t.Errorf("%s is at %q, and should be at %q", c.said, got, want)
		}
		located := file.Located(errors.New(c.said)).Error()
		if strings.Contains(located, "of the configuration") != (m.Key != "") {
			t.Errorf("%s becomes %s", c.said, located)
		}
	}
	if file.Located(nil) != nil {
		t.Error("nothing is something")
	}
}

// A section with several mistakes is told with all of them, and no Go.
func TestSectionSaysAllMistakes(t *testing.T) {
	t.Parallel()
	file := parse(t, "base: &base {idle: 3m}\ntea:\n  <<: *base\n  pots: [1, x]\n  idel: 3m\n  name: {a: b}\n  sub: []\n  idle: 30\n  names: no\n  all: {a: {b: c}}\n")
	var section struct {
		Idle  string            `yaml:"idle"`
		Pots  []int             `yaml:"pots"`
		Name  string            `yaml:"name"`
		Names []string          `yaml:"names"`
		All   map[string]string `yaml:"all"`
		Sub   struct {
			Deep bool `yaml:"deep"`
		} `yaml:"sub"`
	}
	_, err := file.Section("tea", &section)
	invalid, ok := errors.AsType[*config.InvalidError](err)
	if !ok {
		t.Fatal(err)
	}
	var got []string
	for _, m := range invalid.Mistakes {
		got = append(got, m.String())
	}
	want := []string{
		`line 4, column 13: tea.pots[2]: "x" is not a whole number`,
		"line 5, column 3: tea.idel: there is no such key; perhaps you meant idle",
		"line 6, column 9: tea.name: that is not one text",
		"line 7, column 8: tea.sub: names and values are expected, name: value",
		"line 9, column 10: tea.names: a list is expected, [one, two], or a line with - for each",
		"line 10, column 12: tea.all.a: that is not one text",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it says\n%s\nand should say\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
