// Package reference writes the documents that are made of data: the reference of the configuration, of its schema, and that of
// the commands, of what functions declare.
package reference

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/config/schema"
)

const configurationHead = `# Configuration

<!-- Made of shared/config/schema/handsoff.schema.json by make docs; change it there. -->

One YAML file, given to every function and process as the secret ` + "`handsoff-config`" + `. [config/handsoff.example.yml](../config/handsoff.example.yml)
shows every section, and works as it is. With the line

    # yaml-language-server: $schema=https://raw.githubusercontent.com/handsoff/handsoff/main/shared/config/schema/handsoff.schema.json

at its top, editors complete keys, explain them and underline mistakes.

## Is it right?

    local-provider config check handsoff.yml

prints a line for each mistake, ` + "`file:line:column: key: what is wrong; perhaps you meant this`" + `, and ends with 1 when there is one. Warnings,
of what may be right all the same, do not. It reads the commands of ` + "`stack.yml`, and of every `-stack FILE`" + `, so that a rule, a step or a
schedule for a command which nobody has is found. ` + "`-format github`" + ` makes annotations of a workflow's lines. The bot itself answers
` + "`config check`" + ` for an admin: of the file that its function has now, and with the commands that are deployed now.

A function whose section is wrong does not start; its log says the same sentence with the line and column.

* **A key at the top that is not below** is the section of a function of your own. It is let be when a deployed function's command
  has it under ` + "`needs:`" + `; it is a mistake when it resembles a section that there is (` + "`jenkin`" + `), else a warning. Keys that begin with ` + "`x-`" + ` are
  yours, for anchors.
* **Times** have a unit: ` + "`90s`, `1h30m`" + `. Where a day or a week may be meant, ` + "`2d` and `1w`" + ` are known too.
* **Secrets** never stand in the file: a key such as ` + "`token`" + ` has the name of a secret.
* ` + "`config show`" + ` shows the file with what looks like a secret masked.
`

// Configuration is docs/configuration.md.
func Configuration() string {
	var b strings.Builder
	b.WriteString(configurationHead)
	root := schema.Root()
	b.WriteString("\n## Sections\n\n| section | what |\n| --- | --- |\n")
	for _, name := range root.Properties.Names {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", name, name, cell(root.Properties.Of(name).Resolve().Description))
	}
	for _, name := range root.Properties.Names {
		part := root.Properties.Of(name).Resolve()
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", name, part.Description)
		writeKeys(&b, name, part)
	}
	return b.String()
}

// writeKeys writes a table of all keys at a place and below.
func writeKeys(b *strings.Builder, path string, part *schema.Schema) {
	b.WriteString("\n| key | what it is | when left out |\n| --- | --- | --- |\n")
	for _, row := range rows(path, part, false) {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", row.key, row.what, row.usual)
	}
}

type row struct{ key, what, usual string }

// rows lists what is below a part: its keys, and theirs.
func rows(path string, part *schema.Schema, needed bool) []row {
	var all []row
	if part.Additional.As != nil {
		of := part.Additional.As.Resolve()
		below := path + ".<" + orText(part.Key, "name") + ">"
		all = append(all, rowOf(below, of, false))
		all = append(all, rows(below, of, false)...)
	}
	for _, name := range part.Properties.Names {
		of := part.Properties.Of(name).Resolve()
		all = append(all, rowOf(path+"."+name, of, slices.Contains(part.Required, name)))
		all = append(all, rows(path+"."+name, of, needed)...)
	}
	if items := part.Items; items != nil && len(items.Resolve().Properties.Names) > 0 {
		all = append(all, rows(path+"[]", items.Resolve(), needed)...)
	}
	return all
}

func rowOf(path string, part *schema.Schema, needed bool) row {
	what := cell(part.Description)
	if kind := kindOf(part); kind != "" {
		what = strings.TrimSpace(what + " *" + strings.ToUpper(kind[:1]) + kind[1:] + ".*")
	}
	if len(part.Examples) > 0 {
		what += " For example " + code(part.Examples[0]) + "."
	}
	usual := ""
	switch {
	case needed:
		usual = "needed"
	case part.Default != nil && part.Default != "":
		usual = code(part.Default)
	}
	return row{path, what, usual}
}

// kindOf says what a value may be: a phrase; empty where that says itself.
func kindOf(part *schema.Schema) string {
	switch {
	case len(part.Enum) > 0:
		return "one of " + words(part.Enum)
	case part.Title != "" && !part.Type.Has("object"):
		return escape(part.Title)
	case len(part.Type) == 0 || part.Type.Has("object"):
		return ""
	case part.Type.Has("array"):
		return listOf(part)
	case part.Type.Has("boolean") && len(part.Type) == 1:
		return "`true` or `false`"
	case part.Type.Has("integer") && len(part.Type) == 1:
		return "a whole number" + bounds(part)
	case part.Type.Has("number") && len(part.Type) == 1:
		return "a number"
	}
	return ""
}

func listOf(part *schema.Schema) string {
	of := "a list"
	if part.Items != nil {
		items := part.Items.Resolve()
		switch {
		case items.Title != "" && len(items.Properties.Names) == 0:
			of = "a list; each is " + escape(items.Title)
		case len(items.Enum) > 0:
			of = "a list of " + words(items.Enum)
		}
	}
	if part.Type.Has("string") {
		of += "; one alone needs no list"
	}
	return of
}

func bounds(part *schema.Schema) string {
	switch least, most := part.Minimum, part.Maximum; {
	case least != nil && most != nil:
		return fmt.Sprintf(", %v to %v", *least, *most)
	case most != nil:
		return fmt.Sprintf(", %v at most", *most)
	}
	return ""
}

func words(list []any) string {
	var shown []string
	for _, word := range list {
		if word != "" {
			shown = append(shown, code(word))
		}
	}
	return strings.Join(shown, ", ")
}

// code is a value as YAML has it in one line.
func code(value any) string {
	if text, ok := value.(string); ok && text == strings.TrimSpace(text) {
		return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return "`" + strings.ReplaceAll(string(text), "|", `\|`) + "`"
}

// cell keeps a text within its cell of a table.
func cell(text string) string { return escape(strings.Join(strings.Fields(text), " ")) }

func escape(text string) string {
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 {
			parts[i] = strings.NewReplacer("<", "&lt;", "*", `\*`).Replace(parts[i])
		}
		parts[i] = strings.ReplaceAll(parts[i], "|", `\|`)
	}
	return strings.Join(parts, "`")
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
