// Package mail tells people by mail what a job has to tell them: what its story says, and how it ended. Progress is not told:
// nobody wants a mail for each percent.
//
// A mail server and Redis cannot be written in one act, and a mail server cannot be asked what it took. So a crash between the two sends a mail
// twice; both bear one Message-ID, by which most mailboxes keep one of them.
package mail

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// prefix begins the addresses that this door serves: "mail:ann@example.org".
const prefix = "mail:"

const (
	// call bounds the sending of one mail.
	call = 30 * time.Second
	// hold is for how long an address is in a showing's hand: longer than a mail takes.
	hold = time.Minute
)

// Door is the renderer of mail.
type Door struct {
	section *Section
	send    func(ctx context.Context, m *letter) error
	rdb     redis.UniversalClient
	log     *slog.Logger
	alerts  door.Alerts
}

var _ door.Renderer = (*Door)(nil)

// Show sends what an address has not been told, in one mail.
func (d *Door) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	hand := door.NewHand(d.rdb, d.log, view.Job.ID, address, shown)
	if err := hand.Take(ctx, view.Now, hold); err != nil {
		return shown, err
	}
	defer hand.LetGo(context.WithoutCancel(ctx))
	if err := d.tell(ctx, strings.TrimPrefix(address, prefix), view, shown); err != nil {
		return shown, err
	}
	next := job.Shown{Version: shown.Version, Story: shown.Story, At: view.Now}
	if n := len(view.Story); n > 0 {
		next.Story = view.Story[n-1].ID
	}
	if !view.More {
		next.Version = view.Job.Version
	}
	err := hand.Record(context.WithoutCancel(ctx), next)
	return hand.Shown, err
}

// tell sends a mail if there is anything to tell. A recipient to whom none may or can be sent is told nothing.
func (d *Door) tell(ctx context.Context, to string, view door.View, shown job.Shown) error {
	m := compose(view, shown, d.section.from)
	if m == nil {
		return nil
	}
	if !d.section.allows(to) {
		d.log.ErrorContext(ctx, "a mail is not sent: mail.allow of the configuration does not have its recipient", "job", view.Job.ID, "to", to)
		return nil
	}
	m.to = to
	// What was begun is carried through: the record must say whether the mail went.
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), call)
	defer cancel()
	return d.judge(limited, view, m, d.send(limited, m))
}

// longestSaid is how much of what a mail server says a sentence has, in cells.
const longestSaid = 300

// judge says what an error of the mail server means.
func (d *Door) judge(ctx context.Context, view door.View, m *letter, err error) error {
	fault := faultOf(err)
	switch fault {
	case fine:
		return nil
	case passing:
		return err
	case unwanted:
		d.log.ErrorContext(ctx, "the mail server does not take a mail, and never will", "job", view.Job.ID, "to", m.to, "error", err)
		text := fmt.Sprintf("No mail reaches %s: the mail server says %s. `job %s` has what it was about.", m.to, chat.Brief(err.Error(), longestSaid), view.Job.ID)
		return d.alerts.Tell(ctx, view.Now, text, "mail", "unwanted", m.to)
	case refused:
	}
	d.log.ErrorContext(ctx, "the mail server refuses our account", "error", err)
	text := fmt.Sprintf("The mail server refuses our account: %s. See to the section mail of the configuration and its secret. %s", chat.Brief(err.Error(), longestSaid), door.Patience)
	if told := d.alerts.Tell(ctx, view.Now, text, "mail", "refused"); told != nil {
		return told
	}
	return door.RefusedError{Err: err}
}
