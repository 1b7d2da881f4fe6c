// Package systemd_test tries what installs handsoff on a host with systemd: what it writes, and what systemd makes of the units.
package systemd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/deploy/deploytest"
)

// units are the services with the most that systemd may find exposed of each, in tenths from 0 to 100.
func units() map[string]string {
	return map[string]string{
		"handsoff.service": "14", "handsoff-redis.service": "13", "handsoff-backup.service": "12",
		"handsoff-telnet.service": "14", "handsoff-irc.service": "14", "handsoff-gerrit.service": "14",
	}
}

// release packs a release, the files of which say its version.
func release(t *testing.T, version string) string {
	t.Helper()
	files := make(map[string]string)
	for _, name := range []string{
		"bin/local-provider", "bin/telnet-gateway", "bin/irc-gateway", "bin/gerrit-listener", "images/ghcr.io+handsoff+command=latest", "stack.yml", "VERSION",
	} {
		files[name] = "#!/bin/sh\n# " + version + "\n! grep wrong \"$3\" /dev/null\n" // as config check finds a mistake
	}
	return deploytest.Release(t, version, files)
}

// install writes below a folder, and returns what is said.
func install(t *testing.T, root string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "./install", append([]string{"--root", root}, args...)...).CombinedOutput()
	return string(out), err
}

func installed(t *testing.T, root string, args ...string) {
	t.Helper()
	for _, pattern := range []string{"*.service", "*.timer", "*.conf", "install", "../redis/*"} { // when one changes, this is tested again
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			deploytest.Read(t, file)
		}
	}
	if out, err := install(t, root, args...); err != nil {
		t.Fatalf("install %v: %v\n%s", args, err, out)
	}
}

func configuration(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "handsoff.yml")
	deploytest.Write(t, path, "bot: {name: handsoff}\n", 0o600)
	return path
}

// systemd takes the units as they are installed, and finds little that they leave open.
func TestTheUnits(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "usr", "lib", "systemd", "system"), os.DirFS("/usr/lib/systemd/system")); err != nil {
		t.Fatal(err)
	}
	installed(t, root, "--config", configuration(t), release(t, "v1"))
	for _, program := range []string{"/bin/sh", "/usr/bin/redis-server"} {
		deploytest.Write(t, filepath.Join(root, program), "#!/bin/sh\n", 0o755)
	}
	args := []string{"verify", "--root=" + root, "--recursive-errors=no", "--man=no", "handsoff-backup.timer"}
	for name := range units() {
		args = append(args, name)
	}
	if out, err := analyze(t, args...); err != nil || out != "" {
		t.Errorf("systemd finds mistakes: %v\n%s", err, out)
	}
	for name, most := range units() {
		if out, err := analyze(t, "security", "--root="+root, "--offline=true", "--no-pager", "--threshold="+most, name); err != nil {
			t.Errorf("%s is more exposed than %s tenths:\n%s", name, most, out)
		}
	}
}

// What ends is started again for ever, however quickly it ends; and a playbook that is killed for its memory takes nothing with it.
func TestWhatEndsIsStartedAgain(t *testing.T) {
	t.Parallel()
	units, err := filepath.Glob("*.service")
	roles, wrong := filepath.Glob("../ptg/roles/ptg/templates/*.service.j2")
	if err != nil || wrong != nil || len(units) < 6 || len(roles) < 4 {
		t.Fatalf("%v, %v; %v, %v", units, roles, err, wrong)
	}
	for _, file := range append(units, roles...) {
		text := deploytest.Read(t, file)
		head, service, _ := strings.Cut(text, "\n[Service]\n")
		if again := strings.Contains(service, "\nRestart=always\n"); again != strings.Contains(head, "\nStartLimitIntervalSec=0\n") {
			t.Errorf("%s: is it started again for ever?", file)
		}
		if whole := strings.Contains(service, "/local-provider serve "); whole != strings.Contains(service, "\nOOMPolicy=continue\n") {
			t.Errorf("%s: what does it do when a part of it is killed for its memory?", file)
		}
	}
}

func analyze(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
	return string(out), err
}

// A host is made, upgraded, and goes back; secrets stay what they are, and are their owners'.
func TestInstall(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	one, two := release(t, "v1"), release(t, "v2")
	if out, err := install(t, root, one); err == nil || !strings.Contains(out, "no configuration yet") {
		t.Errorf("without a configuration: %v %s", err, out)
	}
	installed(t, root, "--config", configuration(t), one)
	secrets := filepath.Join(root, "var", "lib", "handsoff", "secrets")
	before := map[string]string{}
	for _, name := range []string{"handsoff-key", "redis-password", "handsoff-cli-keys", "basic-auth-user", "basic-auth-password", "handsoff-config"} {
		path := filepath.Join(secrets, name)
		before[name] = deploytest.Read(t, path)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size() < 6 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if deploytest.Read(t, filepath.Join(root, "etc", "handsoff", "redis-passwords")) != before["redis-password"] {
		t.Error("Redis and its clients know different passwords")
	}
	wrong := filepath.Join(t.TempDir(), "handsoff.yml")
	deploytest.Write(t, wrong, "wrong: true\n", 0o600)
	if out, err := install(t, root, "--config", wrong, two); err == nil || !strings.Contains(out, "wrong: true\ninstall: "+wrong+" is not taken") {
		t.Errorf("a configuration with a mistake: %v %s", err, out)
	}
	if out, err := install(t, root, "--config", wrong+".yaml", two); err == nil || !strings.HasSuffix(out, "install: "+wrong+".yaml cannot be read\n") {
		t.Errorf("a configuration that is not there: %v %s", err, out)
	}
	foreign := deploytest.Release(t, "v3", map[string]string{"bin/local-provider": "#!/of/another/machine\n"})
	if out, err := install(t, root, "--config", configuration(t), foreign); err == nil || !strings.Contains(out, "local-provider: not found\n") {
		t.Errorf("a check that cannot run: %v %s", err, out)
	}
	if out, err := install(t, root, "--only", "redis,irk", one); err == nil || !strings.Contains(out, "does not know irk") {
		t.Errorf("a unit that there is not: %v %s", err, out)
	}
	running := func() string {
		return deploytest.Read(t, filepath.Join(root, readLink(t, root, "/opt/handsoff/current"), "VERSION"))
	}
	for _, step := range []struct{ release, want string }{{one, "v1"}, {two, "v2"}, {one, "v1"}} {
		installed(t, root, step.release)
		if got := running(); !strings.Contains(got, step.want) {
			t.Errorf("after %s runs %s", step.want, got)
		}
	}
	for name, was := range before {
		if deploytest.Read(t, filepath.Join(secrets, name)) != was {
			t.Errorf("%s has changed", name)
		}
	}
}

// A folder that is a link, which whoever owns what is above it may have put there, is refused, and what it leads to is left alone.
func TestALinkIsNoFolder(t *testing.T) {
	t.Parallel()
	root, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "elsewhere")
	home := filepath.Join(root, "var", "lib", "handsoff")
	for _, dir := range []string{home, elsewhere} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(elsewhere, filepath.Join(home, "secrets")); err != nil {
		t.Fatal(err)
	}
	out, err := install(t, root, "--config", configuration(t), release(t, "v1"))
	if err == nil || !strings.HasPrefix(out, "install: /var/lib/handsoff/secrets is a symbolic link, and a folder is needed") {
		t.Errorf("%v %s", err, out)
	}
	left, err := os.ReadDir(elsewhere)
	info, wrong := os.Stat(elsewhere)
	if err != nil || wrong != nil || len(left) != 0 || info.Mode().Perm() != 0o755 {
		t.Errorf("%v %v; %v %v", left, err, info.Mode(), wrong)
	}
}

func readLink(t *testing.T, root, path string) string {
	t.Helper()
	to, err := os.Readlink(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// Each process is given just its own secrets.
func TestSecretsAreGivenByName(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	kept := filepath.Join(root, "var", "lib", "elsewhere")
	for _, name := range []string{"irc-oftc-password", "gerrit-ssh-key", "gerrit-known-hosts", "telnet-users", "slack-token"} {
		deploytest.Write(t, filepath.Join(kept, name), "secret", 0o600)
	}
	installed(t, root, "--config", configuration(t), "--only", "telnet,irc,gerrit", "--secrets", "/var/lib/elsewhere", "--gateway", "http://127.0.0.1:8080", release(t, "v1"))
	for unit, want := range map[string]string{
		"telnet": "telnet-users", "irc": "irc-oftc-password", "gerrit": "gerrit-known-hosts gerrit-ssh-key",
	} {
		var got []string
		for line := range strings.Lines(deploytest.Read(t, root+"/etc/systemd/system/"+"handsoff-"+unit+".service.d"+"/secrets.conf")) {
			if rest, is := strings.CutPrefix(line, "LoadCredential="); is {
				name, _, _ := strings.Cut(rest, ":")
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is given %v, want %s", unit, got, want)
		}
	}
	if _, err := os.Stat(root + "/etc/systemd/system/handsoff.service"); err == nil {
		t.Error("the platform of one machine was installed beside another")
	}
	if readLink(t, root, "/etc/handsoff/secrets") != "/var/lib/elsewhere" {
		t.Error("the processes look for secrets in another place")
	}
}
