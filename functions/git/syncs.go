package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// listSyncs answers "git syncs": the mirrors, and how their last syncs ended.
func (c *capability) listSyncs(ctx context.Context, _ command.Call) (command.Answer, error) {
	ended, good, err := c.remembered(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	if len(c.set.mirrors) == 0 {
		return command.Answer{Text: "No mirrors are configured (git.mirrors)."}, nil
	}
	rows := [][]string{{"mirror", "last sync", "by", "job", "last good", "what"}}
	for _, name := range slices.Sorted(maps.Keys(c.set.mirrors)) {
		m := c.set.mirrors[name]
		what := m.upstream.String() + " → " + m.downstream.String()
		l, is := ended[name]
		if !is {
			rows = append(rows, []string{name, "never", "", "", "never", what})
			continue
		}
		rows = append(rows, []string{name, l.State + " " + c.ago(l), l.By, l.Job, c.lastGood(good, name), what})
	}
	return command.Answer{Text: chat.Table(rows)}, nil
}

func (c *capability) ago(l last) string { return chat.Age(c.now().Sub(l.At)) }

func (c *capability) lastGood(good map[string]last, name string) string {
	if l, is := good[name]; is {
		return c.ago(l)
	}
	return "never"
}

// lastSync is a sentence about how a mirror's last sync ended.
func (c *capability) lastSync(ctx context.Context, name string) (string, error) {
	ended, good, err := c.remembered(ctx)
	if err != nil {
		return "", err
	}
	l, is := ended[name]
	if !is {
		return "It was never synced from here.", nil
	}
	text := fmt.Sprintf("Last sync: %s %s, by %s, job %s.", l.State, c.ago(l), l.By, l.Job)
	if l.State != "succeeded" {
		text += " Last good one: " + c.lastGood(good, name) + "."
	}
	return text, nil
}
