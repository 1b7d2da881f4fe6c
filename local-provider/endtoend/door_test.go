package endtoend

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// door is a way to talk to the bot.
type door interface {
	// Say hands in a line.
	Say(line string)
	// Heard is what has come since the last line.
	Heard() string
	// About is what can be learned of a job without asking a person: over telnet it comes by itself, elsewhere one asks.
	About(job string) string
	// Principal is who speaks.
	Principal() string
	// Called is the pattern of how the bot speaks of them.
	Called() string
	// Begun is the pattern of what one hears when a job was made of a line like that; its group JOB is the job's id.
	Begun(line string) string
}

// accepted is how a job is accepted where one is told in a line.
func accepted(line string) string { return `^(?P<JOB>\w{4,}) accepted: ` + line + `$` }

// doors are the ways in, by name.
func doors() map[string]func(s *system, name string) door {
	all := map[string]func(s *system, name string) door{
		"telnet":    func(s *system, name string) door { return s.telnet(name) },
		"line-mode": func(s *system, name string) door { return s.lineMode(name + twin) },
		"http":      func(s *system, name string) door { return &cli{system: s, name: name, send: s.post} },
		"slack":     func(s *system, name string) door { return s.slack(name) },
	}
	if _, err := exec.LookPath("ngircd"); err == nil { // as in the sandbox
		all["irc"] = func(s *system, name string) door { return s.irc(name) }
	}
	if os.Getenv("FAAS_CLI") != "" {
		all["faas-cli"] = func(s *system, name string) door { return &cli{system: s, name: name + twin, send: s.faasCLI} }
	}
	return all
}

// cli is the door of the command line: each line is one signed request.
type cli struct {
	*system

	name, answer string
	send         func(name, line string) string
}

func (c *cli) Principal() string { return "cli:" + c.name }
func (c *cli) Say(line string)   { c.answer = c.send(c.name, line) }
func (c *cli) Heard() string     { return c.answer }

func (c *cli) Called() string { return c.Principal() }

func (c *cli) Begun(line string) string { return accepted(line) }

func (c *cli) About(job string) string {
	time.Sleep(200 * time.Millisecond) // nobody asks more often
	return c.send(c.name, "job "+job) + "\n" + c.send(c.name, "log "+job+" lines=50")
}

// post does what faas-cli invoke --sign does. While the bot cannot be reached it tries again, as a person would.
func (s *system) post(name, line string) string {
	s.Helper()
	status, text := 0, ""
	s.eventually("the bot answers `"+line+"`", func() bool {
		status, text = s.request("/function/command", []byte(line+"\n"), cliKey(name))
		return status != 0 && status != http.StatusBadGateway && (status != http.StatusServiceUnavailable || !strings.Contains(text, "try again"))
	})
	return text
}

// request signs a body, unless the key is empty, and posts it once. The status is 0 when nobody answers.
func (s *system) request(path string, body []byte, key string) (status int, text string) {
	signature := ""
	if key != "" {
		signature = signtest.Keys(key).Sign(body)
	}
	return s.deliver(path, body, signature)
}

func (s *system) deliver(path string, body []byte, signature string) (status int, text string) {
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.ports.GatewayURL()+path, bytes.NewReader(body))
	s.must(err)
	if signature != "" {
		request.Header.Set(sign.Header, signature)
	}
	status, answer := fetch(request)
	return status, string(answer)
}

// fetch makes a request once. The status is 0 when nobody answers.
func fetch(request *http.Request) (status int, text []byte) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, []byte(err.Error())
	}
	return response.StatusCode, answer
}

// faasCLI does it with the program itself, which puts a status and a dash before what is not 200.
func (s *system) faasCLI(name, line string) string {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Getenv("FAAS_CLI"), "invoke", "command", "-g", s.ports.GatewayURL(),
		"--sign", sign.Header, "--key", cliKey(name))
	cmd.Env = append(os.Environ(), "OPENFAAS_CONFIG="+string(s.home))
	cmd.Stdin = strings.NewReader(line + "\n")
	out, err := cmd.CombinedOutput()
	text := strings.TrimPrefix(string(out), "Failed to lookup auth config: config file not found\n")
	if err != nil && ctx.Err() == nil {
		if _, said, ok := strings.Cut(text, " - "); ok {
			text = said
		}
	}
	return text
}
