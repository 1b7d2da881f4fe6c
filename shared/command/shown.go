package command

import (
	"maps"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
)

// shown is what people may see of a command's arguments: secrets are masked, and further pairs stand beside the declared ones.
func (d *Declared) shown(args map[string]any) map[string]any {
	shown := maps.Clone(args)
	for _, arg := range d.Args {
		if _, given := shown[arg.Name]; given && arg.Secret {
			shown[arg.Name] = mask
		}
	}
	if extra := Values(shown).Extra(); d.Extra != "" && extra != nil {
		delete(shown, ExtraArg)
		for name, value := range extra { // an argument of the command is never among them
			shown[name] = value
		}
	}
	return shown
}

// StopRole is the role with which others than who asked for it may stop a job that needed a role: the same one; but who may only
// look stops nothing, also where a command asks for no more because it decides by itself whose wish it heeds.
func StopRole(needed string) string {
	switch needed {
	case "":
		return config.Admin
	case RoleAnyone, config.Viewer:
		return config.Operator
	}
	return needed
}

// Arguments are a command's arguments as people may see them, a line each, with secrets masked. Where its declaration is not
// known, as in a nil catalogue, none is shown.
func (c *Catalogue) Arguments(words string, args map[string]any) []string {
	if len(args) == 0 {
		return nil
	}
	if declared := c.declared(words); declared != nil {
		return chat.OutlineOf(declared.shown(args))
	}
	return []string{"(not shown: what “" + chat.OneLine(words) + "” declares as secret is not known now)"}
}

// Secrets are the names of those arguments that people may not see, of names that are given values for a command: all, where
// its declaration is not known.
func (c *Catalogue) Secrets(words string, names []string) []string {
	declared := c.declared(words)
	if declared == nil {
		return names
	}
	var secret []string
	for _, arg := range declared.Args {
		if arg.Secret {
			secret = append(secret, arg.Name)
		}
	}
	return secret
}

// declared is what a configuration's words are, in whatever case they are written; nil where that is not known.
func (c *Catalogue) declared(words string) *Declared {
	if c == nil {
		return nil
	}
	declared, err := c.Find(words)
	if err != nil {
		return nil
	}
	return declared
}

// Masked is a line as people may see it, with secrets masked; nothing of it in a nil catalogue. Of what cannot be read as it stands, such as a line with
// templates, nobody can tell which words are secret: then it is the command's words alone, or "…" for no command.
func (c *Catalogue) Masked(text string) string {
	if c == nil {
		return "(not shown: what its command declares as secret is not known now)"
	}
	if p, err := c.Parse(text); err == nil {
		return p.Line()
	}
	if line, err := Tidy(text); err == nil {
		if d, _ := c.match(line); d != nil {
			return d.Words + " …"
		}
	}
	return "…"
}
