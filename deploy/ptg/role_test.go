// Package ptg_test tries the role that installs the PTG bot: what it writes, piece by piece, and, where HANDSOFF_DEBIAN and
// HANDSOFF_RELEASE name a tree and a release, all of it on a machine that is booted for it.
package ptg_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/local-provider/stack"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/check"
	"github.com/handsoff/handsoff/shared/irc"
)

// The role is written as Ansible's own linter wants roles to be; its production profile is the strictest.
func TestTheRoleIsClean(t *testing.T) {
	t.Parallel()
	ansible(t, "ansible-lint", "--offline", "--nocolor", "-q", "--profile", "production")
}

// units are the services with the most that systemd may find exposed of each, from 0 to 10.
var units = map[string]string{
	"handsoff.service": "14", "handsoff-irc.service": "14", "handsoff-redis.service": "12", "handsoff-ptg-backup.service": "23",
}

func TestWhatTheRoleWrites(t *testing.T) {
	t.Parallel()
	rendered := render(t, map[string]any{
		"ptg_irc_networks":  []map[string]any{{"name": "oftc", "server": "irc.oftc.net", "channels": []string{"#openinfra-events"}}},
		"ptg_irc_passwords": map[string]string{"oftc": "x"},
		"ptg_channels":      []string{"irc:oftc/#openinfra-events"},
		"ptg_admins":        []string{"irc:oftc/ann"},
		"ptg_config":        map[string]any{"bot": map[string]any{"alerts": []string{"irc:oftc/@ann"}}, "people": map[string]any{"ann": []string{"irc:oftc/ann"}}},
	})
	t.Run("units", func(t *testing.T) { checkUnits(t, rendered) })
	t.Run("configuration", func(t *testing.T) { checkConfiguration(t, rendered) })
}

// systemd takes the units as they are, and finds little that they leave open.
func checkUnits(t *testing.T, rendered string) {
	t.Helper()
	root := t.TempDir()
	for _, program := range []string{
		"/opt/handsoff/current/bin/local-provider", "/opt/handsoff/current/bin/irc-gateway", "/usr/local/sbin/handsoff-ptg", "/usr/bin/redis-server",
	} {
		write(t, filepath.Join(root, program), "#!/bin/sh\n", 0o755)
	}
	there := filepath.Join(root, "usr", "lib", "systemd", "system")
	if err := os.CopyFS(there, os.DirFS("/usr/lib/systemd/system")); err != nil {
		t.Fatal(err)
	}
	args := []string{"verify", "--root=" + root, "--recursive-errors=no", "--man=no", "handsoff-ptg-backup.timer"}
	for name := range units {
		args = append(args, name)
	}
	for name := range units {
		write(t, filepath.Join(root, "etc", "systemd", "system", name), read(t, filepath.Join(rendered, name)), 0o644)
	}
	write(t, filepath.Join(root, "etc", "systemd", "system", "handsoff-ptg-backup.timer"), read(t, filepath.Join(rendered, "handsoff-ptg-backup.timer")), 0o644)
	if out, err := analyze(t, args...); err != nil || out != "" {
		t.Errorf("systemd finds mistakes: %v\n%s", err, out)
	}
	for name, most := range units {
		if out, err := analyze(t, "security", "--root="+root, "--offline=true", "--no-pager", "--threshold="+most, name); err != nil {
			t.Errorf("%s is more exposed than %s tenths:\n%s", name, most, out)
		}
	}
	irc := read(t, filepath.Join(rendered, "handsoff-irc.service"))
	if !strings.Contains(irc, "LoadCredential=irc-oftc-password:/var/lib/handsoff/secrets/irc-oftc-password\n") {
		t.Errorf("the gateway is not given its password:\n%s", irc)
	}
}

func analyze(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
	return string(out), err
}

// What is deployed is what stack.yml has, and the configuration is one that every part can read.
func checkConfiguration(t *testing.T, rendered string) {
	t.Helper()
	file, err := config.Load(filepath.Join(rendered, "handsoff-config"))
	if err != nil {
		t.Fatal(err)
	}
	if file.Bot.Name != "handsoff" || strings.Join(file.Bot.Alerts, " ") != "irc:oftc/@ann" || file.Roles["admin"][1] != "irc:oftc/ann" {
		t.Errorf("the configuration is %+v", file)
	}
	if found := check.File([]byte(read(t, filepath.Join(rendered, "handsoff-config"))), check.Known{}); len(found) > 0 {
		t.Errorf("the configuration has mistakes: %v", found)
	}
	section, err := irc.Read(file)
	if err != nil || section.Networks[0].Server != "irc.oftc.net:6697" {
		t.Errorf("the section irc is %+v, %v", section, err)
	}
	functions, err := stack.Load("../../stack.yml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(read(t, filepath.Join(rendered, "handsoff.service")), " -only ")
	only, _, _ := strings.Cut(rest, " ")
	chosen, err := stack.Only(functions, only)
	if err != nil || len(chosen) != 5 {
		t.Errorf("it deploys %q: %v", only, err)
	}
}

// Every variable that the example sets is one that the role knows.
func TestTheExampleIsOfThisRole(t *testing.T) {
	t.Parallel()
	var example struct {
		PTG struct {
			Vars map[string]any `yaml:"vars"`
		} `yaml:"ptg"`
	}
	defaults := make(map[string]any)
	if err := yaml.Unmarshal([]byte(read(t, "inventory.example.yml")), &example); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(read(t, "roles/ptg/defaults/main.yml")), &defaults); err != nil {
		t.Fatal(err)
	}
	if len(example.PTG.Vars) == 0 {
		t.Error("the example sets nothing")
	}
	for name := range example.PTG.Vars {
		if _, known := defaults[name]; !known {
			t.Errorf("the role does not know %s", name)
		}
	}
	readme := read(t, "README.md")
	for name := range defaults {
		if !strings.Contains(readme, name) {
			t.Errorf("the README does not name %s", name)
		}
	}
}
