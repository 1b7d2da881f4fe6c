package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/functions/slack/unfurl"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

const (
	// githubSecret holds a token of GitHub, for private repositories and higher limits. It may be missing.
	githubSecret = "github-token"
	// mostLinks is how many links of one message are unfolded.
	mostLinks = 10
)

// previews find out what stands behind links.
type previews struct {
	sites  *unfurl.Sites
	reader *unfurl.Reader
}

// newPreviews reads which sites the configuration names.
func newPreviews(p *function.Platform, section *slack.Section, dashboard string) (*previews, error) {
	sites := &unfurl.Sites{IsJob: command.IsJobID}
	for _, u := range section.Unfurl {
		forge, web := unfurl.GitHub, u.GitHub
		if u.Gerrit != "" {
			forge, web = unfurl.Gerrit, u.Gerrit
		}
		site, err := unfurl.NewSite(forge, web, u.API)
		if err != nil {
			return nil, fmt.Errorf("config: slack.unfurl: %w", err)
		}
		sites.Forges = append(sites.Forges, site)
	}
	if dashboard != "" {
		site, err := unfurl.NewSite(unfurl.Gerrit, dashboard, "")
		if err != nil {
			return nil, fmt.Errorf("config: dashboard.url: %w", err)
		}
		sites.Dashboard = site
	}
	token, err := p.Secret(githubSecret)
	if err != nil && !errors.Is(err, function.ErrNoSecret) {
		return nil, err
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}
	return &previews{sites: sites, reader: unfurl.NewReader(transport, sites.Forges, strings.TrimSpace(string(token)))}, nil
}

// sharedLinks is an event about links in a message, https://docs.slack.dev/reference/events/link_shared
type sharedLinks struct {
	User    string `json:"user"`
	Channel string `json:"channel"`
	TS      string `json:"message_ts"`
	Source  string `json:"source"` // "conversations_history", or "composer" while it is still being written
	Links   []struct {
		URL string `json:"url"`
	} `json:"links"`
}

// linksShared unfolds the links of a message. A link whose preview cannot be made stays a link.
func (d *door) linksShared(ctx context.Context, c *inbox.Claim) error {
	var e struct {
		Event sharedLinks `json:"event"`
	}
	if err := json.Unmarshal(c.Body, &e); err != nil {
		return fmt.Errorf("%w: link_shared: %w", errMalformed, err)
	}
	if e.Event.Source == "composer" || !isToken(e.Event.Channel) || !isToken(e.Event.TS) {
		return nil
	}
	who, err := d.people.of(ctx, e.Event.User)
	if errors.As(err, new(*nobodyError)) {
		return nil // programs post links all day
	}
	if err != nil {
		return err
	}
	unfolded := d.unfold(ctx, who, &e.Event)
	if len(unfolded) == 0 {
		return nil
	}
	_, _, _, err = d.app.Client.UnfurlMessageContext(ctx, e.Event.Channel, e.Event.TS, unfolded) //nolint:dogsled // all it tells is that it was done
	return d.unlessPassing(ctx, slack.Classify("unfold links in "+e.Event.Channel, err))
}

// unfold makes previews, by link as Slack wrote it. Links to the same thing are unfolded once.
func (d *door) unfold(ctx context.Context, who person, e *sharedLinks) map[string]goslack.Attachment {
	var mu sync.Mutex
	var reading sync.WaitGroup
	unfolded := make(map[string]goslack.Attachment)
	var targets []unfurl.Target
	for _, link := range e.Links {
		target, found := d.previews.sites.Find(link.URL)
		if !found || slices.Contains(targets, target) || !d.mayUnfold(who, target) {
			continue
		}
		if len(targets) == mostLinks {
			break
		}
		targets = append(targets, target)
		reading.Go(func() {
			shown, err := d.preview(ctx, target)
			if err != nil {
				d.Log.WarnContext(ctx, "a link is not unfolded", "channel", e.Channel, "error", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			unfolded[link.URL] = shown
		})
	}
	reading.Wait()
	return unfolded
}

// mayUnfold reports whether somebody's links are unfolded. What the bot may read is not for guests and strangers to
// publish, link by link; what a job does, only viewers may see.
func (d *door) mayUnfold(who person, target unfurl.Target) bool {
	return target.Job == "" && strings.HasPrefix(who.Principal, "slack:") || slices.Contains(d.rolesOf(who), config.Viewer)
}

func (d *door) preview(ctx context.Context, target unfurl.Target) (goslack.Attachment, error) {
	if target.Job != "" {
		return d.jobPreview(ctx, target.Job)
	}
	found, err := d.previews.reader.Read(ctx, target)
	if err != nil {
		return goslack.Attachment{}, err
	}
	return found.Attachment(), nil
}

// jobPreview shows a job without buttons and without what it gave: everybody in the channel sees it.
func (d *door) jobPreview(ctx context.Context, id string) (goslack.Attachment, error) {
	j, err := d.Jobs.Get(ctx, id)
	if err != nil {
		return goslack.Attachment{}, err
	}
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return goslack.Attachment{}, err
	}
	blocks, text := card.Short(j, card.Options{Now: now, Buttonless: true})
	times := goslack.NewTextBlockObject(goslack.MarkdownType, mrkdwn.Escape(jobTimes(j, now)), false, true)
	return goslack.Attachment{Fallback: text, Blocks: goslack.Blocks{BlockSet: append(blocks, goslack.NewContextBlock("", times))}}, nil
}

func jobTimes(j *job.Job, now time.Time) string {
	text := "asked for at " + chat.Clock(j.Created, now)
	if !j.Started.IsZero() {
		text += ", begun at " + chat.Clock(j.Started, now)
	}
	if !j.Finished.IsZero() {
		text += ", over at " + chat.Clock(j.Finished, now)
	}
	return text
}
