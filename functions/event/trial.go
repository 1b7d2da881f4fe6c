package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/memory"
	"github.com/handsoff/handsoff/shared/rule"
	"github.com/handsoff/handsoff/shared/ruling"
)

// ruleTest says what a rule would do about an event, and why, step by step. Nothing is done.
func (d *desk) ruleTest(ctx context.Context, call command.Call, r *rule.Rule) (command.Answer, error) {
	args := command.Values(call.Args)
	e, no, err := d.given(ctx, r, args.String("event"), args.String("topic"))
	if err != nil || no != nil {
		return answerOr(no), err
	}
	e.Only = nil
	m := &matter{event: e, author: &identity{desk: d, e: e}, asker: &asking{desk: d, now: true}, dry: true}
	if err := d.remind(ctx, m); err != nil {
		return command.Answer{}, err
	}
	lines := []string{fmt.Sprintf("The rule %s and %s about %s, of %s:", r.Name, e.Topic, chat.OneLine(m.subject()), chat.OneLine(m.authorName()))}
	if headless(e) {
		lines = append(lines, "The head's commit is not in a comment's payload, so head.sha is empty here; GitHub is asked for it when somebody comments.")
	}
	seen := d.rules.Explain(ctx, r, e, m.asker, m.more)
	for _, check := range seen.Checks {
		lines = append(lines, step(string(check.Verdict), strings.TrimSuffix(check.String(), ": "+string(check.Verdict))))
	}
	if !seen.Matches {
		return command.Answer{Text: strings.Join(append(lines, "It would do nothing: the event does not match."), "\n")}, nil
	}
	tried, err := d.tries(ctx, m, &match{r, seen.Env})
	return command.Answer{Text: strings.Join(append(lines, tried...), "\n")}, err
}

func answerOr(no *command.Answer) command.Answer {
	if no == nil {
		return command.Answer{}
	}
	return *no
}

// step is one line of what is asked on the way.
func step(verdict, text string) string {
	return fmt.Sprintf("  %-9s %s", verdict, chat.Brief(text, 3*cells))
}

// tries asks what stands between a rule that matches and what it does, and says what that would be.
func (d *desk) tries(ctx context.Context, m *matter, r *match) ([]string, error) {
	var err error
	if m.pauses, err = ruling.Pauses(ctx, d.Redis); err != nil {
		return nil, err
	}
	if m.causes, err = d.caused(ctx, m.event); err != nil {
		return nil, err
	}
	var lines []string
	stopped := false
	for _, g := range guards {
		stop, err := g.ask(d, ctx, m, r)
		switch {
		case err != nil:
			lines, stopped = append(lines, step(string(rule.Unclear), g.name+": "+err.Error())), true
		case stop != nil:
			lines, stopped = append(lines, step(string(rule.Failed), g.name+": "+stop.Text)), true
		}
	}
	if stopped {
		return append(lines, "It would do nothing, for that."), nil
	}
	return append(lines, d.would(ctx, m, r)...), nil
}

// would says what a rule would do.
func (d *desk) would(ctx context.Context, m *matter, r *match) []string {
	var lines []string
	if r.Run != "" {
		lines = append(lines, "It would run: "+d.wouldRun(ctx, m, r))
	}
	if r.Notify != nil {
		text, err := r.Message(r.env)
		if err != nil {
			text = "nothing: " + err.Error()
		}
		lines = append(lines, "It would tell "+strings.Join(r.Notify.To, ", ")+":")
		lines = append(lines, indented(chat.Bound(chat.Clean(text), maxNotice, maxNoticeLines))...)
	}
	if r.Remember != nil {
		lines = append(lines, "It would remember "+d.wouldRemember(ctx, r))
	}
	return lines
}

// wouldRun has the function command say whether it would take what the rule asks for.
func (d *desk) wouldRun(ctx context.Context, m *matter, r *match) string {
	words, args, err := r.Command(r.env)
	if err != nil {
		return "nothing: " + chat.OneLine(err.Error())
	}
	sent := d.envelope(ctx, m, r, words, args)
	sent.ID, sent.Check = "", true
	limited, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	answer, err := command.Settled(d.command.Do(limited, sent))
	if err != nil {
		d.Log.WarnContext(ctx, "ask whether a command would be taken", "error", err)
		return words + ", but whether it would be taken cannot be said now"
	}
	lines := []string{chat.Clean(answer.Text)}
	if answer.Problem != nil {
		lines[0] = words + ", which would be refused. " + lines[0]
	}
	return strings.Join(append(lines, "  for "+sent.Principal+"; "+follow(sent.Watch)), "\n")
}

// follow says who would follow a job.
func follow(addresses []string) string {
	if len(addresses) == 0 {
		return "nobody would follow it"
	}
	return "followed at " + chat.OneLine(strings.Join(addresses, ", "))
}

func (d *desk) wouldRemember(ctx context.Context, r *match) string {
	kept, err := r.Memory(r.env)
	switch {
	case err != nil:
		return "nothing: " + chat.OneLine(err.Error())
	case kept.Value == "":
		return "nothing: the value is empty"
	}
	text := fmt.Sprintf("%s = %s", kept.Name, chat.Brief(kept.Value, cells))
	known, err := memory.Recall(ctx, d.Redis, kept.Name)
	if before, ok := known[kept.Name]; err == nil && ok {
		text += fmt.Sprintf(" (now %s)", chat.Brief(before.Value, cells))
	}
	return text
}

// given is the event that a call names: by a delivery's id, or by its payload, as the rule that is tried hears it. An answer
// says why there is none.
func (d *desk) given(ctx context.Context, r *rule.Rule, text, topic string) (*event.Event, *command.Answer, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		e, err := d.written(ctx, r, text, topic)
		if err != nil {
			no := problem(command.CodeUsage, "That payload cannot be tried: "+chat.OneLine(err.Error())+".")
			return nil, &no, nil
		}
		return e, nil, nil
	}
	found, standing, err := d.box.Find(ctx, text)
	if errors.Is(err, inbox.ErrUnknown) {
		no := problem(command.CodeNotFound, fmt.Sprintf("No event %s is known; `events list` shows those that rules decided about. Or give its payload, as JSON.",
			chat.Brief(text, cells)))
		return nil, &no, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if found == nil || !standing.Kept {
		no := problem(command.CodeNotFound, "That event was dealt with, and "+event.NotKept(standing)+". Give the payload itself, as JSON.")
		return nil, &no, nil
	}
	e, err := decode(found.Body)
	return e, nil, err
}

// written makes an event of JSON: of a whole event, or of a payload of GitHub's or Gerrit's. To a rule that hears commands, a
// comment is one.
func (d *desk) written(ctx context.Context, r *rule.Rule, text, topic string) (*event.Event, error) {
	var payload map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &payload); err != nil {
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	if _, whole := payload["payload"]; whole && payload["topic"] != nil {
		return decodeWhole([]byte(text))
	}
	e, err := sketched([]byte(text), topic)
	if err != nil {
		return nil, err
	}
	e.At = d.now()
	if e.Topic == event.Comment || r.Hears(event.Comment) && !r.Hears(e.Topic) && slices.Contains(comments, e.Topic) {
		if err := d.asCommand(ctx, r, e); err != nil {
			return nil, err
		}
	}
	return e, check(e)
}
