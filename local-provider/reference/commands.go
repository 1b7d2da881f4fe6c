package reference

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
)

const commandsHead = `# Commands, one by one

<!-- Made of the functions' declarations in stack.yml by make docs; change them there. -->

What every function of ` + "`stack.yml`" + ` declares. [commands.md](commands.md) explains how a line is read. The configuration adds more: a command for each
[playbook](ansible.md), [pipeline](pipelines.md) and [mirror](git.md), and for [Jenkins jobs](jenkins.md) with one of their own. The bot's own answer to ` + "`help`" + ` has what is deployed
now; ` + "`help <command>`" + ` says whether you may.

` + "`<needed>`, `[optional]`, `[name=what it is when it is left out]`; `name…`" + ` takes the rest of the line.
`

// Commands is docs/commands-reference.md, of the commands that functions declare, by function name.
func Commands(declared map[string]string) (string, error) {
	catalogue := command.NewCatalogue(declared)
	if faults := catalogue.Faults(); len(faults) > 0 {
		return "", fmt.Errorf("a declaration is not right: %s", faults[0])
	}
	byFunction := map[string][]*command.Declared{}
	for _, d := range catalogue.Commands() {
		byFunction[d.Function] = append(byFunction[d.Function], d)
	}
	var b strings.Builder
	b.WriteString(commandsHead)
	b.WriteString("\n| function | commands |\n| --- | --- |\n")
	for _, function := range slices.Sorted(maps.Keys(byFunction)) {
		var names []string
		for _, d := range byFunction[function] {
			names = append(names, "`"+d.Words+"`")
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", function, function, strings.Join(names, ", "))
	}
	for _, function := range slices.Sorted(maps.Keys(byFunction)) {
		fmt.Fprintf(&b, "\n## %s\n", function)
		for _, d := range byFunction[function] {
			writeCommand(&b, d)
		}
	}
	return b.String(), nil
}

func writeCommand(b *strings.Builder, d *command.Declared) {
	fmt.Fprintf(b, "\n### %s\n\n    %s\n\n%s. %s\n", escape(d.Words), d.Usage(), strings.TrimRight(cell(d.Summary), "."), strings.Join(terms(d), " "))
	if d.Help != "" {
		fmt.Fprintf(b, "\n%s\n", paragraphs(d.Help))
	}
	if len(d.Args) == 0 && d.Extra == "" {
		return
	}
	b.WriteString("\n| argument | what it is |\n| --- | --- |\n")
	for i := range d.Args {
		fmt.Fprintf(b, "| `%s` | %s |\n", d.Args[i].Name, argument(&d.Args[i]))
	}
	if d.Extra != "" {
		fmt.Fprintf(b, "| `name=value …` | %s |\n", sentence(d.Extra))
	}
}

// terms are the conditions under which it runs.
func terms(d *command.Declared) []string {
	list := []string{"For the role `" + d.Role + "`."}
	if d.Role == command.RoleAnyone {
		list[0] = "For everybody."
	}
	if d.Now {
		list = append(list, "Answers at once.")
	}
	if g := d.Signoff; g != nil {
		list = append(list, signoff(g))
	}
	if d.Lock != "" {
		list = append(list, "Runs alone: a second one for `"+d.Lock+"` waits in line.")
	}
	if d.Limit > 0 {
		list = append(list, "Is stopped after "+command.FormatDuration(d.Limit)+".")
	}
	if len(d.Needs) > 0 {
		list = append(list, "Needs the section "+quoted(d.Needs)+".")
	}
	if len(d.Prefixes) > 0 {
		list = append(list, "A line that begins with "+quoted(d.Prefixes)+" means it.")
	}
	if len(d.Also) > 0 {
		list = append(list, "The same: "+quoted(d.Also)+".")
	}
	return list
}

func signoff(g *command.SignoffSpec) string {
	role, unless := orText(g.Role, "approver"), ""
	if g.Unless != "" {
		unless = ", unless `" + g.Unless + "` is true"
	}
	if role == "requester" {
		return "Who asks for it must confirm it" + unless + "."
	}
	people := "Another person"
	if g.Need > 1 {
		people = fmt.Sprintf("%d other people", g.Need)
	}
	return people + " with the role " + quoted([]string{role}) + " must approve it" + unless + "."
}

func argument(a *command.Arg) string {
	text := sentence(a.Help)
	switch {
	case len(a.Choices) > 0:
		text += " One of " + quoted(a.Choices) + "."
	case a.Type != "" && a.Type != command.TypeString && a.Type != command.TypeRest:
		text += " *" + kinds[a.Type] + "*"
	}
	if a.Secret {
		text += " Masked wherever it is shown."
	}
	return strings.TrimSpace(text)
}

// kinds are the types of arguments in words.
var kinds = map[string]string{
	command.TypeInt: "A whole number.", command.TypeBool: "Yes or no.", command.TypeDuration: "A time such as 90s or 2d.", command.TypeList: "A list, with commas.",
}

func quoted(list []string) string {
	shown := make([]string, len(list))
	for i, one := range list {
		shown[i] = "`" + strings.ReplaceAll(one, "|", `\|`) + "`"
	}
	return strings.Join(shown, ", ")
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(phrase string) string {
	text := cell(phrase)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimRight(text[1:], ".") + "."
}

// paragraphs keeps the lines of a help apart as people wrote them.
func paragraphs(text string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimRight(line, "\n")
		if !strings.HasPrefix(line, "    ") {
			line = escape(line)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
