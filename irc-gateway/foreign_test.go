package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
)

// TestAForeignClientTalksToIt: suckless' ii, whose channels are files.
func TestAForeignClientTalksToIt(t *testing.T) {
	t.Parallel()
	server := irctest.InspIRCd(t, 0)
	w := newWorld(t)
	w.configure(w.network("test", server, `channels: ["#ptg"]`))
	w.gateway()
	w.joined("test", "#ptg")
	dir := t.TempDir()
	cmd := exec.CommandContext(context.Background(), "ii", "-s", "127.0.0.1", "-p", strconv.Itoa(server.Plain), "-n", "suckless", "-i", dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start ii (make need installs it): %v", err)
	}
	t.Cleanup(func() { end(cmd) })
	home := filepath.Join(dir, "127.0.0.1")
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(home, name, "out")) // it comes later
		return string(text)
	}
	write := func(name, line string) {
		t.Helper()
		f, err := os.OpenFile(filepath.Join(home, name, "in"), os.O_WRONLY, 0) // a pipe, which ii reads
		if err == nil {
			_, err = f.WriteString(line + "\n")
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.eventually("ii's welcome", func() bool { return strings.Contains(read(""), "message of the day") })
	write("", "/j #ptg")
	w.eventually("ii in the channel", func() bool { return strings.Contains(read("#ptg"), "has joined #ptg") })
	write("#ptg", "handsoff: jobs")
	w.eventually("the answer", func() bool { return strings.Contains(read("#ptg"), "<handsoff> suckless: you said jobs") })
	write("", "/j handsoff help")
	w.eventually("the answer alone", func() bool { return strings.Contains(read("handsoff"), "<handsoff> you said help") })
}
