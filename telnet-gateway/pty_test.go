package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// person is somebody at a terminal in which the system's own telnet client runs.
type person struct {
	t      *testing.T
	master *os.File
	done   chan struct{}

	mu   sync.Mutex
	text strings.Builder
	from int
}

// sit starts telnet in a pseudo-terminal of the given width.
func sit(t *testing.T, g *gateway, term string, columns uint16) *person {
	t.Helper()
	client, err := exec.LookPath("telnet")
	if err != nil {
		t.Fatalf("these tests need a telnet client (Debian's inetutils-telnet): %v", err)
	}
	master, slave := openPTY(t)
	p := &person{t: t, master: master, done: make(chan struct{})}
	p.resize(columns)
	host, port, _ := strings.Cut(g.address, ":")
	cmd := exec.CommandContext(t.Context(), client, host, port)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.Env = []string{"TERM=" + term, "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close() // the client has it
	go p.read()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = master.Close()
		<-p.done
	})
	return p
}

func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // so that closing it ends a read
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), "ptmx"), slave
}

func (p *person) read() {
	defer close(p.done)
	buf := make([]byte, 4096)
	for {
		n, err := p.master.Read(buf)
		p.mu.Lock()
		p.text.Write(buf[:n])
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (p *person) resize(columns uint16) {
	p.t.Helper()
	if err := unix.IoctlSetWinsize(int(p.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: 24}); err != nil {
		p.t.Fatal(err)
	}
	if err := unix.SetNonblock(int(p.master.Fd()), true); err != nil { // Fd made it blocking
		p.t.Fatal(err)
	}
}

// press sends keys.
func (p *person) press(keys string) {
	p.t.Helper()
	if _, err := p.master.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// see waits for text behind what was seen before, and gives what stood before it.
func (p *person) see(want string) (before string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		p.mu.Lock()
		rest := p.text.String()[p.from:]
		at := strings.Index(rest, want)
		if at >= 0 {
			p.from += at + len(want)
		}
		p.mu.Unlock()
		if at >= 0 {
			return rest[:at]
		}
		if time.Now().After(end) {
			p.t.Fatalf("waited in vain for %q; there is %q", want, rest)
		}
	}
}

func (p *person) login() {
	p.t.Helper()
	p.see("User: ")
	p.press("ann\r")
	p.see("Password: ")
	p.press(password + "\r")
	p.see("Welcome, ann.")
	p.see("handsoff> ")
}

// lineMode tells the client to edit lines itself, as a person can.
func (p *person) lineMode() {
	p.t.Helper()
	p.press("\x1d")
	p.see("telnet> ")
	p.press("mode line\r")
	p.see("mode line")
}

// everything is what was shown, without escape sequences.
func (p *person) everything() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`).ReplaceAllString(p.text.String(), "")
}
