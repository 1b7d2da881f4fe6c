package emit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	// mark is the type of the metadata that a message carries; its payload names the job.
	mark = "handsoff_emit"
	// settle is how long after an unclear answer a message may still appear in a channel's history.
	settle = 10 * time.Second
	// requestTime is how long a message may take to be said, also when the job is stopped meanwhile: its fate should not have
	// to be guessed.
	requestTime = 4 * time.Second
	// skew is how far Slack's clock may be behind ours.
	skew = 5 * time.Minute
	// historyPages and historyPage bound how far back a message is looked for.
	historyPages = 10
	historyPage  = 200
)

// said is what saying it in a channel gave: Slack's time of the message, which is its id there.
type said struct {
	TS string `json:"ts"`
}

// errSettling says that a message which may still appear was not seen yet.
var errSettling = errors.New("it is not known yet whether Slack took the message")

// sayAll says it in each channel in which it has not been said yet.
func (e *Emitter) sayAll(ctx context.Context, run *job.Run, p *plan, text string) (job.Outcome, error) {
	for i := range p.Channels {
		c := &p.Channels[i]
		if c.Said {
			continue
		}
		progress := job.Progress{Percent: 100 * i / len(p.Channels), Line: "saying it in " + c.Name, Step: i + 1, Steps: len(p.Channels)}
		if err := run.Save(ctx, job.Change{Progress: &progress}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
		done, err := e.sayIn(ctx, run, p, c, text)
		if err != nil {
			return e.interrupted(ctx, p, c, err)
		}
		c.Said, c.Link = true, e.link(ctx, c, done)
		if err := run.Save(ctx, job.Change{Checkpoint: p, Links: p.links()}); err != nil {
			return job.Outcome{}, fmt.Errorf("save: %w", err)
		}
	}
	return job.Done(p.result()), nil
}

// sayIn says it in one channel, once.
func (e *Emitter) sayIn(ctx context.Context, run *job.Run, p *plan, c *channel, text string) (said, error) {
	id := run.Job().ID
	look := func(ctx context.Context) (said, job.Sighting, error) { return e.look(ctx, run.Job(), p, c) }
	do := func(ctx context.Context) (said, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTime)
		defer cancel()
		_, ts, err := e.Client.PostMessageContext(ctx, c.ID, goslack.MsgOptionText(text, false),
			goslack.MsgOptionMetadata(goslack.SlackMetadata{EventType: mark, EventPayload: map[string]any{"job": id}}))
		err = slack.Classify("say it in "+c.Name, err)
		switch slack.KindOf(err) {
		case slack.None:
			return said{TS: ts}, nil
		case slack.Down:
			return said{}, e.doubt(ctx, run, p, err)
		}
		return said{}, job.NotDone(err)
	}
	return job.Once(ctx, run, "say "+c.ID, look, do)
}

// doubt remembers that Slack did not say whether it took a message: it may yet appear.
func (e *Emitter) doubt(ctx context.Context, run *job.Run, p *plan, err error) error {
	now, failed := e.Now(context.WithoutCancel(ctx))
	if failed == nil {
		p.Doubt = now
		failed = run.Save(context.WithoutCancel(ctx), job.Change{Checkpoint: p})
	}
	return errors.Join(err, failed)
}

// look looks for the message of a job in a channel's history. A history that cannot be read hides it.
func (e *Emitter) look(ctx context.Context, j *job.Job, p *plan, c *channel) (said, job.Sighting, error) {
	params := goslack.GetConversationHistoryParameters{
		ChannelID: c.ID, Limit: historyPage, IncludeAllMetadata: true, Inclusive: true,
		Oldest: strconv.FormatInt(j.Created.Add(-skew).Unix(), 10) + ".000000",
	}
	for range historyPages {
		history, err := e.Client.GetConversationHistoryContext(ctx, &params)
		err = slack.Classify("read what was said in "+c.Name, err)
		switch kind := slack.KindOf(err); {
		case kind == slack.Gone || kind == slack.Refused || kind == slack.Invalid:
			e.Log.WarnContext(ctx, "a channel's history cannot be read", "job", j.ID, "channel", c.ID, "error", err)
			return said{}, job.Hidden, nil
		case err != nil:
			return said{}, job.Hidden, err
		}
		for i := range history.Messages {
			if m := &history.Messages[i].Msg; m.Metadata.EventType == mark && m.Metadata.EventPayload["job"] == j.ID {
				return said{TS: m.Timestamp}, job.Present, nil
			}
		}
		if !history.HasMore || history.ResponseMetaData.NextCursor == "" {
			return said{}, job.Absent, e.settled(ctx, p)
		}
		params.Cursor = history.ResponseMetaData.NextCursor
	}
	return said{}, job.Hidden, nil
}

// settled gives errSettling while a message that is not there may still appear.
func (e *Emitter) settled(ctx context.Context, p *plan) error {
	if p.Doubt.IsZero() {
		return nil
	}
	now, err := e.Now(ctx)
	if err == nil && now.Sub(p.Doubt) < settle {
		return errSettling
	}
	return err
}

// interrupted is what an error in a channel means for the job.
func (e *Emitter) interrupted(ctx context.Context, p *plan, c *channel, err error) (job.Outcome, error) {
	switch {
	case ctx.Err() != nil:
		return job.Outcome{}, err
	case errors.Is(err, job.ErrUnsure):
		return job.Unsure(fmt.Sprintf("it may or may not have been said in %s, whose history I cannot read. %s", c.Name, p.sentence())), nil
	case errors.Is(err, errSettling):
		return job.Wait(settle / 2), nil
	}
	return e.verdict(err, p.sentence())
}

// link is the message's address; empty when Slack does not tell it, which is no reason to fail.
func (e *Emitter) link(ctx context.Context, c *channel, s said) string {
	link, err := e.Client.GetPermalinkContext(ctx, &goslack.PermalinkParameters{Channel: c.ID, Ts: s.TS})
	if err != nil {
		e.Log.WarnContext(ctx, "a message's address is not known", "channel", c.ID, "error", slack.Classify("", err))
		return ""
	}
	return link
}

// sentence says where it was said and where not.
func (p *plan) sentence() string {
	var in, not []string
	for _, c := range p.Channels {
		if c.Said {
			in = append(in, c.Name)
		} else {
			not = append(not, c.Name)
		}
	}
	switch {
	case len(in) == 0:
		return "It was said nowhere."
	case len(not) == 0:
		return "It was said in " + strings.Join(in, ", ") + "."
	}
	return "It was said in " + strings.Join(in, ", ") + ", and not in " + strings.Join(not, ", ") + "."
}

func (p *plan) links() []job.Link {
	var links []job.Link
	for _, c := range p.Channels {
		if c.Link != "" {
			links = append(links, job.Link{Title: c.Name, URL: c.Link})
		}
	}
	return links
}

// result is what the job gives: the channels in which it was said.
func (p *plan) result() map[string]any {
	names := make([]string, len(p.Channels))
	for i, c := range p.Channels {
		names[i] = c.Name
	}
	return map[string]any{"said": names}
}
