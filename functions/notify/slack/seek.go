package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack"
)

const (
	// skew is how far Slack's clock may be behind ours.
	skew = 2 * time.Minute
	// mostPages is how many pages of messages are looked through, of onPage messages each.
	mostPages = 5
	onPage    = 200
)

// seek finds a message of ours by its mark, in a channel or in a thread of it, among what was posted since the intent. It
// is empty when there is none, and when the bot may not read there: then it is posted again, since nothing said twice is
// worse than something never said.
func (s *showing) seek(ctx context.Context, thread string, mark goslack.SlackMetadata) (ts string, err error) {
	since := s.memory.intent.at.Add(-skew)
	oldest := fmt.Sprintf("%d.%06d", max(since.Unix(), 0), since.Nanosecond()/1000)
	cursor := ""
	for range mostPages {
		messages, next, err := s.read(ctx, thread, oldest, cursor)
		if err != nil {
			return "", s.unreadable(err)
		}
		s.reached = true
		for i := range messages {
			if marked(messages[i].Metadata, mark) {
				return messages[i].Timestamp, nil
			}
		}
		if next == "" {
			return "", nil
		}
		cursor = next
	}
	s.log.WarnContext(ctx, "a message of ours was not found among the latest ones; it is posted again", "job", s.view.Job.ID, "address", s.address)
	return "", nil
}

// closedToUs are Slack's codes for what the app may not read while it may do other things.
var closedToUs = []string{"missing_scope", "no_permission", "not_allowed_token_type", "ekm_access_denied", "method_deprecated"}

// unreadable is nil for a place that the bot may not read, or that is not there.
func (s *showing) unreadable(err error) error {
	fault, ok := errors.AsType[*slack.Error](err)
	if !ok || !saysSlack(fault) {
		return err
	}
	closed := fault.Kind == slack.Refused && slices.Contains(closedToUs, fault.Code)
	if !closed && fault.Kind != slack.Gone && fault.Kind != slack.Invalid {
		return err
	}
	s.log.Warn("a place in Slack cannot be read; what may have been posted there is posted again",
		"job", s.view.Job.ID, "address", s.address, "error", err)
	return nil
}

// read reads a page of a channel, or of a thread in it.
func (s *showing) read(ctx context.Context, thread, oldest, cursor string) (messages []goslack.Message, next string, err error) {
	if thread == "" {
		page, err := s.app.Client.GetConversationHistoryContext(ctx, &goslack.GetConversationHistoryParameters{
			ChannelID: s.memory.channel, Oldest: oldest, Cursor: cursor, Limit: onPage, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, "", slack.Classify("read "+s.memory.channel, err)
		}
		return page.Messages, page.ResponseMetaData.NextCursor, nil
	}
	messages, _, next, err = s.app.Client.GetConversationRepliesContext(ctx, &goslack.GetConversationRepliesParameters{
		ChannelID: s.memory.channel, Timestamp: thread, Oldest: oldest, Cursor: cursor, Limit: onPage, IncludeAllMetadata: true,
	})
	return messages, next, slack.Classify("read a thread in "+s.memory.channel, err)
}

// The types of marks, which are metadata of messages.
const (
	jobMark   = "handsoff_job"   // of a job's message: job, address
	wordsMark = "handsoff_words" // of words in its thread: job, and upto which story line, or "end"
)

func (s *showing) cardMark() goslack.SlackMetadata {
	return goslack.SlackMetadata{EventType: jobMark, EventPayload: map[string]any{"job": s.view.Job.ID, "address": s.address}}
}

// mark is that of the words of an intent.
func (i intent) mark(id string) goslack.SlackMetadata {
	upto := i.upto
	if i.what == postLast {
		upto = "end"
	}
	return goslack.SlackMetadata{EventType: wordsMark, EventPayload: map[string]any{"job": id, "upto": upto}}
}

// marked reports whether a message's metadata is a mark: it may hold more than that.
func marked(have, want goslack.SlackMetadata) bool {
	if have.EventType != want.EventType {
		return false
	}
	for key, value := range want.EventPayload {
		if have.EventPayload[key] != value {
			return false
		}
	}
	return true
}
