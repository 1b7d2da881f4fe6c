package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/types"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// moreKey is a hash: function → the commands that it served last, besides those of its annotation.
	moreKey = job.Prefix + "catalogue:more"
	// moreFor is how long those are believed.
	moreFor = 10 * time.Second
	// moreWithin is how long a function may take to serve them.
	moreWithin = 1500 * time.Millisecond
)

// lister is what declarations need of the gateway.
type lister interface {
	Functions(ctx context.Context) ([]types.FunctionStatus, error)
	Post(ctx context.Context, function, path string, body []byte) ([]byte, error)
}

// declarations reads what the deployed functions declare: their annotations, and the commands that they serve themselves.
type declarations struct {
	gateway lister
	rdb     redis.UniversalClient
	log     *slog.Logger

	mu   sync.Mutex
	more map[string]served
}

// served are the commands that a function serves itself, and when it was asked.
type served struct {
	text string
	at   time.Time
}

// read gives the declarations by function name.
func (d *declarations) read(ctx context.Context) (map[string]string, error) {
	functions, err := d.gateway.Functions(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[string]string, len(functions))
	var mu sync.Mutex
	var wait sync.WaitGroup
	for i := range functions {
		if functions[i].Annotations == nil {
			continue
		}
		name, annotations := functions[i].Name, *functions[i].Annotations
		if text := command.Declaration(annotations); text != "" {
			mu.Lock()
			found[name] = text
			mu.Unlock()
		}
		if path := annotations[command.AnnotationFrom]; path != "" {
			wait.Go(func() {
				more := d.served(ctx, name, path)
				mu.Lock()
				found[name] += "\n---\n" + more
				mu.Unlock()
			})
		}
	}
	wait.Wait()
	return found, nil
}

// served gives the commands that a function serves itself, or, when it does not answer, those that it served last.
func (d *declarations) served(ctx context.Context, name, path string) string {
	d.mu.Lock()
	last, known := d.more[name]
	d.mu.Unlock()
	if known && time.Since(last.at) < moreFor {
		return last.text
	}
	text, err := d.ask(ctx, name, path)
	switch {
	case err == nil && (!known || text != last.text):
		d.keep(ctx, name, text)
	case err != nil && known:
		text = last.text
	case err != nil:
		text = d.kept(ctx, name)
	}
	if err != nil {
		d.log.WarnContext(ctx, "a function does not serve its commands; the last ones stay", "function", name, "error", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.more == nil {
		d.more = make(map[string]served)
	}
	d.more[name] = served{text: text, at: time.Now()}
	return text
}

func (d *declarations) ask(ctx context.Context, name, path string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, moreWithin)
	defer cancel()
	body, err := json.Marshal(command.CatalogueRequest{Nonce: rand.Text(), Time: time.Now()})
	if err != nil {
		return "", fmt.Errorf("ask %s for its commands: %w", name, err)
	}
	text, err := d.gateway.Post(ctx, name, path, body)
	if err != nil {
		return "", fmt.Errorf("ask %s for its commands: %w", name, err)
	}
	return string(text), nil
}

func (d *declarations) keep(ctx context.Context, name, text string) {
	if err := d.rdb.HSet(ctx, moreKey, name, text).Err(); err != nil {
		d.log.WarnContext(ctx, "the commands of a function were not kept in Redis", "function", name, "error", err)
	}
}

func (d *declarations) kept(ctx context.Context, name string) string {
	text, err := d.rdb.HGet(ctx, moreKey, name).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		d.log.WarnContext(ctx, "the commands of a function could not be read from Redis", "function", name, "error", err)
	}
	return text
}
