package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// recording says how a run is recorded with ARA.
type recording struct {
	plugins string // the folder of ARA's callback plugin; empty when ARA is not installed
	online  bool   // with the API server; else in a file on this machine
	note    string // a sentence for people; empty when all is as configured
}

// recorder finds ARA's callback plugin for the Ansible that is installed, once.
type recorder struct {
	mu    sync.Mutex
	known string
}

// findLimit bounds asking Python where a plugin is.
const findLimit = time.Minute

// plugins is the folder of ARA's callback plugin in the Python that ansible-playbook runs on; an error when that has no ARA.
func (r *recorder) plugins(ctx context.Context, program string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known != "" {
		return r.known, nil
	}
	python, err := interpreter(program)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	command := exec.CommandContext(ctx, python[0], append(python[1:], "-m", "ara.setup.callback_plugins")...)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LANG=C.UTF-8"}
	output, err := command.Output()
	dir := strings.TrimSpace(string(output))
	if err != nil || !filepath.IsAbs(dir) {
		return "", errors.New("ARA is not installed beside ansible-playbook")
	}
	r.known = dir
	return dir, nil
}

// interpreter is the Python that a script names in its first line.
func interpreter(program string) ([]string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", program, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", program, err)
	}
	defer func() { _ = file.Close() }() // only read
	first, _ := bufio.NewReaderSize(file, 512).ReadSlice('\n')
	words := strings.Fields(strings.TrimPrefix(string(first), "#!"))
	if !strings.HasPrefix(string(first), "#!") || len(words) == 0 {
		return []string{"python3"}, nil
	}
	return words, nil
}

// layRecording decides how the run is recorded. That it cannot be is never the run's failure.
func (c *capability) layRecording(ctx context.Context, _ *job.Run, l *layout) error {
	if !c.set.ARA.records() {
		return nil
	}
	plugins, err := c.python.plugins(ctx, c.set.Program)
	if err != nil {
		l.recording.note = fmt.Sprintf("This run is not recorded: %v.", err)
		return nil
	}
	l.recording.plugins = plugins
	if c.ara == nil {
		l.recording.note = "This run is recorded on this machine only, below " + c.set.araFolder() + ": no ARA server is configured."
		return c.makeARAFolder()
	}
	if err := c.ara.Ping(ctx); err != nil {
		l.recording.note = fmt.Sprintf("%s. This run is recorded on this machine only, below %s.", strings.TrimRight(err.Error(), "."), c.set.araFolder())
		return c.makeARAFolder()
	}
	l.recording.online = true
	return c.layPassword(l)
}

func (s *settings) araFolder() string { return filepath.Join(s.WorkDir, "ara") }

func (c *capability) makeARAFolder() error {
	if err := os.MkdirAll(c.set.araFolder(), 0o700); err != nil {
		return fmt.Errorf("make the folder for ARA's records: %w", err)
	}
	return nil
}

// layPassword writes ARA's password into the run's ansible.cfg, since every user of the machine can read arguments, and every task
// the environment. A playbook's own ansible.cfg is kept where it is laid out for this run, with ARA's section replaced.
func (c *capability) layPassword(l *layout) error {
	own := filepath.Join(l.dir, "ansible.cfg")
	text, err := readSome(own, maxConfig)
	found := err == nil
	if found {
		l.config = own
	}
	if c.set.ARA.Password == "" {
		return nil
	}
	if found && l.wish.playbook.Repo == "" {
		l.recording = recording{note: "This run is not recorded: ARA wants a password, which would have to be written into " + own + "."}
		return nil
	}
	password, err := c.read(c.set.ARA.Password)
	if err != nil {
		return err
	}
	if bytes.ContainsAny(password, "\r\n") || bytes.Contains(password, []byte(" ;")) {
		return refused(fmt.Sprintf("ARA's password (the secret %s) has a line break or \" ;\" in it, which no ansible.cfg can hold", c.set.ARA.Password))
	}
	l.hidden = append(l.hidden, string(password))
	section := fmt.Sprintf("[ara]\napi_username = %s\napi_password = %s\n", c.set.ARA.User, password)
	if !found {
		l.config, err = l.write("ansible.cfg", []byte(section))
		return err
	}
	if err := os.Remove(own); err != nil { // it may be a link to elsewhere
		return fmt.Errorf("replace ansible.cfg: %w", err)
	}
	if err := os.WriteFile(own, []byte(withoutSection(string(text), "ara")+"\n"+section), 0o600); err != nil {
		return fmt.Errorf("write ansible.cfg: %w", err)
	}
	return nil
}

// maxConfig bounds an ansible.cfg, in bytes.
const maxConfig = 1 << 20

// readSome reads a regular file of at most so many bytes: in a repository it may be a link to a device without an end.
func readSome(path string, most int) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	defer func() { _ = file.Close() }() // only read
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: it is not a file", filepath.Base(path))
	}
	text, err := io.ReadAll(io.LimitReader(file, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	if len(text) > most {
		return nil, fmt.Errorf("read %s: it has more than %d bytes", filepath.Base(path), most)
	}
	return text, nil
}

// withoutSection drops one section of an INI file.
func withoutSection(text, name string) string {
	var kept []string
	dropping := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "[") {
			dropping = strings.TrimSpace(line) == "["+name+"]"
		}
		if !dropping {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
