package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/trace"
)

const (
	// sendLimit bounds one request to the collector.
	sendLimit = 10 * time.Second
	// mostSpans is how many wait to be sent; what comes beyond is dropped.
	mostSpans = 2048
	// complainEvery is how often it is logged that a collector takes nothing.
	complainEvery = time.Minute
)

// Options are a process' surroundings.
type Options struct {
	Name   string // of the function or process
	Config *config.File
	Secret func(name string) ([]byte, error)
	Log    *slog.Logger
}

// Start records and sends what is done, if the configuration's section telemetry says where to; else it does nothing. Stop it
// with what it returns, which sends what is left. What cannot be sent is dropped, and said once a minute: nothing waits for
// a collector.
func Start(o Options) (stop func(context.Context) error, err error) {
	none := func(context.Context) error { return nil }
	section, err := Read(o.Config)
	if err != nil || section == nil {
		return none, err
	}
	header, err := headers(section.HeadersSecret, o.Secret)
	if err != nil { // nobody does without the bot for the sake of its traces
		o.Log.Error("nothing is traced", "error", err)
		return none, nil
	}
	out := &exporter{
		url: section.Endpoint + "/v1/traces", header: header, log: o.Log, client: &http.Client{Timeout: sendLimit, CheckRedirect: stay}, now: time.Now,
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(out, sdktrace.WithMaxQueueSize(mostSpans), sdktrace.WithExportTimeout(sendLimit)),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(section.sample()))),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", o.Name), attribute.String("service.namespace", "handsoff"))),
	)
	trace.Record(provider)
	return func(ctx context.Context) error {
		trace.Record(nil)
		if err := provider.Shutdown(ctx); err != nil {
			return fmt.Errorf("telemetry: send what is left: %w", err)
		}
		return nil
	}, nil
}

// stay follows no redirect: the headers may be a secret, which is for the collector alone.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// headers reads the secret with what each request carries, a line "Name: value" each.
func headers(name string, secret func(string) ([]byte, error)) (http.Header, error) {
	header := make(http.Header)
	if name == "" {
		return header, nil
	}
	text, err := secret(name)
	if err != nil {
		return nil, fmt.Errorf("telemetry: headers_secret: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		key, value, found := strings.Cut(strings.TrimSpace(line), ":")
		if !found && key == "" {
			continue
		}
		if !found {
			return nil, fmt.Errorf("telemetry: the secret %s has a line that is not \"Name: value\"", name) // which is not said: it is secret
		}
		header.Add(strings.TrimSpace(key), strings.TrimSpace(value))
	}
	return header, nil
}
