package docs_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inside, when set, makes this program bring up the loopback of the network that it has for itself, and become a shell that runs the
// named script.
const inside = "HANDSOFF_DOCS_INSIDE"

func TestMain(m *testing.M) {
	if script := os.Getenv(inside); script != "" {
		err := loopback()
		if err == nil {
			err = unix.Exec("/bin/bash", []string{"bash", script}, os.Environ())
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// apart is a command that runs a script in a network of its own, in which all ports are free: what the pages say is run to the letter,
// whatever else this machine does. Who is not root is root in there.
func apart(ctx context.Context, t *testing.T, script string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), inside+"="+script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = asRoot(os.Getuid())
		cmd.SysProcAttr.GidMappings = asRoot(os.Getgid())
	}
	return cmd
}

// asRoot is the mapping that makes somebody root in a namespace of their own.
func asRoot(id int) []syscall.SysProcIDMap {
	return []syscall.SysProcIDMap{{ContainerID: 0, HostID: id, Size: 1}}
}

// loopback brings up the one interface that a new network has.
func loopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open a socket: %w", err)
	}
	defer func() { _ = unix.Close(socket) }()
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("name the loopback: %w", err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("bring the loopback up: %w", err)
	}
	return nil
}
