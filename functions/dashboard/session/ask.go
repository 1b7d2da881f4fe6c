package session

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// patience is how long a provider may take to answer.
	patience = 10 * time.Second
	// largest is how much of an answer is read, in bytes.
	largest = 64 << 10
)

// post sends a form to a provider and reads its JSON. Errors hold neither the form nor the answer.
func post(ctx context.Context, client *http.Client, where string, form url.Values, into any) error {
	return ask(ctx, client, http.MethodPost, where, "", form, into)
}

// ask asks a provider something, with a token of its own where it gave one.
func ask(ctx context.Context, client *http.Client, method, where, bearer string, form url.Values, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, where, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("dashboard: ask %s: %w", where, err)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "handsoff")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("dashboard: ask %s: %w", where, err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(answer.Body, largest))
	if err != nil {
		return fmt.Errorf("dashboard: read the answer of %s: %w", where, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("dashboard: %s answers %d", where, answer.StatusCode)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("dashboard: the answer of %s is not what it should be: %w", where, err)
	}
	return nil
}
