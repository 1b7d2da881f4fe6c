package main

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/job"
)

// hookHeader names the hook that a delivery is of.
// Source: https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers
const hookHeader = "X-Github-Hook-Id"

// hooksApart is by how much the hooks of an organisation, a repository and an App may tell of one thing at different times:
// what one of them could not deliver is asked for again every five minutes.
const hooksApart = 10 * time.Minute

//go:embed script/alike.lua
var alikeSource string

var alikeScript = redis.NewScript(alikeSource)

// names are the further names under which a delivery is known. What tells of no time or number, as a dispatch, is told apart
// by which hook brought it: one hook tells of a thing once, so what it tells twice is two.
func (d *door) names(ctx context.Context, id, hook string, p *webhook.Payload) ([]string, error) {
	if names := p.Names(); names != nil || p.Clicked() {
		return names, nil
	}
	if !isNumber(hook) {
		hook = ""
	}
	like := p.Likeness()
	thing, err := alikeScript.Run(ctx, d.Redis, []string{alikeKey(like)}, id, hook, hooksApart.Milliseconds()).Text()
	if err != nil {
		return nil, fmt.Errorf("tell %s from what reads like it: %w", id, err)
	}
	return []string{like + " " + thing}, nil
}

// alikeKey is the deliveries that read alike of late, and what each of them tells of.
func alikeKey(like string) string { return job.Prefix + "github:alike:" + like }

// isNumber reports whether text is a number as GitHub counts hooks.
func isNumber(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != "" && len(text) <= 20
}
