package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

// lookEvery is how often `say -wait` looks how its job stands.
const lookEvery = 500 * time.Millisecond

// say hands one line to the bot, as whoever a key of the command line belongs to, and prints the answer.
func say(ctx context.Context, in invocation) error {
	set, dir := flags(in, "say")
	as := set.String("as", "local", "`name` of the key in handsoff-cli-keys: the bot knows you as cli:name")
	wait := set.Bool("wait", false, "wait for the end of the job that it starts, show it, and fail unless it succeeded")
	set.Usage = func() {
		fmt.Fprintln(in.stderr, "local-provider say [flags] LINE\n\nsays a line to the bot: local-provider say jenkins build demo/slow seconds=30")
		set.PrintDefaults()
	}
	if err := set.Parse(in.args); err != nil {
		return err
	}
	line, err := lineOf(set.Args())
	if err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	bot, err := newBot(h, *as)
	if err != nil {
		return err
	}
	answer, err := bot.ask(ctx, line)
	if err != nil {
		return err
	}
	if answer.Problem != nil {
		return errors.New(answer.String())
	}
	fmt.Fprintln(in.stdout, answer.String())
	if !*wait || !answer.Accepted {
		return nil
	}
	return bot.await(ctx, in, answer.Job)
}

// lineOf is the line that arguments make. A shell has taken the quotes away by then, so what they held together must come in
// one piece with the rest.
func lineOf(args []string) (string, error) {
	switch {
	case len(args) == 0:
		return "", errors.New("say what? `local-provider say help` lists what the bot can do")
	case len(args) == 1:
		return args[0], nil
	}
	for _, arg := range args {
		if strings.ContainsAny(arg, " \t\n'\"\\") {
			return "", fmt.Errorf("put the whole line in quotes, because of %q: local-provider say '…'", arg)
		}
	}
	return strings.Join(args, " "), nil
}

// bot is the bot as a key of the command line reaches it.
type bot struct {
	url string
	key sign.Keys
}

func newBot(h home.Home, name string) (*bot, error) {
	text, err := h.ReadSecret(home.SecretCLIKeys)
	if err != nil {
		return nil, fmt.Errorf("%w; `local-provider up` makes it", err)
	}
	keys, err := sign.Parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", h.Secret(home.SecretCLIKeys), err)
	}
	ports, err := h.ReadPorts()
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if key.Name == name {
			return &bot{url: ports.GatewayURL(), key: sign.Keys{key}}, nil
		}
	}
	return nil, fmt.Errorf("there is no key %q in %s; a line is name:key", name, h.Secret(home.SecretCLIKeys))
}

// await looks until a job has ended, and shows how. The wait ends with the process; the job goes on.
func (b *bot) await(ctx context.Context, in invocation, id string) error {
	for {
		answer, err := b.ask(ctx, "job "+id)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%s goes on; `cancel %s` stops it", id, id)
		case err != nil:
			return err
		case answer.Problem != nil:
			return errors.New(answer.String())
		case answer.State.Final():
			return ended(in, answer)
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

func ended(in invocation, answer command.Answer) error {
	fmt.Fprintln(in.stdout, answer.String())
	if answer.State != job.Succeeded {
		return fmt.Errorf("%s ended %s", answer.Job, answer.State)
	}
	return nil
}
