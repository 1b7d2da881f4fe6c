package gerrit

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// A session is one command that somebody runs.
type session struct {
	s       *Server
	conn    *conn
	user    string
	channel ssh.Channel
	gone    chan struct{} // closed when the client hung up
}

// welcome is what Gerrit says to who asks for a shell.
const welcome = "\r\n  ****    Welcome to Gerrit Code Review    ****\r\n\r\n  Hi %s, you have successfully connected over SSH.\r\n\r\n" +
	"  Unfortunately, interactive shells are disabled.\r\n"

// serveSession answers what is asked on a channel: one command, or a shell, which is refused kindly.
func (s *Server) serveSession(c *conn, user string, channel ssh.Channel, asked <-chan *ssh.Request) {
	run := &session{s: s, conn: c, user: user, channel: channel, gone: make(chan struct{})}
	started := false
	for rq := range asked {
		var exec struct{ Command string }
		var do func() int
		switch {
		case started:
		case rq.Type == "shell":
			exec.Command, do = rq.Type, run.shell
		case rq.Type == "exec" && ssh.Unmarshal(rq.Payload, &exec) == nil:
			do = func() int { return run.command(exec.Command) }
		}
		if rq.WantReply {
			_ = rq.Reply(do != nil || rq.Type == "env" || rq.Type == "pty-req", nil)
		}
		if do != nil {
			started = true
			go run.finish(exec.Command, do)
		}
	}
	close(run.gone)
}

// shell greets who wants one.
func (r *session) shell() int {
	_, _ = fmt.Fprintf(r.channel.Stderr(), welcome, r.s.fullName(r.user))
	return 127
}

func (s *Server) fullName(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.account(user); a != nil {
		return a.Name
	}
	return user
}

// finish runs a command and tells the client what it ended with.
func (r *session) finish(what string, do func() int) {
	status := do()
	r.s.note("ssh "+what, r.user, status)
	_, _ = r.channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(status)}))
	_ = r.channel.Close()
}

// die says why a command fails, in Gerrit's words.
func (r *session) die(format string, args ...any) int {
	_, _ = fmt.Fprintf(r.channel.Stderr(), "fatal: "+format+"\n", args...)
	return 1
}

// print writes to the client; an error is a client that has gone, which ends the session anyway.
func (r *session) print(text string) { _, _ = io.WriteString(r.channel, text) }

// command runs one command line.
func (r *session) command(text string) int {
	words := splitCommand(text)
	if len(words) == 0 || words[0] != "gerrit" {
		name := ""
		if len(words) > 0 {
			name = words[0]
		}
		return r.die("Gerrit Code Review: %s: not found", name)
	}
	if len(words) == 1 {
		_, _ = io.WriteString(r.channel.Stderr(), "Available commands of gerrit are:\n\n   ls-projects\n   query\n   review\n   stream-events\n   version\n\n")
		return 1
	}
	args := words[2:]
	switch words[1] {
	case "version":
		r.print("gerrit version " + r.s.options.Version + "\n")
		return 0
	case "stream-events":
		return r.stream(args)
	case "query":
		return r.query(args)
	case "review":
		return r.review(args)
	case "ls-projects":
		return r.listProjects()
	}
	return r.die("gerrit: %s: not found", words[1])
}

func (r *session) listProjects() int {
	var names []string
	r.s.do(func() {
		for _, name := range sortedKeys(r.s.projects) {
			if r.s.account(r.user).reads(r.s.projects[name]) {
				names = append(names, name+"\n")
			}
		}
	})
	r.print(strings.Join(names, ""))
	return 0
}

// splitCommand takes a command line apart as Gerrit does: by spaces, but not within quotes; a backslash takes what follows as
// it is.
func splitCommand(text string) []string {
	var out []string
	var word strings.Builder
	quote, escaped, inside := rune(0), false, false
	for _, c := range text {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			escaped, inside = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, inside = c, true
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n'):
			if inside {
				out = append(out, word.String())
				word.Reset()
			}
			inside = false
		default:
			word.WriteRune(c)
			inside = true
		}
	}
	if inside {
		out = append(out, word.String())
	}
	return out
}
