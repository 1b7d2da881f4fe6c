package home

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

const (
	// ActionRefresh is the action_id of the button that shows the tab anew.
	ActionRefresh = "home:refresh"

	// MostCards is how many jobs of one list have a card; each is two blocks.
	MostCards = 10
)

// Facts are what the tab shows.
type Facts struct {
	Slash     string // its slash command
	RunAction string // the action_id of the button that opens the form
	Principal string
	Roles     []string
	Mine      []*job.Job // my unfinished jobs
	Waiting   []*job.Job // what waits for my word
	Commands  []command.Declared
	Schedules []Schedule // what comes due next; shown where there is a command "schedules"
	Missing   []string   // what could not be read, a sentence each
	Card      card.Options
}

// Schedule is a command that runs at set times.
type Schedule struct {
	Name string
	When string    // in words
	Text string    // what is run
	Next time.Time // zero for one that rests
}

// View is the tab.
func View(f Facts) goslack.HomeTabViewRequest {
	v := &view{room: slack.MaxViewBlocks}
	v.top(f)
	v.cards("Your jobs", f.Mine, f.Card, "Nothing of yours is under way.", "`"+f.Slash+" jobs mine=true` lists all of them")
	v.cards("Waiting for your approval", f.Waiting, f.Card, "Nothing waits for your word.", "`"+f.Slash+" jobs` lists all of them")
	if has(f.Commands, "schedules") {
		v.schedules(f)
	}
	v.commands(f)
	return goslack.HomeTabViewRequest{Type: goslack.VTHomeTab, CallbackID: "home", Blocks: goslack.Blocks{BlockSet: v.blocks}}
}

// view is a tab in the making.
type view struct {
	blocks []goslack.Block
	room   int // how many more blocks there may be
}

func (v *view) add(blocks ...goslack.Block) {
	v.blocks = append(v.blocks, blocks...)
	v.room -= len(blocks)
}

// top says who looks, and when; and has the buttons for what is done most.
func (v *view) top(f Facts) {
	run := goslack.NewButtonBlockElement(f.RunAction, "", plain("Run a command")).WithStyle(goslack.StylePrimary)
	refresh := goslack.NewButtonBlockElement(ActionRefresh, "", plain("Refresh"))
	you := []string{"You are " + mrkdwn.Inline(f.Principal), roles(f.Roles), "as of " + chat.Clock(f.Card.Now, f.Card.Now)}
	v.add(goslack.NewActionBlock("", run, refresh), note(strings.Join(you, " · ")))
	for _, sentence := range f.Missing {
		v.add(note(":warning: " + mrkdwn.Escape(sentence)))
	}
}

func roles(list []string) string {
	if len(list) == 0 {
		return "no role yet: whoever keeps the configuration can give you one, under roles"
	}
	return "roles: " + mrkdwn.Escape(strings.Join(list, ", "))
}

// cards lists jobs, the first ones of many. more says how to see the others.
func (v *view) cards(title string, jobs []*job.Job, o card.Options, none, more string) {
	v.add(header(title))
	if len(jobs) == 0 {
		v.add(note(none))
	}
	for i, j := range jobs {
		if i == MostCards {
			v.add(note(fmt.Sprintf("… and %d more: %s", len(jobs)-i, more)))
			return
		}
		blocks, _ := card.Short(j, o)
		v.add(blocks...)
	}
}

func (v *view) schedules(f Facts) {
	v.add(header("Schedules"))
	if len(f.Schedules) == 0 {
		v.add(note("`" + f.Slash + " schedules` lists what runs at set times."))
		return
	}
	lines := make([]string, len(f.Schedules))
	for i, s := range f.Schedules {
		lines[i] = fmt.Sprintf("*%s* %s: %s", escaped(s.Name), escaped(s.When), mrkdwn.InlineWithin(s.Text, longestUsage))
		if !s.Next.IsZero() {
			lines[i] += ", next " + chat.Clock(s.Next, f.Card.Now)
		}
	}
	v.lines("", lines, 2, "`"+f.Slash+" schedules` lists all of them")
}

// longestUsage is how much of a command's usage is shown, in characters.
const longestUsage = 300

// commands lists what the person may use, by the commands' first words.
func (v *view) commands(f Facts) {
	v.add(header("What you may do"))
	if len(f.Commands) == 0 {
		v.add(note(fmt.Sprintf("`%s help` shows it.", f.Slash)))
		return
	}
	groups := grouped(f.Commands)
	shown := 0
	for _, g := range groups {
		if v.room <= 2 { // one for a group, one to say what is missing
			break
		}
		lines := make([]string, len(g.commands))
		for i := range g.commands {
			d := &g.commands[i]
			lines[i] = mrkdwn.InlineWithin(d.Usage(), longestUsage) + " " + mrkdwn.Escape(d.Summary)
		}
		v.lines(g.name, lines, v.room-1, fmt.Sprintf("`%s help %s` lists all of them", f.Slash, g.word))
		shown += len(g.commands)
	}
	if left := len(f.Commands) - shown; left > 0 {
		v.add(note(fmt.Sprintf("… and %d more: `%s help` lists all of them", left, f.Slash)))
	}
}

// lines shows lines under a title in at most so many blocks; more says how to see those that are left out.
func (v *view) lines(title string, lines []string, most int, more string) {
	text := ""
	if title != "" {
		text = "*" + title + "*"
	}
	for i, line := range lines {
		next := strings.TrimPrefix(text+"\n"+line, "\n")
		if mrkdwn.Length(next) <= slack.MaxSection {
			text = next
			continue
		}
		if most <= 2 { // this one, and what is missing
			v.add(section(text), note(fmt.Sprintf("… and %d more: %s", len(lines)-i, more)))
			return
		}
		v.add(section(text))
		text, most = line, most-1
	}
	v.add(section(text))
}

// group is commands that begin with the same word.
type group struct {
	name     string
	word     string // for help; empty for the commands that stand alone
	commands []command.Declared
}

// grouped puts commands that share their first word together, the others before them; in the order in which they come.
func grouped(list []command.Declared) []group {
	count := make(map[string]int)
	for i := range list {
		count[first(list[i].Words)]++
	}
	groups := []group{{name: "In general"}}
	at := make(map[string]int)
	for i := range list {
		word := first(list[i].Words)
		if count[word] == 1 {
			groups[0].commands = append(groups[0].commands, list[i])
			continue
		}
		if at[word] == 0 {
			at[word] = len(groups)
			groups = append(groups, group{name: mrkdwn.Escape(word), word: word})
		}
		groups[at[word]].commands = append(groups[at[word]].commands, list[i])
	}
	if len(groups[0].commands) == 0 {
		return groups[1:]
	}
	return groups
}

func first(words string) string {
	word, _, _ := strings.Cut(words, " ")
	return word
}

func has(list []command.Declared, words string) bool {
	for i := range list {
		if list[i].Words == words {
			return true
		}
	}
	return false
}

func escaped(text string) string { return mrkdwn.Escape(chat.Brief(text, 100)) }

func header(text string) goslack.Block { return goslack.NewHeaderBlock(plain(text)) }

func section(text string) goslack.Block { return goslack.NewSectionBlock(markdown(text), nil, nil) }

func note(text string) goslack.Block {
	const most = 1500
	return goslack.NewContextBlock("", markdown(mrkdwn.Clip(cmp.Or(text, " "), most)))
}

func plain(text string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject(goslack.PlainTextType, text, false, false)
}

func markdown(text string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject(goslack.MarkdownType, text, false, true)
}
