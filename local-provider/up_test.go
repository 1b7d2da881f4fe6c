package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/shared/process"
)

func TestUpPreparesTheHome(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, dir := range []string{string(m.home), m.home.Secrets()} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
	}
	entries, err := os.ReadDir(m.home.Secrets())
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, entry := range entries {
		names[entry.Name()] = true
		if info, err := entry.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", entry.Name(), info.Mode(), err)
		}
	}
	for _, name := range []string{
		"handsoff-key", "handsoff-cli-keys", "redis-password", "basic-auth-user", "basic-auth-password", "jenkins-token", "handsoff-config",
	} {
		if !names[name] {
			t.Errorf("the secret %s is missing", name)
		}
	}
	key, err := m.home.ReadSecret(home.SecretKey)
	if err != nil || len(key) != 64 {
		t.Errorf("handsoff-key has %d characters, %v", len(key), err)
	}
	if keys, err := m.home.ReadSecret(home.SecretCLIKeys); err != nil || !strings.HasPrefix(keys, "local:") {
		t.Errorf("handsoff-cli-keys: %v", err)
	}
	config, err := m.home.ReadSecret(home.SecretConfig)
	if err != nil || !strings.Contains(config, m.ports.JenkinsURL()) || strings.Contains(config, ":8081") {
		t.Errorf("the configuration does not name %s: %s, %v", m.ports.JenkinsURL(), config, err)
	}
	// No secret is in an argument or an environment that others, or a log, could show.
	for _, name := range []string{serviceRedis, serviceProvider} {
		pid := m.service(t, name).PID
		for _, file := range []string{"cmdline", "environ"} {
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			if err != nil {
				t.Fatal(err)
			}
			for secret := range names {
				value, err := m.home.ReadSecret(secret)
				if err == nil && len(value) > 8 && strings.Contains(string(text), value) {
					t.Errorf("the %s of %s holds %s", file, name, secret)
				}
			}
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, text, _ := m.request(t, http.MethodGet, path, "", false); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

func TestUpAgainChangesNothing(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	before := m.echo(t)
	provider, super := m.service(t, serviceProvider), m.supervisor(t)
	// The Go tool renews the time of a program that it finds up to date.
	now := time.Now()
	if err := os.Chtimes(self(t), now, now); err != nil {
		t.Fatal(err)
	}
	out := m.up(t)
	for _, want := range []string{"unchanged", "handsoff is up", m.ports.GatewayURL(), "faas-cli", "telnet-gateway was not built"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if m.service(t, serviceProvider) != provider || m.supervisor(t) != super || m.echo(t).PID != before.PID {
		t.Error("something was restarted")
	}
	status := m.run(t, "status", "-home", string(m.home))
	for _, want := range []string{"supervisor", "redis", "provider", "function probe", "MiB", fmt.Sprint(provider.PID)} {
		if !strings.Contains(status, want) {
			t.Errorf("status does not show %q:\n%s", want, status)
		}
	}
}

// Another argument replaces just the service that has it; the data stays.
func TestUpReplacesWhatChanged(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	redis, provider := m.service(t, serviceRedis), m.service(t, serviceProvider)
	pid := m.echo(t).PID
	m.extra = []string{"-queue", "weak"}
	m.up(t)
	if m.service(t, serviceRedis) != redis || m.service(t, serviceProvider) == provider || provider.Alive() {
		t.Error("not just the provider was replaced")
	}
	if m.echo(t).PID == pid {
		t.Error("the provider that was stopped left its function running")
	}
}

func TestDownStopsEverything(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.echo(t)
	all := []process.Ref{m.supervisor(t), m.service(t, serviceRedis), m.service(t, serviceProvider), m.replicas(t)[0].Ref}
	defer hometest.Alone(t)()
	m.run(t, "down", "-home", string(m.home))
	for _, ref := range all {
		if ref.Alive() {
			t.Errorf("process %d still runs", ref.PID)
		}
	}
	m.run(t, "down", "-home", string(m.home)) // and once more is no mistake
	if out := m.upAlone(t); !strings.Contains(out, "probe        unchanged") {
		t.Errorf("the deployment was forgotten:\n%s", out)
	}
	m.echo(t)
}

// Deleting the folder of a running machine leaves nothing behind that would hold its ports.
func TestDeletedHomeStopsEverything(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.echo(t)
	all := []process.Ref{m.supervisor(t), m.service(t, serviceRedis), m.service(t, serviceProvider), m.replicas(t)[0].Ref}
	eventually(t, "the folder is gone", func() bool { return os.RemoveAll(string(m.home)) == nil })
	for _, ref := range all {
		eventually(t, fmt.Sprintf("process %d has ended", ref.PID), func() bool { return !ref.Alive() })
	}
}

// A service that fails at first is said to, and tried anew by the next `up`; the password that was made meanwhile is not lost.
func TestUpAfterAFailure(t *testing.T) {
	t.Parallel()
	self(t)
	bin, mended := t.TempDir(), filepath.Join(t.TempDir(), "mended")
	script := fmt.Sprintf(`#!/bin/sh
if [ "$1" = passwd ]; then read -r password; echo "ops:hash-of-$password"; exit; fi
[ -e %s ] || exit 1
for word; do case $word in %s:*) exec python3 -m http.server --bind %s "${word#*:}";; esac; done
`, mended, home.Host, home.Host)
	if err := os.WriteFile(filepath.Join(bin, "telnet-gateway"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	m := &machine{home: home.Home(filepath.Join(t.TempDir(), "home"))}
	t.Cleanup(func() { _, _ = m.command(context.Background(), "down", "-home", string(m.home)) })
	up := []string{
		"up", "-home", string(m.home), "-ports", "auto", "-f", "testdata/project/stack.yml", "-bin", bin,
		"-config", "testdata/project/config.yml", "-ara=false",
	}
	defer hometest.Alone(t)()
	out, err := m.command(t.Context(), up...)
	if err == nil || !strings.Contains(out, "telnet-gateway ended as soon as it was started") {
		t.Fatalf("%v\n%s", err, out)
	}
	entry, err := m.home.ReadSecret(home.SecretTelnetUsers)
	if password := strings.TrimPrefix(entry, "ops:hash-of-"); err != nil || !strings.Contains(out, "log in as ops, password "+password+" ") {
		t.Errorf("%v; nobody can log in:\n%s", err, out)
	}
	if err := os.WriteFile(mended, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := m.command(t.Context(), up...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTakenPortIsNamed(t *testing.T) {
	t.Parallel()
	taken, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	port := taken.Addr().(*net.TCPAddr).Port
	for _, flag := range []string{"gateway-port", "redis-port", "jenkins-port", "telnet-port"} {
		err := run(t.Context(), []string{
			"up", "-home", t.TempDir(), "-ports", "auto", "-" + flag, fmt.Sprint(port),
		}, os.Environ(), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(port)) || !strings.Contains(err.Error(), "-"+flag) {
			t.Errorf("-%s %d: %v", flag, port, err)
		}
	}
}

// The configuration follows its original until somebody edits the copy.
func TestConfigurationFollows(t *testing.T) {
	t.Parallel()
	h, err := home.Open(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(t.TempDir(), "sandbox.yml")
	ports := home.DefaultPorts()
	step := func(text, want string) {
		t.Helper()
		if text != "" {
			if err := os.WriteFile(original, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := h.CopyConfig(original, ports); err != nil || got != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	step("", home.ConfigMissing)
	step("url: http://localhost:8081/x", home.ConfigWritten)
	step("url: http://127.0.0.1:8081/x", home.ConfigUnchanged)
	step("other: 1", home.ConfigWritten)
	ports.Jenkins = 9
	step("url: http://127.0.0.1:8081/x", home.ConfigWritten)
	if text, _ := h.ReadSecret(home.SecretConfig); text != "url: http://127.0.0.1:9/x" {
		t.Errorf("the copy is %q", text)
	}
	if err := h.WriteSecret(home.SecretConfig, "mine"); err != nil {
		t.Fatal(err)
	}
	step("", home.ConfigEdited)
	if text, _ := h.ReadSecret(home.SecretConfig); text != "mine" {
		t.Error("the edited copy was overwritten")
	}
}

func TestForeground(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	redis, super := m.service(t, serviceRedis), m.supervisor(t)
	// It takes over what runs, and Ctrl-C stops all.
	child, err := process.Start(process.Spec{Path: self(t), Dir: ".", Env: os.Environ(), Args: []string{
		"up", "-foreground", "-ara=false", "-home", string(m.home), "-f", "testdata/project/stack.yml", "-bin", "testdata/none", "-build=false",
		"-config", "testdata/project/config.yml",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Kill(context.Background()) })
	eventually(t, "the foreground supervises", func() bool { return m.supervisor(t).PID == child.PID && !super.Alive() })
	eventually(t, "all is up", func() bool { s, err := readSupervision(m.home); return err == nil && s.Begun })
	if m.service(t, serviceRedis) != redis {
		t.Error("Redis was restarted")
	}
	if err := child.Signal(unix.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-child.Exited
	if child.Err() != nil || redis.Alive() {
		t.Errorf("ended with %v; Redis alive: %v", child.Err(), redis.Alive())
	}
}
