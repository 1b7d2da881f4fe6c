package ptg_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// machine is a Debian host that was booted for a test: a layer of its own over a plain tree, systemd as its first process, and no
// network but its own loopback. Ansible reaches it by SSH, through a pipe instead of a network.
type machine struct {
	dir     string // of the test's own files
	root    string // its tree, as seen from outside
	leader  int    // its first process
	tree    string // the plain one
	release string // what is installed
}

// boot boots one. Without a tree and a release, which `make test-deploy` makes, the test is left out.
func boot(t *testing.T) *machine {
	t.Helper()
	m := &machine{dir: t.TempDir(), tree: os.Getenv("HANDSOFF_DEBIAN"), release: os.Getenv("HANDSOFF_RELEASE")}
	if m.tree == "" || m.release == "" {
		t.Skip("it needs a whole machine: make test-deploy")
	}
	m.root = filepath.Join(m.dir, "root")
	upper, work := filepath.Join(m.dir, "upper"), filepath.Join(m.dir, "work")
	for _, dir := range []string{m.root, upper, work} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount("overlay", m.root, "overlay", 0, "lowerdir="+m.tree+",upperdir="+upper+",workdir="+work); err != nil {
		t.Fatalf("a layer over %s: %v", m.tree, err)
	}
	t.Cleanup(func() { _ = unix.Unmount(m.root, unix.MNT_DETACH) })
	key := filepath.Join(m.dir, "id")
	outside(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	write(t, filepath.Join(m.root, "root", ".ssh", "authorized_keys"), read(t, key+".pub"), 0o600)
	m.start(t)
	m.in(t, "mkdir -p /run/sshd")
	return m
}

func (m *machine) start(t *testing.T) {
	t.Helper()
	console, err := os.Create(filepath.Join(m.dir, "console.log"))
	if err != nil {
		t.Fatal(err)
	}
	nspawn := exec.Command("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--kill-signal=SIGRTMIN+3", "-b", "-D", m.root)
	nspawn.Stdout, nspawn.Stderr = console, console
	if err := nspawn.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = nspawn.Process.Signal(unix.SIGTERM)
		late := time.AfterFunc(patience, func() { _ = nspawn.Process.Kill() }) // a visitor of the machine may hold it up
		_ = nspawn.Wait()
		late.Stop()
		_ = console.Close()
	})
	await(t, func() bool {
		pid := nspawn.Process.Pid
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		m.leader, _ = strconv.Atoi(strings.TrimSpace(string(children)))
		if m.leader == 0 {
			return false
		}
		state, _ := m.try("systemctl is-system-running")
		return strings.HasPrefix(state, "running") || strings.HasPrefix(state, "degraded")
	})
}

func outside(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// try runs a line of shell on the machine.
func (m *machine) try(line string) (string, error) {
	out, err := exec.Command("nsenter", "-t", strconv.Itoa(m.leader), "-a", "bash", "-c", line).CombinedOutput()
	return string(out), err
}

// in is try, where failing is a mistake.
func (m *machine) in(t *testing.T, line string) string {
	t.Helper()
	out, err := m.try(line)
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return out
}

// dial connects to something on the machine.
func (m *machine) dial(ctx context.Context, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with us, and nobody else gets into that network
		file, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", m.leader))
		if err == nil {
			err = unix.Setns(int(file.Fd()), unix.CLONE_NEWNET)
			_ = file.Close()
		}
		if err != nil {
			done <- result{nil, err}
			return
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		done <- result{conn, err}
	}()
	r := <-done
	return r.conn, r.err
}

var recap = regexp.MustCompile(`changed=(\d+)`)

// play runs a playbook on the machine, and returns how much it changed.
func (m *machine) play(t *testing.T, playbook string, more ...string) int {
	t.Helper()
	ssh := "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ControlMaster=auto -o ControlPersist=5 " +
		"-o ControlPath=/tmp/%C -o ProxyCommand='nsenter -t " + strconv.Itoa(m.leader) + " -a /usr/sbin/sshd -i'"
	write(t, filepath.Join(m.dir, "inventory.yml"), fmt.Sprintf(`
ptg:
  hosts:
    machine: {ansible_host: machine-%d, ansible_user: root, ansible_python_interpreter: /usr/bin/python3, ansible_pipelining: true,
      ansible_ssh_private_key_file: %q, ansible_ssh_common_args: %q}
  vars:
    ptg_release: %q
    ptg_domain: %s
    ptg_channels: ["irc:lab/#ptg"]
    ptg_irc_networks: [{name: lab, server: "127.0.0.1:6667", tls: false, channels: ["#ptg"]}]
    ptg_apt_cache_valid: 999999999
`, m.leader, filepath.Join(m.dir, "id"), ssh, m.release, domain), 0o600)
	out := ansible(t, "ansible-playbook", append([]string{"-i", filepath.Join(m.dir, "inventory.yml"), playbook}, more...)...)
	found := recap.FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("%s says nothing of what it changed:\n%s", playbook, out)
	}
	changed, _ := strconv.Atoi(found[1])
	if changed > 0 {
		t.Logf("%s changed %d", playbook, changed)
	}
	return changed
}
