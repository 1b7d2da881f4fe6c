package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/queue"
)

// deadLetters lists, replays and drops messages that were given up.
func deadLetters(ctx context.Context, in invocation) error {
	set, dir := flags(in, "dead-letters")
	address := set.String("redis", "", "`address` of Redis; by default that of the home")
	set.Usage = func() {
		fmt.Fprintln(in.stderr, "local-provider dead-letters [flags] list\n"+
			"local-provider dead-letters [flags] replay|drop <id>… | all")
		set.PrintDefaults()
	}
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	client, err := connect(h, *address)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	letters := queue.NewDeadLetters(client, queue.Keys{})
	switch args := set.Args(); {
	case len(args) == 0 || (args[0] == "list" && len(args) == 1):
		return listLetters(ctx, in, letters)
	case args[0] == "replay" && len(args) > 1:
		return eachLetter(ctx, in, letters, args[1:], "replayed", letters.Replay)
	case args[0] == "drop" && len(args) > 1:
		return eachLetter(ctx, in, letters, args[1:], "dropped", letters.Drop)
	default:
		set.Usage()
		return errors.New("say list, replay <id>… or drop <id>…; all stands for every id")
	}
}

func connect(h home.Home, address string) (*redis.Client, error) {
	if address == "" {
		ports, err := h.ReadPorts()
		if err != nil {
			return nil, err
		}
		address = ports.RedisAddress()
	}
	password, err := h.ReadSecret(home.SecretRedis)
	if err != nil {
		return nil, err
	}
	return redis.NewClient(&redis.Options{Addr: address, Password: password, PoolSize: 1}), nil
}

func listLetters(ctx context.Context, in invocation, letters *queue.DeadLetters) error {
	all, err := letters.List(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(in.stdout, "There are no dead letters.")
		return nil
	}
	const gap = 2
	table := tabwriter.NewWriter(in.stdout, 0, 0, gap, ' ', 0)
	fmt.Fprintln(table, "ID\tFUNCTION\tPATH\tDIED\tTRIES\tBYTES\tREASON")
	for _, l := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%q\n", l.ID, l.Function, l.Path, l.Died.UTC().Format(time.RFC3339), l.Tries,
			l.Size, l.Reason)
	}
	return table.Flush()
}

func eachLetter(
	ctx context.Context, in invocation, letters *queue.DeadLetters, ids []string, done string,
	act func(context.Context, string) error,
) error {
	if len(ids) == 1 && ids[0] == "all" {
		all, err := letters.List(ctx)
		if err != nil {
			return err
		}
		ids = nil
		for _, l := range all {
			ids = append(ids, l.ID)
		}
	}
	var failed error
	for _, id := range ids {
		if err := act(ctx, id); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		fmt.Fprintf(in.stdout, "%s %s\n", done, id)
	}
	return failed
}
