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
// gateway is asked once more. Errors for the person are a [command.Mistake].
func (d *dispatcher) read(ctx context.Context, e command.Envelope) (*asked, error) {
	catalogue, err := d.source.Catalogue(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // says all there is to say
	}
	find, err := d.meaning(ctx, e)
	if err != nil {
		return nil, err
	}
	parsed, err := find(catalogue)
	if m := new(command.Mistake); errors.As(err, &m) && m.Code == command.CodeUnknown {
		if catalogue, err = d.source.Renew(ctx); err != nil {
			return nil, err //nolint:wrapcheck // says all there is to say
		}
		parsed, err = find(catalogue)
	}
	if err != nil {
		return nil, err
	}
	return &asked{from: e, Parsed: parsed, catalogue: catalogue}, nil
}

// meaning says how to find an envelope's command in a catalogue: by its words and values, or by what was typed, once
// aliases are expanded and words for a job are put into whole commands.
func (d *dispatcher) meaning(ctx context.Context, e command.Envelope) (func(*command.Catalogue) (*command.Parsed, error), error) {
	if e.Command != "" {
		return func(c *command.Catalogue) (*command.Parsed, error) {
			declared, err := c.Find(e.Command)
			if err != nil {
				return nil, err //nolint:wrapcheck // for the person
			}
			return declared.Adopt(e.Args) //nolint:wrapcheck // for the person
		}, nil
	}
	line, err := command.Tidy(e.Text)
	if err != nil {
		return nil, err //nolint:wrapcheck // for the person
	}
	id := e.Job
	if about, said, ok := command.Addressed(line); ok {
		id, line = about, said
	}
	line, err = d.aliases.Expand(ctx, e.Principal, line)
	if err != nil {
		return nil, err //nolint:wrapcheck // names the principal
	}
	return func(c *command.Catalogue) (*command.Parsed, error) {
		if id != "" {
			return c.Parse(c.InThread(id, line)) //nolint:wrapcheck // for the person
		}
		return c.Parse(line) //nolint:wrapcheck // for the person
	}, nil
}
