package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/need"
)

// TestTheSandboxHasAnIRC: the server starts with what was planned, and the gateway is given its secrets and no more.
func TestTheSandboxHasAnIRC(t *testing.T) {
	t.Parallel()
	need.Program(t, ircServer)
	h, err := home.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ports, bin := home.DefaultPorts(), t.TempDir()
	if ports.IRC, err = freePort(t.Context(), ports); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "irc-gateway"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := planner{home: h, ports: ports, bin: bin}
	var none plan
	if err := p.addIRC(&none); err != nil || len(none.Services) > 0 {
		t.Fatalf("without a configuration: %+v, %v", none, err)
	}
	if err := h.WriteSecret(home.SecretConfig, "irc: {networks: [{name: sandbox, tls: false, server: '"+ports.IRCAddress()+"'}]}\n"); err != nil {
		t.Fatal(err)
	}
	var result plan
	if err := p.addIRC(&result); err != nil || len(result.Services) != 2 || result.Services[1].Name != serviceIRCGateway {
		t.Fatalf("%+v, %v", result, err)
	}
	server := result.Services[0]
	cmd := exec.CommandContext(t.Context(), server.Path, server.Args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }() // it was killed
	defer func() { _ = cmd.Process.Kill() }()
	var conn net.Conn
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if conn, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Address); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	defer func() { _ = conn.Close() }() // only read
	if _, err := conn.Write([]byte("NICK ann\r\nUSER ann 0 * :Ann\r\n")); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if strings.Contains(lines.Text(), " 001 ann ") {
			return
		}
	}
	t.Error("nobody is let in")
}
