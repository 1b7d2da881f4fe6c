package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// exporter posts spans to a collector.
type exporter struct {
	url    string
	header http.Header
	client *http.Client
	log    *slog.Logger
	now    func() time.Time

	mu         sync.Mutex
	complained time.Time
}

var errCollector = errors.New("telemetry: the collector did not take them")

// ExportSpans sends some. What a collector does not take is dropped, and nobody but the log is told.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.send(ctx, spans); err != nil {
		e.complain(ctx, len(spans), err)
	}
	return nil
}

// Shutdown does nothing: what was to be sent was.
func (e *exporter) Shutdown(context.Context) error { return nil }

func (e *exporter) send(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	body, err := json.Marshal(document(spans))
	if err != nil {
		return fmt.Errorf("telemetry: write spans: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("telemetry: %w", err)
	}
	maps.Copy(req.Header, e.header)
	req.Header.Set("Content-Type", "application/json")
	res, err := e.client.Do(req)
	if err != nil {
		return fmt.Errorf("telemetry: %w", err)
	}
	defer func() { _ = res.Body.Close() }()                      // only read
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	if res.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%w: %s", errCollector, res.Status)
	}
	return nil
}

func (e *exporter) complain(ctx context.Context, spans int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := e.now(); now.Sub(e.complained) >= complainEvery {
		e.complained = now
		e.log.WarnContext(ctx, "traces could not be sent, and are dropped", "spans", spans, "error", err)
	}
}
