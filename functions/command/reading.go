package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/shared/command"
)

// asked is a command that somebody asks for.
type asked struct {
	*command.Parsed

	from      command.Envelope
	catalogue *command.Catalogue
	granted   string // what gives the principal the role
}

// read makes a command of an envelope. A word that is not known may be of a function that was deployed just now, so the
// gateway is asked once more; but not for every word that people say to one another. Errors for the person are a
// [command.Mistake].
func (d *dispatcher) read(ctx context.Context, e command.Envelope) (*asked, error) {
	catalogue, err := d.source.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	parsed, err := d.meaning(ctx, catalogue, e)
	if m := new(command.Mistake); errors.As(err, &m) && m.Code == command.CodeUnknown && !e.Overheard {
		if catalogue, err = d.source.Renew(ctx); err != nil {
			return nil, err
		}
		parsed, err = d.meaning(ctx, catalogue, e)
	}
	if err != nil {
		return nil, err
	}
	return &asked{from: e, Parsed: parsed, catalogue: catalogue}, nil
}

// meaning finds an envelope's command in a catalogue: by its words and values, or by what was typed.
func (d *dispatcher) meaning(ctx context.Context, c *command.Catalogue, e command.Envelope) (*command.Parsed, error) {
	if e.Command != "" {
		declared, err := c.Find(e.Command)
		if err != nil {
			return nil, err
		}
		return declared.Adopt(e.Args)
	}
	line, err := command.Tidy(e.Text)
	if err != nil {
		return nil, err
	}
	inThread := func(line string) string { return c.InThread(e.Job, line) }
	switch about, said, ok := command.Addressed(line); {
	case ok:
		line = said
		inThread = func(line string) string { return c.InThread(about, line) }
	case e.Job == "":
		inThread = func(line string) string { return line }
	case e.Overheard:
		inThread = func(line string) string { whole, _ := command.Alone(e.Job, line); return whole }
	}
	line, err = d.whole(ctx, c, e.Principal, line, inThread)
	if err != nil {
		return nil, err
	}
	return c.Parse(line)
}

// whole makes a whole command of a line: words for a job are put into one, and what no command begins with may begin
// with an alias. Commands win over aliases, so most lines cost no look at those.
func (d *dispatcher) whole(ctx context.Context, c *command.Catalogue, principal, line string, inThread func(string) string) (string, error) {
	said := inThread(line)
	if c.Knows(said) {
		return said, nil
	}
	expanded, err := d.aliases.Expand(ctx, principal, line)
	if err != nil {
		return "", err
	}
	return inThread(expanded), nil
}
