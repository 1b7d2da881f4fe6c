package ara

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// PlayRecord is one play of a record.
type PlayRecord struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
}

// HostRecord is what one host did in all.
type HostRecord struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	OK          int    `json:"ok"`
	Changed     int    `json:"changed"`
	Failed      int    `json:"failed"`
	Skipped     int    `json:"skipped"`
	Unreachable int    `json:"unreachable"`
}

// TaskRecord is one task of a record.
type TaskRecord struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"`
}

// Result is what one task came to on one host.
type Result struct {
	ID      int64  `json:"id"`
	Status  string `json:"status"`
	Host    int64  `json:"host"`
	Task    int64  `json:"task"`
	Ignored bool   `json:"ignore_errors"`
	Message string `json:"-"` // read by Failures
}

// Plays lists a record's plays in their order, at most limit.
func (c *Client) Plays(ctx context.Context, playbook int64, limit int) ([]PlayRecord, error) {
	return list[PlayRecord](ctx, c, "plays", playbook, limit, url.Values{"order": {"id"}})
}

// Hosts lists a record's hosts by name, at most limit.
func (c *Client) Hosts(ctx context.Context, playbook int64, limit int) ([]HostRecord, error) {
	return list[HostRecord](ctx, c, "hosts", playbook, limit, url.Values{"order": {"name"}})
}

// LastTask is the task that began last; nil when none did.
func (c *Client) LastTask(ctx context.Context, playbook int64) (*TaskRecord, error) {
	tasks, err := list[TaskRecord](ctx, c, "tasks", playbook, 1, url.Values{"order": {"-id"}})
	if err != nil || len(tasks) == 0 {
		return nil, err
	}
	return &tasks[0], nil
}

// Task reads one task.
func (c *Client) Task(ctx context.Context, id int64) (*TaskRecord, error) {
	var found TaskRecord
	err := c.ask(ctx, fmt.Sprintf("read task %d", id), http.MethodGet, fmt.Sprintf("tasks/%d", id), nil, &found)
	return &found, err
}

// Failures lists results that failed or found nobody, the latest first, with what they said.
func (c *Client) Failures(ctx context.Context, playbook int64, limit int) ([]Result, error) {
	results, err := list[Result](ctx, c, "results", playbook, limit, url.Values{"order": {"-id"}, "status": {"failed", "unreachable"}})
	if err != nil {
		return nil, err
	}
	for i := range results {
		if results[i].Message, err = c.message(ctx, results[i].ID); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func (c *Client) message(ctx context.Context, result int64) (string, error) {
	var found struct {
		Content json.RawMessage `json:"content"`
	}
	err := c.ask(ctx, fmt.Sprintf("read result %d", result), http.MethodGet, fmt.Sprintf("results/%d", result), nil, &found)
	if err != nil {
		return "", err
	}
	var content struct {
		Message json.RawMessage `json:"msg"`
		Errors  string          `json:"stderr"`
	}
	_ = json.Unmarshal(found.Content, &content) // a task decides what it is, and may have said something else
	var text string
	if json.Unmarshal(content.Message, &text) != nil {
		text = string(content.Message)
	}
	if content.Errors != "" {
		text += ": " + content.Errors
	}
	return text, nil
}

func list[T any](ctx context.Context, c *Client, what string, playbook int64, limit int, query url.Values) ([]T, error) {
	query.Set("playbook", strconv.FormatInt(playbook, 10))
	query.Set("limit", strconv.Itoa(limit))
	var found page[T]
	if err := c.ask(ctx, fmt.Sprintf("list the %s of playbook %d", what, playbook), http.MethodGet, what+"?"+query.Encode(), nil, &found); err != nil {
		return nil, err
	}
	return found.Results, nil
}

// Recorded reads a value that was kept with a playbook into into; it is left as it is when there is none.
func (c *Client) Recorded(ctx context.Context, playbook int64, key string, into any) error {
	type entry struct {
		ID    int64           `json:"id"`
		Value json.RawMessage `json:"value"`
	}
	found, err := list[entry](ctx, c, "records", playbook, 1, url.Values{"key": {key}})
	if err != nil || len(found) == 0 {
		return err
	}
	var whole entry
	what := fmt.Sprintf("read record %d", found[0].ID)
	if err := c.ask(ctx, what, http.MethodGet, fmt.Sprintf("records/%d", found[0].ID), nil, &whole); err != nil {
		return err
	}
	if err := json.Unmarshal(whole.Value, into); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Arguments are what ansible-playbook was called with, as recorded: JSON.
func (c *Client) Arguments(ctx context.Context, playbook int64) (json.RawMessage, error) {
	var found struct {
		Arguments json.RawMessage `json:"arguments"`
	}
	err := c.ask(ctx, fmt.Sprintf("read playbook %d", playbook), http.MethodGet, fmt.Sprintf("playbooks/%d", playbook), nil, &found)
	return found.Arguments, err
}
