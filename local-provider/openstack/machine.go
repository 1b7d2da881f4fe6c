package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// host is where everything listens.
const host = "127.0.0.1"

// parts are what gets a port of its own.
var parts = []string{"database", "queue", "epmd", "erlang", "keystone", "heat", "placement", "glance", "neutron", "nova"}

// machine is one OpenStack: its folder, its ports and its password. They are kept in the folder, so that a second start finds
// what the first one left.
type machine struct {
	Dir      string         `json:"-"`
	Ports    map[string]int `json:"ports"`
	Password string         `json:"password"` // of every user and service

	mu    sync.Mutex
	out   io.Writer
	begun time.Time
}

// open reads what is known of the machine, or makes it.
func open(dir string, out io.Writer) (*machine, error) {
	for _, sub := range []string{"etc", "log", "run"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder: %w", err)
		}
	}
	m := &machine{Dir: dir, out: out, begun: time.Now()}
	text, err := os.ReadFile(m.path("machine.json"))
	if err == nil {
		if err := json.Unmarshal(text, m); err != nil {
			return nil, fmt.Errorf("read machine.json: %w", err)
		}
		return m, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read machine.json: %w", err)
	}
	m.Password = rand.Text()
	if m.Ports, err = freePorts(parts); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(m); err != nil { //nolint:gosec // it is kept for the next start, by its owner alone
		return nil, fmt.Errorf("write machine.json: %w", err)
	}
	if err := m.write("machine.json", text); err != nil {
		return nil, err
	}
	return m, nil
}

// freePorts finds a free port for each name.
func freePorts(names []string) (map[string]int, error) {
	ports := map[string]int{}
	var taken []net.Listener // until each has one
	defer func() {
		for _, l := range taken {
			_ = l.Close()
		}
	}()
	for _, name := range names {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		taken = append(taken, l)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		if ports[name], err = strconv.Atoi(port); err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
	}
	return ports, nil
}

func (m *machine) path(elements ...string) string {
	return filepath.Join(append([]string{m.Dir}, elements...)...)
}

func (m *machine) write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.WriteFile(m.path(name), text, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// address is where a part listens.
func (m *machine) address(part string) string {
	return net.JoinHostPort(host, strconv.Itoa(m.Ports[part]))
}

// say tells how far it is.
func (m *machine) say(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fmt.Fprintf(m.out, "%6.1f s  %s\n", time.Since(m.begun).Seconds(), text)
}

// once does what is to be done one time only, and remembers it.
func (m *machine) once(name string, do func() error) error {
	mark := filepath.Join("run", name+".done")
	if _, err := os.Stat(m.path(mark)); err == nil {
		return nil
	}
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	m.say(name)
	return m.write(mark, nil)
}
