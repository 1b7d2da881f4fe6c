package command

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// Reader is for whom help is written.
type Reader struct {
	Principal  string
	Groups     []string // see Envelope.Groups
	Roles      Roles
	Configured func(section string) bool // whether the configuration has a section
}

// May reports whether the reader may use a command.
func (r Reader) May(d *Declared) bool {
	_, ok := Granted(r.Roles, d.Role, names(r.Principal, r.Groups)...)
	return ok
}

// Missing lists the configuration sections that a command needs and that are not there.
func (r Reader) Missing(d *Declared) []string {
	var missing []string
	for _, section := range d.Needs {
		if !r.Configured(section) {
			missing = append(missing, section)
		}
	}
	return missing
}

// MissingText says what a command lacks, "" when it lacks nothing.
func MissingText(missing []string) string {
	if len(missing) == 0 {
		return ""
	}
	quoted := make([]string, len(missing))
	for i, section := range missing {
		quoted[i] = "“" + section + "”"
	}
	word := "section "
	if len(missing) > 1 {
		word = "sections "
	}
	return "the configuration has no " + word + chat.Series(quoted, "and")
}

// Help writes help about everything, about the commands that begin with some words, or about one command. Words that no
// command begins with give a [Mistake].
func (c *Catalogue) Help(words string, r Reader) (string, error) {
	line, err := Tidy(words)
	if err != nil {
		return "", err
	}
	if line == "" {
		return c.overview(r), nil
	}
	wanted := strings.ToLower(spaced(line))
	group := c.beginning(wanted)
	if d := c.byWords[wanted]; d != nil {
		return d.help(r, group), nil
	}
	if len(group) > 0 {
		return list(group, r) + "\n\nhelp <words> tells more about one of them.", nil
	}
	// "help jenkins build demo/slow" is about the command, whatever follows.
	if d, _ := c.match(line); d != nil {
		return d.help(r, c.beginning(d.Words)), nil
	}
	m := c.unknown(line)
	for i, suggestion := range m.Suggestions {
		m.Suggestions[i] = "help " + suggestion
	}
	return "", m
}

// beginning are the shown commands that begin with these words and have more.
func (c *Catalogue) beginning(words string) []*Declared {
	var group []*Declared
	for _, d := range c.commands {
		if !d.Hidden && strings.HasPrefix(d.Words, words+" ") {
			group = append(group, d)
		}
	}
	return group
}

// overview lists the commands that stand alone, a line each, and of those that share their first word what comes behind it: so it
// fits a window, and a door that says few lines at once.
func (c *Catalogue) overview(r Reader) string {
	groups := make(map[string][]*Declared)
	var firsts []string
	for _, d := range c.commands {
		if d.Hidden {
			continue
		}
		first, _, _ := strings.Cut(d.Words, " ")
		if groups[first] == nil {
			firsts = append(firsts, first)
		}
		groups[first] = append(groups[first], d)
	}
	var alone []*Declared
	var families [][]*Declared
	for _, first := range firsts {
		if len(groups[first]) == 1 {
			alone = append(alone, groups[first]...)
		} else {
			families = append(families, groups[first])
		}
	}
	var paragraphs []string
	if len(alone) > 0 {
		paragraphs = append(paragraphs, list(alone, r))
	}
	if len(families) > 0 {
		paragraphs = append(paragraphs, "Several commands each:\n"+outline(families, r))
	}
	return strings.Join(append(paragraphs, aboutJobs(), c.leadOn()), "\n\n")
}

// outline is a line for each first word that several commands share: "jenkins  build, check, console". A long one goes on below.
func outline(families [][]*Declared, r Reader) string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, family := range families {
		first, _, _ := strings.Cut(family[0].Words, " ")
		for _, line := range seconds(family, r) {
			fmt.Fprintf(table, "%s\t%s\n", first, line)
			first = ""
		}
	}
	_ = table.Flush() // a strings.Builder never fails
	return strings.TrimRight(b.String(), "\n")
}

// seconds are the second words of commands that share the first, each once, in lines that fit a window; behind them is what keeps
// the reader from all of the commands.
func seconds(family []*Declared, r Reader) []string {
	const most = 64 // letters
	var words []string
	common := obstacle(family[0], r)
	for _, d := range family {
		_, rest, _ := strings.Cut(d.Words, " ")
		second, _, _ := strings.Cut(rest, " ")
		if second != "" && !slices.Contains(words, second) {
			words = append(words, second)
		}
		if obstacle(d, r) != common {
			common = ""
		}
	}
	var lines []string
	line := ""
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		if line != "" && len(line)+len(word) > most {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	if common != "" {
		line += " (" + common + ")"
	}
	return append(lines, line)
}

// leadOn says how to ask for more, by a command of which there are several like it.
func (c *Catalogue) leadOn() string {
	for _, d := range c.commands {
		if first, _, several := strings.Cut(d.Words, " "); !d.Hidden && len(d.Args) > 0 && several {
			return "help <words> tells more: help " + first + " lists what begins so, help " + d.Words + " explains one."
		}
	}
	return "help <words> tells more."
}

// aboutJobs says what can be said about a job.
func aboutJobs() string {
	words := make([]string, len(threadWords))
	for i, t := range threadWords {
		words[i] = t.Words[0]
	}
	return "About a job, in its thread or as @<id> " + threadWords[0].Words[0] + ": " + strings.Join(words, ", ") + "."
}

// list is a line a command: its words and its summary, and what keeps the reader from it. What keeps the reader from all
// of them is said once.
func list(commands []*Declared, r Reader) string {
	var b strings.Builder
	common := obstacle(commands[0], r)
	for _, d := range commands {
		if len(commands) == 1 || obstacle(d, r) != common {
			common = ""
		}
	}
	if common != "" {
		b.WriteString("All of these are " + common + ".\n")
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, d := range commands {
		note := ""
		if hindered := obstacle(d, r); hindered != common {
			note = " (" + hindered + ")"
		}
		fmt.Fprintf(table, "%s\t%s%s\n", d.Words, d.Summary, note)
	}
	_ = table.Flush() // a strings.Builder never fails
	return strings.TrimRight(b.String(), "\n")
}

// obstacle is what keeps the reader from a command, as a part of a sentence; "" for nothing.
func obstacle(d *Declared, r Reader) string {
	if missing := MissingText(r.Missing(d)); missing != "" {
		return "not set up: " + missing
	}
	if !r.May(d) {
		return "for the role " + d.Role
	}
	return ""
}

// help is everything about one command.
func (d *Declared) help(r Reader, group []*Declared) string {
	parts := []string{d.Usage() + "\n" + d.Summary + "."}
	if help := strings.TrimSpace(d.Help); help != "" {
		parts = append(parts, help)
	}
	if arguments := d.argumentHelp(); arguments != "" {
		parts = append(parts, arguments)
	}
	parts = append(parts, strings.Join(d.terms(r), "\n"))
	if len(group) > 0 {
		parts = append(parts, "There are also:\n"+list(group, r))
	}
	return strings.Join(parts, "\n\n")
}

func (d *Declared) argumentHelp() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i := range d.Args {
		fmt.Fprintf(table, "  %s\t%s\n", d.Args[i].Name, d.Args[i].describe())
	}
	if d.Extra != "" {
		fmt.Fprintf(table, "  name=value\t%s\n", d.Extra)
	}
	_ = table.Flush() // a strings.Builder never fails
	return strings.TrimRight(b.String(), "\n")
}

// terms are the conditions under which the command runs, a sentence each.
func (d *Declared) terms(r Reader) []string {
	var terms []string
	if missing := MissingText(r.Missing(d)); missing != "" {
		terms = append(terms, "It is not set up: "+missing+".")
	}
	if why, ok := Granted(r.Roles, d.Role, names(r.Principal, r.Groups)...); !ok {
		terms = append(terms, "It needs the role "+d.Role+", which you do not have.")
	} else if d.Role != RoleAnyone {
		terms = append(terms, "It needs the role "+d.Role+", which you have: "+why+".")
	}
	if g := d.Signoff; g != nil {
		terms = append(terms, g.term())
	}
	if d.Lock != "" {
		terms = append(terms, "It runs alone: a second one for "+d.Lock+" waits in line.")
	}
	if d.Limit > 0 {
		terms = append(terms, "It is stopped after "+FormatDuration(d.Limit)+".")
	}
	if len(d.Prefixes) > 0 {
		terms = append(terms, "A line that begins with "+chat.Series(d.Prefixes, "or")+" means it.")
	}
	if len(d.Also) > 0 {
		terms = append(terms, "The same: "+strings.Join(d.Also, ", ")+".")
	}
	return append(terms, "The function "+d.Function+" does it.")
}

func (g *SignoffSpec) term() string {
	if g.Role == job.SignoffRequester {
		return "Who asks for it must confirm it, and nobody else can" + g.exception() + "."
	}
	people := "Another person"
	if g.Need > 1 {
		people = fmt.Sprintf("%d other people", g.Need)
	}
	return people + " with the role " + g.role() + " must approve it" + g.exception() + "."
}

// exception is what makes the sign-off unnecessary.
func (g *SignoffSpec) exception() string {
	if g.Unless == "" {
		return ""
	}
	return ", unless " + g.Unless + "=yes"
}

func (g *SignoffSpec) role() string {
	if g.Role == "" {
		return "approver"
	}
	return g.Role
}
