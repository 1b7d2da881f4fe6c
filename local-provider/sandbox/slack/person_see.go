package slack

import (
	"fmt"
	"slices"
	"strings"
)

// A Seen is a message as one person sees it.
type Seen struct {
	TS        string   `json:"ts"`
	User      string   `json:"user"` // an id; empty for an old integration
	Name      string   `json:"name"` // as shown
	Bot       bool     `json:"bot,omitempty"`
	Lines     []string `json:"lines"` // what it says, as plain text, buttons in brackets
	Buttons   []Button `json:"buttons,omitempty"`
	Files     []string `json:"files,omitempty"` // names
	Thread    string   `json:"thread,omitempty"`
	Replies   int      `json:"replies,omitempty"`
	Edited    bool     `json:"edited,omitempty"`
	OnlyYou   bool     `json:"only_you,omitempty"` // ephemeral
	Broadcast bool     `json:"broadcast,omitempty"`
	Mine      bool     `json:"mine,omitempty"` // may be edited and deleted
	// Message is all of it, as Slack's API shows it; Form what was chosen in it.
	Message object    `json:"message"`
	Form    formState `json:"form,omitempty"`
}

// A Button is one that can be clicked.
type Button struct {
	Text   string `json:"text"`
	Action string `json:"action"` // action_id
	Style  string `json:"style,omitempty"`
	Asks   bool   `json:"asks,omitempty"` // has a dialog that asks for confirmation
	URL    string `json:"url,omitempty"`
}

// See is what the person sees of a conversation, oldest first; of a thread when thread is its root's ts. Ephemeral
// messages stand where they came.
func (p *Person) See(channel, thread string) (out []Seen, err error) {
	p.s.do(func() {
		var c *Channel
		if c, err = p.open(channel); err == nil {
			out = p.look(c, thread)
		}
	})
	return out, err
}

func (p *Person) look(c *Channel, thread string) []Seen {
	out := []Seen{}
	for _, m := range c.messages {
		if thread == "" && m.inChannel() || thread != "" && (m.TS == thread || m.ThreadTS == thread) {
			out = append(out, p.seen(c, m, false))
		}
	}
	for _, e := range p.s.ephemerals {
		if e.Channel == c.ID && e.For == p.id && e.Message.ThreadTS == thread {
			out = append(out, p.seen(c, &e.Message, true))
		}
	}
	slices.SortStableFunc(out, func(a, b Seen) int { return compareTS(a.TS, b.TS) })
	return out
}

func (p *Person) seen(c *Channel, m *Message, onlyYou bool) Seen {
	s := p.s
	blocks := messageBlocks(m)
	form := s.formOf(c.ID+":"+m.TS, blocks)
	out := Seen{
		TS: m.TS, User: m.User, Name: s.author(m), Bot: m.BotID != "" || m.User == slackbot, Lines: p.lines(m, form),
		Buttons: buttons(blocks), Thread: m.ThreadTS, Edited: m.Edited != nil, OnlyYou: onlyYou,
		Broadcast: m.Subtype == "thread_broadcast", Mine: m.User == p.id && !onlyYou, Message: s.messageMap(c, m), Form: form,
	}
	if m.ThreadTS == m.TS {
		out.Replies = len(c.replies(m.TS))
	}
	for _, id := range m.Files {
		if f := s.files[id]; f != nil && !f.Deleted {
			out.Files = append(out.Files, f.Name)
		}
	}
	return out
}

func (s *Server) author(m *Message) string {
	if m.Username != "" {
		return m.Username
	}
	return s.nameOf(m.User)
}

// lines is a message as plain text. With blocks of the app its text is only a notification's, and not shown.
func (p *Person) lines(m *Message, form formState) []string {
	blocks := blocksOf(m.Blocks)
	if len(blocks) == 0 || m.ClientID != "" {
		blocks = nil
	}
	out := p.s.plainBlocks(blocks, form, p.id)
	if len(blocks) == 0 && m.Text != "" {
		out = append(out, strings.Split(p.s.plainText(m.Text, p.id), "\n")...)
	}
	for _, a := range blocksOf(m.Attachments) {
		out = append(out, p.attachment(a, form)...)
	}
	return out
}

// attachment is the lines of an unfurled link or of an old-style attachment, set off by a bar.
func (p *Person) attachment(a object, form formState) []string {
	lines := p.s.plainBlocks(objects(a["blocks"]), form, p.id)
	if len(lines) == 0 {
		for _, name := range []string{"pretext", "title", "text", "footer"} {
			if text := str(a, name); text != "" {
				lines = append(lines, strings.Split(p.s.plainText(text, p.id), "\n")...)
			}
		}
	}
	if len(lines) == 0 && str(a, "fallback") != "" {
		lines = []string{str(a, "fallback")}
	}
	for i := range lines {
		lines[i] = "| " + lines[i]
	}
	return lines
}

func buttons(blocks []object) []Button {
	var out []Button
	for _, f := range fields(blocks) {
		if f.kind() == "button" {
			out = append(out, Button{
				Text: f.label(), Action: f.action(), Style: str(f.element, "style"), Asks: f.element["confirm"] != nil,
				URL: str(f.element, "url"),
			})
		}
	}
	return out
}

// A SeenView is a modal or an App Home as one person sees it.
type SeenView struct {
	ID      string            `json:"id"`
	Type    string            `json:"type"`
	Title   string            `json:"title,omitempty"`
	Lines   []string          `json:"lines"`
	Buttons []Button          `json:"buttons,omitempty"`
	Fields  []string          `json:"fields,omitempty"` // labels of what can be filled in or chosen
	Flaws   map[string]string `json:"flaws,omitempty"`  // mistakes by block id; by "" those of the whole form
	View    object            `json:"view"`             // all of it, as Slack's API shows it, with the form's state
}

// SeeHome is the App Home that the person sees; false when nothing was published for them.
func (p *Person) SeeHome() (out SeenView, there bool) {
	p.s.do(func() {
		if v := p.s.homes[p.id]; v != nil {
			out, there = p.seenView(v), true
		}
	})
	return out, there
}

// SeeModals are the modals that the person has open, the lowest first.
func (p *Person) SeeModals() (out []SeenView) {
	p.s.do(func() { out = p.modals() })
	return out
}

func (p *Person) modals() []SeenView {
	out := []SeenView{}
	for _, v := range p.s.stack(p.id) {
		out = append(out, p.seenView(v))
	}
	return out
}

func (p *Person) seenView(v *View) SeenView {
	s := p.s
	blocks := viewBlocks(v)
	now := s.viewNow(v)
	form := s.formOf(v.ID, blocks)
	out := SeenView{
		ID: v.ID, Type: v.Type, Title: str(sub(now, "title"), "text"), Lines: s.plainBlocks(blocks, form, p.id),
		Buttons: buttons(blocks), View: now,
	}
	for _, f := range fields(blocks) {
		if f.kind() != "button" {
			out.Fields = append(out.Fields, f.label())
		}
	}
	if flaws := s.people.flaws[v.ID]; len(flaws) > 0 {
		out.Flaws = newFormError(blocks, flaws).Flaws
	}
	return out
}

// plainMessages is a conversation to read: a line "name  text" a message, further lines indented.
func plainMessages(list []Seen) string {
	var out strings.Builder
	for _, m := range list {
		var marks []string
		for mark, on := range map[string]bool{"only you": m.OnlyYou, "edited": m.Edited} {
			if on {
				marks = append(marks, "("+mark+")")
			}
		}
		slices.Sort(marks)
		head := strings.Join(append([]string{clockTime(m.TS), m.Name}, marks...), " ")
		fmt.Fprintf(&out, "%s\n", head)
		for _, line := range m.Lines {
			fmt.Fprintf(&out, "  %s\n", line)
		}
		for _, name := range m.Files {
			fmt.Fprintf(&out, "  (file %s)\n", name)
		}
		if m.Replies > 0 {
			fmt.Fprintf(&out, "  (%d in the thread %s)\n", m.Replies, m.TS)
		}
	}
	return out.String()
}

// plainView is a modal or App Home to read.
func plainView(v SeenView) string {
	lines := v.Lines
	if v.Title != "" {
		lines = append([]string{"== " + v.Title + " =="}, lines...)
	}
	for _, text := range v.Flaws {
		lines = append(lines, "! "+text)
	}
	return strings.Join(lines, "\n") + "\n"
}
