package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// glance is how often is looked whether something is ready.
const glance = 100 * time.Millisecond

// await looks until something is ready, its program has ended, or nobody wants to wait any more.
func (m *machine) await(ctx context.Context, program, what string, ready func() bool) error {
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for !ready() {
		if ref, err := m.started(program); err == nil && !ref.Alive() {
			return fmt.Errorf("%s ended; see %s", program, m.path("log", program+".log"))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s of %s: %w", what, program, context.Cause(ctx))
		case <-ticker.C:
		}
	}
	return nil
}

// listens waits until a part's port is open.
func (m *machine) listens(ctx context.Context, program, part string) error {
	var dialer net.Dialer
	return m.await(ctx, program, "the port", func() bool {
		conn, err := dialer.DialContext(ctx, "tcp", m.address(part))
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

// answers waits until a part answers HTTP, whatever it answers.
func (m *machine) answers(ctx context.Context, program, part string) error {
	return m.await(ctx, program, "an answer", func() bool {
		rq, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.address(part)+"/", http.NoBody) //nolint:gosec // on this machine
		if err != nil {
			return false
		}
		rsp, err := http.DefaultClient.Do(rq) //nolint:gosec // on this machine
		if err != nil {
			return false
		}
		return rsp.Body.Close() == nil
	})
}

// tells waits until a program has written a line with a text.
func (m *machine) tells(ctx context.Context, program, text string) error {
	return m.await(ctx, program, fmt.Sprintf("%q", text), func() bool {
		log, err := os.ReadFile(m.path("log", program+".log"))
		return err == nil && bytes.Contains(log, []byte(text))
	})
}
