package ara

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// The states of a playbook that this package sets or asks for. ARA knows no "cancelled".
const (
	Running   = "running"
	Completed = "completed"
	Failed    = "failed"
)

// Playbook is the record of one run.
type Playbook struct {
	ID       int64     `json:"id"`
	Name     string    `json:"name"`
	Path     string    `json:"path"`
	Status   string    `json:"status"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended"` // zero while it runs
	Duration string    `json:"duration"`
	Labels   []Label   `json:"labels"`
	Items    struct {
		Plays, Tasks, Results, Hosts, Files, Records int
	} `json:"items"`
}

// Label is a word by which runs are found.
type Label struct {
	Name string `json:"name"`
}

type page[T any] struct {
	Count   int `json:"count"`
	Results []T `json:"results"`
}

// Link is the page of a record, for people.
func (c *Client) Link(id int64) string { return fmt.Sprintf("%s/playbooks/%d.html", c.public, id) }

// Playbook reads one record.
func (c *Client) Playbook(ctx context.Context, id int64) (*Playbook, error) {
	var found Playbook
	what := fmt.Sprintf("read playbook %d", id)
	if err := c.ask(ctx, what, http.MethodGet, fmt.Sprintf("playbooks/%d", id), nil, &found); err != nil {
		return nil, err
	}
	return &found, nil
}

// Find gives the newest record of a playbook that began between the two and has the label; nil when there is none. A record has its
// path from its first moment on, and its labels only when its first play begins: one that has no labels yet is the second
// choice, where it is the only such. Others run the same playbook at the same time, so one that has other labels is somebody else's.
func (c *Client) Find(ctx context.Context, path, label string, since, until time.Time) (*Playbook, error) {
	const most = 50
	query := url.Values{
		"path": {path}, "order": {"-id"}, "limit": {strconv.Itoa(most)},
		"started_after": {since.UTC().Format(time.RFC3339Nano)}, "started_before": {until.UTC().Format(time.RFC3339Nano)},
	}
	var found page[Playbook]
	if err := c.ask(ctx, "find the record", http.MethodGet, "playbooks?"+query.Encode(), nil, &found); err != nil {
		return nil, err
	}
	var bare []*Playbook
	for i := range found.Results {
		p := &found.Results[i]
		switch {
		case slices.Contains(p.Labels, Label{label}):
			return p, nil
		case len(p.Labels) == 0:
			bare = append(bare, p)
		}
	}
	if len(bare) != 1 { // of several nobody can tell whose is which
		return nil, nil
	}
	return bare[0], nil
}

// ByLabel finds the newest record with a label; nil when there is none.
func (c *Client) ByLabel(ctx context.Context, label string) (*Playbook, error) {
	return c.newest(ctx, "find the record", url.Values{"label": {label}})
}

func (c *Client) newest(ctx context.Context, what string, query url.Values) (*Playbook, error) {
	query.Set("order", "-id")
	query.Set("limit", "1")
	var found page[Playbook]
	if err := c.ask(ctx, what, http.MethodGet, "playbooks?"+query.Encode(), nil, &found); err != nil {
		return nil, err
	}
	if len(found.Results) == 0 {
		return nil, nil
	}
	return &found.Results[0], nil
}

// End ends a record that nobody else will end, as status says, and gives it these labels besides its own.
func (c *Client) End(ctx context.Context, p *Playbook, status string, ended time.Time, labels ...string) error {
	return c.change(ctx, p, map[string]any{"status": status, "ended": ended.UTC().Format(time.RFC3339Nano), "labels": p.with(labels)})
}

// Over tells whether a record has ended.
func (p *Playbook) Over() bool { return p.Status == Completed || p.Status == Failed }

// Label adds labels to a record.
func (c *Client) Label(ctx context.Context, p *Playbook, labels ...string) error {
	return c.change(ctx, p, map[string]any{"labels": p.with(labels)})
}

func (c *Client) change(ctx context.Context, p *Playbook, change map[string]any) error {
	return c.ask(ctx, fmt.Sprintf("change playbook %d", p.ID), http.MethodPatch, fmt.Sprintf("playbooks/%d", p.ID), change, nil)
}

// with are the record's labels and more, each once.
func (p *Playbook) with(more []string) []string {
	var all []string
	for _, label := range p.Labels {
		all = append(all, label.Name)
	}
	for _, label := range more {
		if !slices.Contains(all, label) {
			all = append(all, label)
		}
	}
	return all
}

// Record keeps a value with a playbook, under a key that it has once: another one of the same key is replaced.
func (c *Client) Record(ctx context.Context, playbook int64, key string, value any) error {
	var found page[struct {
		ID int64 `json:"id"`
	}]
	what := fmt.Sprintf("keep a record with playbook %d", playbook)
	query := url.Values{"playbook": {strconv.FormatInt(playbook, 10)}, "key": {key}}
	if err := c.ask(ctx, what, http.MethodGet, "records?"+query.Encode(), nil, &found); err != nil {
		return err
	}
	body := map[string]any{"playbook": playbook, "key": key, "type": "json", "value": value}
	if len(found.Results) > 0 {
		return c.ask(ctx, what, http.MethodPatch, fmt.Sprintf("records/%d", found.Results[0].ID), body, nil)
	}
	return c.ask(ctx, what, http.MethodPost, "records", body, nil)
}
