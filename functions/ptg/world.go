package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	codeFor = 10 * time.Minute // how long a code can be said
	fileFor = time.Hour        // how long a file is kept that was shown: longer than whoever asked for it may take to confirm
	// Of what a deed would do, this much is shown.
	openingBytes, openingLines = 4000, 60
)

func paceKey(person string) string { return job.Prefix + "ptg:pace:" + person }
func codeKey(code string) string   { return job.Prefix + "ptg:code:" + code }
func fileKey(digest string) string { return job.Prefix + "ptg:file:" + digest }

// world is the rest of handsoff, for those who talk.
type world struct {
	*function.Platform

	command  *command.Client
	fetcher  *exchange.Fetcher
	networks []string // of IRC
}

var _ talk.World = (*world)(nil)

// Person names whoever is behind a principal.
func (w *world) Person(principal string) string {
	if name := w.Config.Person(principal); name != "" {
		return "person:" + name
	}
	return ""
}

// Paced counts a person's changes since the first one of a minute.
func (w *world) Paced(ctx context.Context, person, id string) (bool, error) {
	pipe := w.Redis.TxPipeline()
	pipe.SAdd(ctx, paceKey(person), id)
	pipe.ExpireNX(ctx, paceKey(person), time.Minute)
	count := pipe.SCard(ctx, paceKey(person))
	if _, err := pipe.Exec(ctx); err != nil {
		return false, fmt.Errorf("ptg: count what %s changes: %w", person, err)
	}
	return count.Val() <= talk.MostChanges, nil
}

// Tell makes a notice.
func (w *world) Tell(ctx context.Context, key, text, why string, to []string) error {
	request := job.Notice("ptg", key, text, to)
	request.Why.Notes = []string{why}
	if _, err := w.Accept(ctx, request); err != nil {
		return fmt.Errorf("ptg: tell %d addresses: %w", len(to), err)
	}
	return nil
}

// Ask hands in a command. The same saying makes one job of it.
func (w *world) Ask(ctx context.Context, s talk.Saying, words string, args map[string]any, opening string) (command.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	watch := s.Watch
	if len(watch) == 0 && s.Where != "" {
		watch = []string{s.Where}
	}
	sum := sha256.Sum256([]byte(s.ID))
	answer, err := w.command.Do(ctx, command.Envelope{
		ID: "ptg " + hex.EncodeToString(sum[:]), Principal: s.By, Name: s.Name, Groups: s.Groups, Cause: s.Cause,
		Origin: job.Origin{Door: s.Door, Address: s.Where}, Watch: watch,
		Command: words, Args: args, Opening: chat.Bound(opening, openingBytes, openingLines),
	})
	if err != nil {
		return answer, fmt.Errorf("ptg: ask for %s: %w", words, err)
	}
	return answer, nil
}

// Fetch gets a file.
func (w *world) Fetch(ctx context.Context, url string) ([]byte, error) {
	return w.fetcher.Fetch(ctx, url)
}

// Keep keeps a file.
func (w *world) Keep(ctx context.Context, digest string, file []byte) error {
	if err := w.Redis.Set(ctx, fileKey(digest), file, fileFor).Err(); err != nil {
		return fmt.Errorf("ptg: keep a file: %w", err)
	}
	return nil
}

// Kept gives a file.
func (w *world) Kept(ctx context.Context, digest string) ([]byte, error) {
	file, err := w.Redis.Get(ctx, fileKey(digest)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ptg: read a file that was kept: %w", err)
	}
	return file, nil
}

// Channels are those of IRC in which the gateway is, and Slack's own word for those in which the bot is.
func (w *world) Channels(ctx context.Context) ([]string, error) {
	var all []string
	section, err := slack.Read(w.Config)
	if err != nil {
		return nil, err
	}
	if section != nil {
		all = append(all, slack.Everywhere)
	}
	for _, network := range w.networks {
		joined, err := irc.Channels(ctx, w.Redis, network)
		if err != nil {
			return nil, err
		}
		for _, channel := range joined {
			all = append(all, irc.ChannelAddress(network, channel))
		}
	}
	return all, nil
}

// Alert has the topics say something.
func (w *world) Alert(ctx context.Context, text string) error {
	for _, network := range w.networks {
		if err := irc.NewState(w.Redis, network).SetAlert(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// Record writes into the audit trail.
func (w *world) Record(ctx context.Context, who, act, detail string) error {
	return w.Jobs.Audit(ctx, job.AuditEntry{Who: who, Act: act, Detail: detail})
}

// Code makes a code.
func (w *world) Code(ctx context.Context, person string) (string, error) {
	const letters = 10 // of 32 kinds each
	code := strings.ToLower(rand.Text()[:letters])
	if err := w.Redis.Set(ctx, codeKey(code), person, codeFor).Err(); err != nil {
		return "", fmt.Errorf("ptg: keep a code: %w", err)
	}
	return code, nil
}

// Redeem gives the person of a code.
func (w *world) Redeem(ctx context.Context, code string) (string, error) {
	person, err := w.Redis.Get(ctx, codeKey(code)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("ptg: look for a code: %w", err)
	}
	return person, nil
}

// Spend forgets a code.
func (w *world) Spend(ctx context.Context, code string) error {
	if err := w.Redis.Del(ctx, codeKey(code)).Err(); err != nil {
		return fmt.Errorf("ptg: forget a code: %w", err)
	}
	return nil
}
