package repair

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/github"
)

const (
	// page is how many deliveries or hooks GitHub lists at once.
	page = 100
	// hookPages bounds the list of an organisation's or repository's hooks.
	hookPages = 3
	// ourPath ends the addresses of webhooks that lead to us, where the configuration does not say which do.
	ourPath = "/function/github"
)

// Hook is a webhook that leads to us.
type Hook struct {
	Of     github.Hook // which entry of the configuration it belongs to
	ID     int64       // 0 for the App's
	URL    string
	Events []string
	Active bool
	Faults []string // what is wrong with how it is set up, a sentence each
}

// Name names it: "acme", "acme/app", "the App", with its number where there is one.
func (h *Hook) Name() string {
	if h.ID == 0 {
		return h.Of.String()
	}
	return fmt.Sprintf("%s hook %d", h.Of, h.ID)
}

// scope is what the gap ledger calls it.
func (h *Hook) scope() string {
	switch {
	case h.Of.App:
		return "app"
	case h.Of.Org != "":
		return fmt.Sprintf("org %s %d", h.Of.Org, h.ID)
	}
	return fmt.Sprintf("repo %s %d", h.Of.Repo, h.ID)
}

// Delivery is one attempt of GitHub's to deliver something.
type Delivery struct {
	ID     int64
	GUID   string // the same for all attempts to deliver the same
	At     time.Time
	Status int // of our answer; 0 when there was none
	Event  string
	Action string
}

// Failed reports whether it did not reach us.
func (d *Delivery) Failed() bool { return d.Status == 0 || d.Status >= 400 }

// Hooks are webhooks at GitHub as this package needs them.
type Hooks struct {
	App     *github.App
	Webhook string // our address; empty for any that ends in /function/github
}

// client is for a hook's owner.
func (h *Hooks) client(ctx context.Context, of github.Hook) (*gogithub.Client, error) {
	switch {
	case of.App:
		return h.App.AsApp()
	case of.Org != "":
		return h.App.Client(ctx, of.Org)
	}
	owner, repo, _ := strings.Cut(of.Repo, "/")
	return h.App.ClientFor(ctx, owner, repo)
}

// List lists the webhooks of an entry that lead to us. GitHub's error is classified.
func (h *Hooks) List(ctx context.Context, of github.Hook) ([]Hook, error) {
	client, err := h.client(ctx, of)
	if err != nil {
		return nil, err
	}
	doing := "list the webhooks of " + of.String()
	if of.App {
		config, _, err := client.Apps.GetHookConfig(ctx)
		if err != nil {
			return nil, github.Classify(doing, err)
		}
		hook := Hook{Of: of, URL: config.GetURL(), Active: true, Faults: faults(config)}
		if !h.ours(hook.URL) {
			hook.Faults = append(hook.Faults, "it leads to "+hook.Place()+", not here")
		}
		return []Hook{hook}, nil
	}
	var ours []Hook
	options := &gogithub.ListOptions{PerPage: page}
	for range hookPages {
		list, answer, err := listHooks(ctx, client, of, options)
		if err != nil {
			return nil, github.Classify(doing, err)
		}
		for _, found := range list {
			if config := found.GetConfig(); h.ours(config.GetURL()) {
				ours = append(ours, Hook{
					Of: of, ID: found.GetID(), URL: config.GetURL(), Events: found.Events, Active: found.GetActive(), Faults: faults(config),
				})
			}
		}
		if options.Page = answer.NextPage; options.Page == 0 {
			break
		}
	}
	return ours, nil
}

func listHooks(ctx context.Context, client *gogithub.Client, of github.Hook, options *gogithub.ListOptions) ([]*gogithub.Hook, *gogithub.Response, error) {
	if of.Org != "" {
		return client.Organizations.ListHooks(ctx, of.Org, options)
	}
	owner, repo, _ := strings.Cut(of.Repo, "/")
	return client.Repositories.ListHooks(ctx, owner, repo, options)
}

// ours reports whether an address leads to us.
func (h *Hooks) ours(address string) bool {
	if h.Webhook != "" {
		return strings.EqualFold(strings.TrimRight(address, "/"), h.Webhook)
	}
	u, err := url.Parse(address)
	return err == nil && strings.HasSuffix(strings.TrimRight(u.Path, "/"), ourPath)
}

// faults are what is wrong with how a hook is set up.
func faults(config *gogithub.HookConfig) []string {
	var list []string
	if config.GetContentType() != "json" {
		list = append(list, "its content type is not application/json, so that nothing of it is taken")
	}
	if config.GetSecret() == "" { // GitHub shows stars where there is one
		list = append(list, "it has no secret, so that nothing of it is believed")
	}
	if insecure := config.GetInsecureSSL(); insecure != "" && insecure != "0" {
		list = append(list, "GitHub does not check our certificate, so that anybody between can read along")
	}
	return list
}

// Deliveries lists the attempts of a hook, the newest first, until one is older than since, and about so many: what a page
// brings is not cut. It begins behind a cursor, empty for the newest, and gives the one behind which there are more, empty for
// none.
func (h *Hooks) Deliveries(ctx context.Context, hook *Hook, cursor string, since time.Time, most int) (all []Delivery, next string, err error) {
	client, err := h.client(ctx, hook.Of)
	if err != nil {
		return nil, "", err
	}
	options := &gogithub.ListCursorOptions{PerPage: min(page, most), Cursor: cursor}
	for len(all) < most {
		list, answer, err := listDeliveries(ctx, client, hook, options)
		if err != nil {
			return nil, "", github.Classify("list the deliveries of "+hook.Name(), err)
		}
		for _, d := range list {
			if d.GetDeliveredAt().Before(since) {
				return all, "", nil
			}
			all = append(all, Delivery{
				ID: d.GetID(), GUID: d.GetGUID(), At: d.GetDeliveredAt().Time, Status: d.GetStatusCode(), Event: d.GetEvent(), Action: d.GetAction(),
			})
		}
		if options.Cursor = answer.Cursor; options.Cursor == "" || len(list) == 0 {
			return all, "", nil
		}
	}
	return all, options.Cursor, nil
}

func listDeliveries(ctx context.Context, client *gogithub.Client, hook *Hook, options *gogithub.ListCursorOptions) ([]*gogithub.HookDelivery, *gogithub.Response, error) {
	switch {
	case hook.Of.App:
		return client.Apps.ListHookDeliveries(ctx, options)
	case hook.Of.Org != "":
		return client.Organizations.ListHookDeliveries(ctx, hook.Of.Org, hook.ID, options)
	}
	owner, repo, _ := strings.Cut(hook.Of.Repo, "/")
	return client.Repositories.ListHookDeliveries(ctx, owner, repo, hook.ID, options)
}

// Redeliver has GitHub send something again.
func (h *Hooks) Redeliver(ctx context.Context, hook *Hook, delivery int64) error {
	client, err := h.client(ctx, hook.Of)
	if err != nil {
		return err
	}
	switch {
	case hook.Of.App:
		_, _, err = client.Apps.RedeliverHookDelivery(ctx, delivery)
	case hook.Of.Org != "":
		_, _, err = client.Organizations.RedeliverHookDelivery(ctx, hook.Of.Org, hook.ID, delivery)
	default:
		owner, repo, _ := strings.Cut(hook.Of.Repo, "/")
		_, _, err = client.Repositories.RedeliverHookDelivery(ctx, owner, repo, hook.ID, delivery)
	}
	if accepted := new(gogithub.AcceptedError); errors.As(err, &accepted) {
		return nil // 202: it will
	}
	return github.Classify(fmt.Sprintf("have the delivery %d of %s sent again", delivery, hook.Name()), err)
}

// Place is where the hook leads, without what may be a secret in its address.
func (h *Hook) Place() string {
	u, err := url.Parse(h.URL)
	if err != nil || u.Host == "" {
		return "nowhere"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// Name names what was delivered: "pull_request.opened".
func (d *Delivery) Name() string {
	if d.Action == "" {
		return chat.OneLine(d.Event)
	}
	return chat.OneLine(d.Event + "." + d.Action)
}

// Outcome says how the attempt ended.
func (d *Delivery) Outcome() string {
	if d.Status == 0 {
		return "no answer"
	}
	return fmt.Sprintf("answered %d", d.Status)
}
