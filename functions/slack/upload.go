package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/slack/upload"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// checkTime is how long the checking of a file's lines may take.
const checkTime = time.Minute

// upload makes a job of a file of commands, once each of them can be done. A file that is posted among people, and not to
// the bot, is none of its business: then only the message's words count.
func (d *door) upload(ctx context.Context, c *inbox.Claim) error {
	e, err := decodeEvent(c.Body)
	if err != nil {
		return err
	}
	m := &e.Event
	self, err := d.app.Self(ctx)
	if err != nil {
		return err
	}
	if _, where := mrkdwn.Mention(m.Text, self.UserID); where != mrkdwn.AtStart && !m.direct() || ours(m, self) || m.User == "" || m.BotID != "" {
		return d.message(ctx, c)
	}
	if _, words := heedOf(m, self); words != "" && !slices.ContainsFunc(m.Files, perhapsCommands) {
		return d.message(ctx, c)
	}
	who, err := d.people.of(ctx, string(m.User))
	if err != nil {
		return err
	}
	to := reply{place: m.answerPlace(), user: who.ID}
	file, text, err := d.fetch(ctx, m)
	if err == nil {
		err = d.batch(ctx, c, m, who, file, text)
	}
	if no := upload.Unreadable(""); errors.As(err, &no) {
		return d.say(ctx, card.Message{Text: mrkdwn.Escape(string(no))}, to)
	}
	return err
}

// perhapsCommands reports whether a file may be one of commands: a picture, say, is none.
func perhapsCommands(text json.RawMessage) bool {
	file, err := upload.ReadFile(text)
	return err != nil || !file.Media()
}

// fetch reads the one file of a message. What is wrong with it is an [upload.Unreadable].
func (d *door) fetch(ctx context.Context, m *message) (*upload.File, []byte, error) {
	if len(m.Files) != 1 {
		return nil, nil, upload.Unreadable(fmt.Sprintf("These are %d files, and I take one at a time, so that it is clear what runs after what.", len(m.Files)))
	}
	file, err := upload.ReadFile(m.Files[0])
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	if file.Untold() {
		if err := d.askOf(ctx, file); err != nil {
			return nil, nil, err
		}
	}
	if no := file.Unfit(); no != "" {
		return nil, nil, upload.Unreadable(no)
	}
	if !upload.Trusted(file.Address(), d.section.URL) {
		d.Log.WarnContext(ctx, "a file is not at Slack, and is not fetched", "file", file.ID)
		return nil, nil, upload.Unreadable(file.Title() + " is not kept by Slack, so I do not read it; upload it here.")
	}
	text, err := d.download(ctx, file)
	return file, text, err
}

// askOf asks Slack about a file of which an event tells nothing but its id, as those in shared channels.
func (d *door) askOf(ctx context.Context, file *upload.File) error {
	told, _, _, err := d.app.Client.GetFileInfoContext(ctx, file.ID, 0, 0)
	err = slack.Classify("ask about the file "+file.ID, err)
	if slack.KindOf(err) == slack.Gone {
		return upload.Unreadable("Slack does not show me that file; upload it to me directly.")
	}
	if err != nil {
		return err
	}
	*file = upload.File{
		ID: told.ID, Name: told.Name, Mode: told.Mode, Type: told.Mimetype, Size: int64(told.Size), External: told.IsExternal,
		URL: told.URLPrivateDownload, Plain: told.URLPrivate,
	}
	return nil
}

// errLarge says that a file is larger than it said.
var errLarge = errors.New("slack: the file is larger than it may be")

// limitedFile takes no more than a file may have.
type limitedFile struct{ bytes.Buffer }

// Write implements io.Writer.
func (l *limitedFile) Write(p []byte) (int, error) {
	if l.Len()+len(p) > upload.MaxBytes+len("\ufeff") {
		return 0, errLarge
	}
	return l.Buffer.Write(p)
}

func (d *door) download(ctx context.Context, file *upload.File) ([]byte, error) {
	var text limitedFile
	err := d.app.Client.GetFileContext(ctx, file.Address(), &text)
	if errors.Is(err, errLarge) {
		return nil, upload.Unreadable(fmt.Sprintf("%s has more than %d bytes: split it.", file.Title(), upload.MaxBytes))
	}
	err = slack.Classify("read the file "+file.ID, err)
	switch slack.KindOf(err) {
	case slack.None:
		return text.Bytes(), nil
	case slack.RateLimited, slack.Down:
		return nil, err
	case slack.Gone, slack.Refused, slack.Invalid:
	}
	d.Log.ErrorContext(ctx, "a file cannot be read", "file", file.ID, "error", err)
	return nil, upload.Unreadable("Slack does not let me read " + file.Title() + "; upload it to me directly.")
}

// batch shows a file's lines, checked, and hands them in when all are good.
func (d *door) batch(ctx context.Context, c *inbox.Claim, m *message, who person, file *upload.File, text []byte) error {
	lines, err := upload.Lines(file, text)
	if err != nil {
		return err
	}
	a := &asking{
		by: who, at: m.place(), id: m.key(), Command: "batch", Args: map[string]any{"lines": texts(lines), "name": file.Title()},
		to: reply{place: m.answerPlace(), user: who.ID},
	}
	var done progress
	if _, err := c.Noted(&done); err != nil {
		return err
	}
	age, err := d.age(ctx, c)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	if done.Shown != digest && done.Answer == nil && age <= expires {
		if err := d.check(ctx, a, lines); err != nil {
			if age > d.late {
				d.sayLate(ctx, c, &done, a)
			}
			return err
		}
		if err := d.showLines(ctx, c, &done, a.to, file, lines); err != nil || upload.Bad(lines) > 0 {
			return err
		}
		done.Shown = digest
		if err := c.Note(ctx, done); err != nil {
			return err
		}
	}
	return d.ask(ctx, c, a)
}

func texts(lines []upload.Line) []string {
	list := make([]string, len(lines))
	for i := range lines {
		list[i] = lines[i].Text
	}
	return list
}

// check asks of each line whether the person could have it done. Nothing is done.
func (d *door) check(ctx context.Context, a *asking, lines []upload.Line) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	for i := range lines {
		l := &lines[i]
		question := asking{by: a.by, at: a.at, id: fmt.Sprintf("%s line %d", a.id, l.Number), Text: l.Text, Check: true}
		answer, err := command.Settled(d.command.Do(ctx, question.envelope()))
		switch {
		case err != nil:
			return err
		case answer.Problem != nil:
			l.Wrong = answer.String()
		default:
			l.Text = strings.TrimPrefix(answer.Text, "may be done: ") // with secrets masked, and what it would wait for
		}
	}
	return nil
}

// showLines shows the lines, message by message; a retry goes on with the first that is not posted yet.
func (d *door) showLines(ctx context.Context, c *inbox.Claim, done *progress, to reply, file *upload.File, lines []upload.Line) error {
	messages := upload.Show(file, lines)
	for done.Parts < len(messages) {
		if err := d.say(ctx, messages[done.Parts], to); err != nil {
			return err
		}
		done.Parts++
		if err := c.Note(ctx, done); err != nil {
			return err
		}
	}
	done.Parts = 0
	return nil
}
