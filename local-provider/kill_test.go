package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/shared/process"
)

func kill(t *testing.T, ref process.Ref) {
	t.Helper()
	if err := ref.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := ref.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// toldOfRestart is how status tells of a service that was started again: since when, and for how long it was up before.
var toldOfRestart = regexp.MustCompile(`(?m)^provider +running +\d+ +[\d.]+ MiB +1 +(\d+ m )?[\d.]+ s +ended by itself after (\d+ m )?[\d.]+ s$`)

func TestKillTheProvider(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	pid := m.echo(t).PID
	provider := m.running(t, serviceProvider)
	kill(t, provider)
	eventually(t, "the provider is back", func() bool {
		status, _, _ := m.request(t, http.MethodGet, "/healthz", "", false)
		return status == http.StatusOK && m.service(t, serviceProvider) != provider
	})
	if m.echo(t).PID != pid {
		t.Error("the function's process was not adopted")
	}
	if len(m.replicas(t)) != 1 {
		t.Errorf("processes of the function: %+v", m.replicas(t))
	}
	if out := m.run(t, "status", "-home", string(m.home)); !toldOfRestart.MatchString(out) {
		t.Errorf("status does not tell of the restart:\n%s", out)
	}
}

// Whatever was answered with 202 is delivered, however often the provider is killed in the middle.
func TestKillTheProviderInDeliveries(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	note := filepath.Join(t.TempDir(), "note")
	body := deploymentJSON("noted", fmt.Sprintf(`"envVars":{"note":%q}`, note))
	if status, text, _ := m.request(t, http.MethodPost, "/system/functions", body, true); status != http.StatusAccepted {
		t.Fatal(status, text)
	}
	var accepted []string
	for round := range 4 {
		provider := m.running(t, serviceProvider)
		for n := range 40 {
			id := fmt.Sprintf("message-%d-%d.", round, n)
			if status, _, _ := m.request(t, http.MethodPost, "/async-function/noted", id, false); status == http.StatusAccepted {
				accepted = append(accepted, id)
			}
		}
		kill(t, provider)
		eventually(t, "the provider is back", func() bool {
			status, _, _ := m.request(t, http.MethodGet, "/healthz", "", false)
			return status == http.StatusOK
		})
	}
	if len(accepted) < 100 {
		t.Errorf("only %d messages were accepted", len(accepted))
	}
	eventually(t, "each message is delivered", func() bool {
		text, err := os.ReadFile(note)
		if err != nil {
			return false
		}
		for _, id := range accepted {
			if !strings.Contains(string(text), id) {
				return false
			}
		}
		return true
	})
}

func TestKillTheFunction(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	pid := m.echo(t).PID
	for range 2 {
		kill(t, m.replicas(t)[0].Ref)
		next := m.echo(t).PID
		if next == pid {
			t.Error("the killed process answers")
		}
		pid = next
	}
}

func TestKillTheSupervisor(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	pid := m.echo(t).PID
	redis, provider := m.running(t, serviceRedis), m.running(t, serviceProvider)
	kill(t, m.supervisor(t))
	if m.echo(t).PID != pid {
		t.Error("the function fell with the supervisor")
	}
	if out := m.run(t, "status", "-home", string(m.home)); !strings.Contains(out, "The supervisor is gone") {
		t.Errorf("status does not tell:\n%s", out)
	}
	m.up(t)
	if m.service(t, serviceRedis) != redis || m.service(t, serviceProvider) != provider || m.echo(t).PID != pid {
		t.Error("what ran was not adopted")
	}
	// The new supervisor watches what it did not start.
	kill(t, provider)
	eventually(t, "the adopted provider is replaced", func() bool { return m.service(t, serviceProvider).Alive() })
	if m.echo(t).PID != pid {
		t.Error("the function's process was not adopted")
	}
}

func TestKillEverything(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.echo(t)
	status, _, _ := m.request(t, http.MethodPost, "/async-function/probe/kept", "x", false)
	if status != http.StatusAccepted {
		t.Fatal(status)
	}
	done := hometest.Alone(t)
	kill(t, m.supervisor(t))
	for _, ref := range []process.Ref{m.service(t, serviceProvider), m.service(t, serviceRedis), m.replicas(t)[0].Ref} {
		kill(t, ref)
	}
	m.upAlone(t)
	done()
	if m.echo(t).PID == 0 || len(m.replicas(t)) != 1 {
		t.Error("the machine is not as it was")
	}
	// A supervisor and a provider both gone: down stops what they left.
	left := m.replicas(t)[0].Ref
	kill(t, m.supervisor(t))
	kill(t, m.running(t, serviceProvider))
	m.run(t, "down", "-home", string(m.home))
	if left.Alive() || m.servicesAlive(t) {
		t.Error("down left something running")
	}
}

func (m *machine) servicesAlive(t *testing.T) bool {
	t.Helper()
	ours, err := listening(m.home, home.DefaultPorts())
	if err != nil {
		t.Fatal(err)
	}
	return len(ours) > 0
}

// A process that was started in the instant before its starter was killed has no record, and is found all the same.
func TestUnrecordedServiceIsFound(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.echo(t)
	stray := m.service(t, serviceProvider)
	kill(t, m.supervisor(t))
	if err := os.Remove(filepath.Join(m.home.Services(), serviceProvider+".json")); err != nil {
		t.Fatal(err)
	}
	// Its port is taken by the stray, which nobody knows: `up -ports auto` takes another one, and ends the stray.
	m.up(t)
	if stray.Alive() {
		t.Error("the stray still runs")
	}
}
