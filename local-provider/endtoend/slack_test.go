package endtoend

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
)

// workspace is the sandbox's Slack, seen by the people in it.
type workspace struct {
	*system
	token string
}

func (s *system) workspace() *workspace {
	s.Helper()
	token, err := s.home.ReadSecret(home.SecretSlack)
	s.must(err)
	return &workspace{system: s, token: token}
}

// slackWaits is how long Slack waits for an answer here, for people who are patient: a busy machine may take longer than the three
// seconds that it gives an app.
const slackWaits = time.Minute

// waits has Slack wait so long for an answer of the app.
func (w *workspace) waits(long time.Duration) {
	w.Helper()
	w.order("patience", map[string]any{"seconds": long.Seconds()}, nil)
}

// slackID is the id of the person of that name. Slack's are upper case.
func slackID(name string) string {
	switch name { // who is there from the start, by the names they have there
	case "gus":
		return "U0GUEST"
	case "stan":
		return "U0STRANGER"
	}
	if strings.HasPrefix(name, guest) { // at Slack a guest is somebody else, whom no role is given
		name = strings.Replace(name, guest, "looker", 1)
	}
	return "U0" + strings.ToUpper(name)
}

func (w *workspace) control() *control {
	return &control{system: w.system, name: "Slack", url: w.ports.SlackURL(), token: w.token}
}

// order gives an order. A refusal ends the test.
func (w *workspace) order(path string, body, into any) {
	w.Helper()
	w.control().order(path, body, into)
}

// try is order, except that a refusal is an error.
func (w *workspace) try(path string, body any) (text []byte, refused error) {
	w.Helper()
	return w.control().try(path, body)
}

// seen is a message as a person sees it.
type seen struct {
	TS      string   `json:"ts"`
	Name    string   `json:"name"`
	Bot     bool     `json:"bot"`
	Lines   []string `json:"lines"`
	Thread  string   `json:"thread"`
	Replies int      `json:"replies"`
	OnlyYou bool     `json:"only_you"`
	Buttons []struct {
		Text   string `json:"text"`
		Action string `json:"action"`
		Asks   bool   `json:"asks"`
	} `json:"buttons"`
}

func (m seen) text() string { return strings.Join(m.Lines, "\n") }

func (m seen) labels() (labels []string) {
	for _, b := range m.Buttons {
		labels = append(labels, b.Text)
	}
	return labels
}

// member is somebody who uses Slack.
type member struct {
	*workspace
	id, name string
}

// join makes somebody a member of the workspace, unless they are one.
func (w *workspace) join(name string) *member {
	w.Helper()
	m := &member{workspace: w, id: slackID(name), name: name}
	var there []struct {
		ID string `json:"id"`
	}
	w.order("people", nil, &there)
	if !slices.ContainsFunc(there, func(u struct {
		ID string `json:"id"`
	},
	) bool {
		return u.ID == m.id
	}) {
		w.order("people", map[string]any{"id": m.id, "name": name}, nil)
	}
	return m
}

func (m *member) do(what string, body, into any) {
	m.Helper()
	m.order("people/"+m.id+"/"+what, body, into)
}

// tries is do, except that a refusal is an error.
func (m *member) tries(what string, body any) error {
	m.Helper()
	_, err := m.try("people/"+m.id+"/"+what, body)
	return err
}

// say posts a message, in a thread unless that is empty, and gives its time stamp.
func (m *member) say(channel, thread, text string) string {
	m.Helper()
	var said struct {
		TS string `json:"ts"`
	}
	m.do("say", map[string]any{"channel": channel, "thread": thread, "text": text}, &said)
	return said.TS
}

func (m *member) slash(channel, text string) {
	m.Helper()
	m.do("slash", map[string]any{"channel": channel, "text": "/handsoff " + text}, nil)
}

// click presses a button of a message, and says yes where it asks.
func (m *member) click(channel string, message seen, label string) {
	m.Helper()
	for _, b := range message.Buttons {
		if b.Text == label {
			m.do("do", map[string]any{"channel": channel, "message": message.TS, "action": b.Action, "confirmed": b.Asks}, nil)
			return
		}
	}
	m.Fatalf("no button %q in:\n%s\n%v", label, message.text(), message.labels())
}

// see is what stands in a channel, or in one of its threads.
func (m *member) see(channel, thread string) (list []seen) {
	m.Helper()
	m.do("see?"+url.Values{"channel": {channel}, "thread": {thread}}.Encode(), nil, &list)
	return list
}

// finds waits for a message like that, and returns the last one.
func (m *member) finds(channel, thread, pattern string) (found seen) {
	m.Helper()
	want := regexp.MustCompile("(?m)" + pattern)
	var list []seen
	if !within(patience, func() bool {
		list = m.see(channel, thread)
		for _, message := range slices.Backward(list) {
			if want.MatchString(message.text()) {
				found = message
				return true
			}
		}
		return false
	}) {
		m.Fatalf("waited for %s in %s %s\nthere is:\n%s", pattern, channel, thread, texts(list))
	}
	return found
}

func texts(list []seen) string {
	var all strings.Builder
	for _, m := range list {
		all.WriteString(m.Name + ":\n  " + strings.Join(m.Lines, "\n  ") + "\n  " + strings.Join(m.labels(), " | ") + "\n")
	}
	return all.String()
}

// direct are somebody's direct messages with the bot.
const direct = "@handsoff"

// direct messages are a door: each line is a message.
type messages struct {
	*member
	said string // when the last line was
}

// slack has somebody write to the bot.
func (s *system) slack(name string) door {
	s.Helper()
	return &messages{member: s.workspace().join(name)}
}

func (d *messages) Principal() string { return "slack:" + d.id }
func (d *messages) Say(line string)   { d.said = d.say(direct, "", line) }

func (d *messages) Heard() string {
	var lines []string
	for _, m := range d.see(direct, "") {
		if m.Bot && m.TS > d.said {
			lines = append(lines, m.Lines...)
		}
	}
	return strings.Join(lines, "\n")
}

func (d *messages) About(job string) string {
	var lines []string
	for _, m := range d.see(direct, "") {
		if !m.Bot || !strings.Contains(m.text(), job) {
			continue
		}
		lines = append(lines, m.Lines...)
		if m.Replies > 0 {
			for _, reply := range d.see(direct, m.TS) {
				lines = append(lines, reply.Lines...)
			}
		}
	}
	return strings.Join(lines, "\n")
}

func (d *messages) Called() string { return "(?:@" + d.name + "|" + d.Principal() + ")" }

// Begun is how a job's message begins: the command, and how the job stands.
func (d *messages) Begun(line string) string { return `^:\w+: ` + line + `\n(?P<JOB>\w{4,}) ` }
