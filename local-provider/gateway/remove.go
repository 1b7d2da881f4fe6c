package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/openfaas/faas-provider/types"
)

// between is the pause between two looks at a provider that is not there yet.
const between = 50 * time.Millisecond

// Await returns when the provider answers, or with what was wrong at last when ctx is done.
func (c *Client) Await(ctx context.Context) error {
	for {
		status, _, err := c.call(ctx, http.MethodGet, "/healthz", nil)
		if err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-ctx.Done():
			if err == nil {
				err = fmt.Errorf("it answers %d", status)
			}
			return fmt.Errorf("the provider at %s is not up: %w", c.url, err)
		case <-time.After(between):
		}
	}
}

// Prune deletes what is deployed and not to be kept, and returns the names, in order.
func (c *Client) Prune(ctx context.Context, keep func(name string) bool) ([]string, error) {
	status, text, err := c.call(ctx, http.MethodGet, "/system/functions", nil)
	if err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("list what is deployed (%d): %w", status, orText(err, text))
	}
	var deployed []types.FunctionStatus
	if err := json.Unmarshal(text, &deployed); err != nil {
		return nil, fmt.Errorf("list what is deployed: %w", err)
	}
	var gone []string
	for _, f := range deployed {
		if keep(f.Name) {
			continue
		}
		status, text, err := c.call(ctx, http.MethodDelete, "/system/functions", types.DeleteFunctionRequest{FunctionName: f.Name})
		if err != nil || status >= http.StatusMultipleChoices && status != http.StatusNotFound {
			return gone, fmt.Errorf("delete %s (%d): %w", f.Name, status, orText(err, text))
		}
		gone = append(gone, f.Name)
	}
	slices.Sort(gone)
	return gone, nil
}

// orText is what went wrong, in the provider's words where it answered.
func orText(err error, text []byte) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s", text) // the provider's own sentence
}
