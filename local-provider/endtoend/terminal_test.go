package endtoend

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

// multiplexer is a tmux, in whose windows people sit.
type multiplexer struct {
	socket  string
	windows atomic.Int64
}

func newMultiplexer(s *system) *multiplexer {
	m := &multiplexer{socket: filepath.Join(string(s.home), "tmux")}
	s.Cleanup(func() { _, _ = m.tmux("kill-server") }) // it may have no window any more
	return m
}

func (m *multiplexer) tmux(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", append([]string{"-S", m.socket, "-f", "/dev/null"}, args...)...).CombinedOutput()
	return string(out), err
}

// person sits at a terminal, in which the real telnet runs.
type person struct {
	*system

	name, window, last string
}

// telnet has somebody log in.
func (s *system) telnet(name string) *person {
	s.Helper()
	p := &person{system: s, name: name, window: fmt.Sprintf("%s-%d", name, s.terminal.windows.Add(1))}
	p.tmux("set-option", "-g", "remain-on-exit", "on", ";", "set-option", "-g", "history-limit", "20000", ";",
		"new-session", "-d", "-s", p.window, "-x", "900", "-y", "50", "telnet", "127.0.0.1", fmt.Sprint(s.ports.Telnet))
	s.Cleanup(func() {
		if s.Failed() {
			s.Logf("the screen of %s:\n%s", p.window, p.Screen())
		}
	})
	p.see("User:")
	p.enter(name)
	p.see("Password:")
	p.enter(s.password)
	p.see("Welcome, " + name)
	return p
}

func (p *person) tmux(args ...string) string {
	p.Helper()
	out, err := p.terminal.tmux(args...)
	if err != nil {
		p.Fatalf("tmux %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// Screen is all that stands in the window, what has scrolled away included.
func (p *person) Screen() string {
	text, err := p.terminal.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", p.window)
	if err != nil {
		return err.Error() + text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// see waits until a text is on the screen.
func (p *person) see(text string) {
	p.Helper()
	p.eventually(p.name+" sees "+text, func() bool { return strings.Contains(p.Screen(), text) })
}

func (p *person) enter(line string) {
	p.Helper()
	p.tmux("send-keys", "-t", p.window, "-l", "--", line)
	p.press("Enter")
}

// press presses a key, by tmux' name for it.
func (p *person) press(key string) {
	p.Helper()
	p.tmux("send-keys", "-t", p.window, key)
}

const prompt = "handsoff>"

// Say types a line and waits until it is on the screen.
func (p *person) Say(line string) {
	p.Helper()
	said := prompt + " " + line
	before := strings.Count(p.Screen(), said)
	p.enter(line)
	p.last = said
	p.eventually(p.name+" sees what was typed: "+line, func() bool { return strings.Count(p.Screen(), said) > before })
}

// Heard is what stands behind the last line, without the prompt.
func (p *person) Heard() string {
	_, after := cutLast(p.Screen(), p.last)
	return strings.TrimSuffix(strings.TrimSpace(after), prompt)
}

// About is everything from where the job is first spoken of.
func (p *person) About(job string) string {
	screen := p.Screen()
	return screen[max(0, strings.Index(screen, job)):]
}

// Principal is who the bot takes the person for.
func (p *person) Principal() string { return "telnet:" + p.name }

func (p *person) Called() string           { return p.Principal() }
func (p *person) Begun(line string) string { return accepted(line) }

func cutLast(text, mark string) (before, after string) {
	at := strings.LastIndex(text, mark)
	if at < 0 {
		return text, ""
	}
	return text[:at], text[at+len(mark):]
}

// liner is somebody whose client sends whole lines, as a script's does.
type liner struct {
	*system
	*telnettest.Client

	name string
	from int
}

// lineMode has somebody log in whose client refuses character mode.
func (s *system) lineMode(name string) door {
	l := &liner{system: s, name: name}
	l.Client = telnettest.Dial(s.TB, fmt.Sprintf("127.0.0.1:%d", s.ports.Telnet), telnettest.Manner{Terminal: "xterm", LineMode: true})
	l.Login(s.TB, name, s.password)
	return l
}

func (l *liner) Say(line string) {
	l.from = len(l.Text())
	l.Type(l.TB, line)
}

// Heard is without prompts: the one of a line before that was met with silence may come after the next was typed.
func (l *liner) Heard() string {
	return strings.NewReplacer("\r\n", "\n", prompt+" ", "").Replace(l.Text()[l.from:])
}

func (l *liner) About(string) string { return strings.ReplaceAll(l.Text(), "\r\n", "\n") }
func (l *liner) Principal() string   { return "telnet:" + l.name }

func (l *liner) Called() string           { return l.Principal() }
func (l *liner) Begun(line string) string { return accepted(line) }
