// Package delivery says what waits in the outboxes of a network's addresses, in order for each, the most urgent address
// first. An entry counts as delivered when the server has answered a PING that was sent behind its last line; until then
// it is said again on the next connection, by whatever process that is.
package delivery

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/words"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/outbox"
)

const (
	// atOnce is how many of the addresses at which something waits are read at a time, and mostEntries how much of each.
	atOnce, mostEntries = 500, 20
	// fewest is how many lines are said in a round at least before it is looked what is urgent now.
	fewest = 4
	// elsewhere is how long an address rests that refused what was said to it.
	elsewhere = time.Minute
	// idle is how often it is looked whether something waits, if nothing says so.
	idle = 2 * time.Second
	// nickLife is how long something waits for somebody who is only a nick: after that it may be somebody else's.
	nickLife = time.Hour
)

var (
	// ErrMoved says that a target is not any more whom it was to be said to.
	ErrMoved = errors.New("irc: somebody else is there now")
	// ErrOver says that the connection is over, or about to be.
	ErrOver = errors.New("irc: the connection is over")
)

// Voice says lines on a connection. Each method waits for its turn.
type Voice interface {
	// Over is closed when nothing more may be said.
	Over() <-chan struct{}
	// Say says a line. It gives ErrOver from then on, and ErrMoved when target is not any more where the place is.
	Say(ctx context.Context, place irc.Place, target, line string) error
	// Fence waits until the server has read everything, and brings the targets, folded, that it could not reach. It
	// gives ErrOver when the connection is over.
	Fence(ctx context.Context) (missing map[string]string, err error)
}

// Roster knows where people are; *roster.Roster does.
type Roster interface {
	Target(place irc.Place) (target string, ok bool)
	Room(command, target string) int
	Fold(name string) string
	// Accounts are those of all who are there, in small letters.
	Accounts() map[string]bool
}

// Delivery is that of one network. It may be run again for each connection.
type Delivery struct {
	Out  *irc.Outgoing
	Log  *slog.Logger
	Now  func() time.Time
	Most int // lines a round; fewest when less

	parked   map[string]time.Time // addresses at which nothing can be said, until when
	absent   map[string]time.Time // addresses of accounts that nobody there has: when it was looked last whether that still matters
	quarters map[string]int       // how far a job had come when that was last said
}

// told is an entry that was said and not confirmed.
type told struct{ address, target, id string }

// Run says what is to be said until the connection is over. wake tells that there may be more, changed that somebody may be
// there who was not.
func (d *Delivery) Run(ctx context.Context, voice Voice, roster Roster, wake, changed <-chan struct{}) {
	d.parked = map[string]time.Time{}
	if d.quarters == nil {
		d.quarters, d.absent = map[string]int{}, map[string]time.Time{}
	}
	for ctx.Err() == nil {
		more, err := d.round(ctx, voice, roster)
		if errors.Is(err, ErrOver) {
			return
		}
		if err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "what is to be said is not said", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-voice.Over():
			return
		case <-wake:
		case <-changed:
			d.parked = map[string]time.Time{}
		case <-time.After(idle):
		}
	}
}

// round says a few lines, and waits until they have arrived. more says that there is more to say.
func (d *Delivery) round(ctx context.Context, voice Voice, roster Roster) (more bool, err error) {
	addresses, err := d.reachable(ctx, roster)
	if err != nil {
		return false, err
	}
	var said []told
	lines := 0
	for _, address := range addresses {
		if lines >= max(d.Most, fewest) {
			more = true
			break
		}
		n, list, err := d.tell(ctx, voice, roster, address)
		said, lines, more = append(said, list...), lines+n, more || len(list) > 0
		if errors.Is(err, ErrOver) { // what was said may still arrive
			return false, errors.Join(d.settle(ctx, voice, roster, said, lines), err)
		}
		if err != nil {
			return false, err
		}
	}
	return more, d.settle(ctx, voice, roster, said, lines)
}

// reachable are the addresses at which something waits and can be said, the most urgent first. However many people are away for whom
// something waits, all others are found.
func (d *Delivery) reachable(ctx context.Context, roster Roster) (list []string, err error) {
	there := roster.Accounts()
	for behind := 0; len(list) < atOnce; behind += atOnce {
		some, err := d.Out.Waiting(ctx, behind, atOnce)
		if err != nil {
			return nil, err
		}
		for _, address := range some {
			place, ok := irc.ParseAddress(address)
			switch {
			case ok && place.Account != "" && !there[strings.ToLower(place.Account)]:
				if err := d.away(ctx, address); err != nil {
					return nil, err
				}
			case !d.rests(address):
				list = append(list, address)
			}
		}
		if len(some) < atOnce {
			break
		}
	}
	return list, nil
}

// away looks from time to time whether what waits for somebody who is not there is kept still, so that they are not waited for without end.
func (d *Delivery) away(ctx context.Context, address string) error {
	if looked, known := d.absent[address]; known && d.Now().Sub(looked) < nickLife {
		return nil
	}
	const mostAbsent = 100_000
	if len(d.absent) >= mostAbsent {
		clear(d.absent)
	}
	d.absent[address] = d.Now()
	entries, err := d.Out.Next(ctx, address, 1)
	if err == nil && len(entries) == 0 {
		delete(d.absent, address)
		err = d.Out.Delivered(ctx, address, "")
	}
	return err
}

// settle waits until what was said has arrived, and takes that down.
func (d *Delivery) settle(ctx context.Context, voice Voice, roster Roster, said []told, lines int) (err error) {
	missing := map[string]string{}
	if lines > 0 {
		if missing, err = voice.Fence(ctx); err != nil {
			return err
		}
	}
	return d.confirm(ctx, roster, said, missing)
}

func (d *Delivery) rests(address string) bool {
	until, parked := d.parked[address]
	return parked && d.Now().Before(until)
}

// tell says some of what waits at an address.
func (d *Delivery) tell(ctx context.Context, voice Voice, roster Roster, address string) (lines int, said []told, err error) {
	place, ok := irc.ParseAddress(address)
	target, there := roster.Target(place)
	if !ok || !there && place.Nick == "" {
		d.parked[address] = d.Now().Add(elsewhere)
		return 0, nil, nil
	}
	entries, err := d.Out.Next(ctx, address, mostEntries)
	if err == nil && len(entries) == 0 {
		err = d.Out.Delivered(ctx, address, "")
	}
	if err != nil {
		return 0, nil, err
	}
	for _, e := range entries {
		for _, line := range words.Lines(d.wording(address, place, e), roster.Room("PRIVMSG", target)) {
			switch err := voice.Say(ctx, place, target, line); {
			case errors.Is(err, ErrMoved):
				d.parked[address] = d.Now().Add(time.Second)
				return lines, said, nil
			case err != nil:
				return lines, said, err // the connection is over
			}
			lines++
		}
		said = append(said, told{address, target, e.ID})
		if lines >= max(d.Most, fewest) {
			break
		}
	}
	return lines, said, nil
}

// confirm takes down what has arrived.
func (d *Delivery) confirm(ctx context.Context, roster Roster, said []told, missing map[string]string) error {
	last := map[string]told{}
	for _, t := range said {
		last[t.address] = t
	}
	for address, t := range last {
		if why, lost := missing[roster.Fold(t.target)]; lost {
			d.Log.InfoContext(ctx, "something waits for who could not be reached", "address", address, "why", why)
			d.parked[address] = d.Now().Add(elsewhere)
			continue
		}
		if err := d.Out.Delivered(ctx, address, t.id); err != nil {
			return err
		}
	}
	return nil
}

// wording is an entry as it is said; empty when it is not.
func (d *Delivery) wording(address string, place irc.Place, e outbox.Entry) string {
	if place.Nick != "" && d.Now().Sub(when(e.ID)) > nickLife {
		return ""
	}
	if e.Kind == outbox.Progress && !d.far(address, e) {
		return ""
	}
	if e.Kind == outbox.End {
		delete(d.quarters, address+" "+e.Job)
	}
	if e.Job == "" {
		return e.Text
	}
	const most = 8 // lines of one entry: the rest can be asked for
	head, more := words.First(e.Text, most)
	if more > 0 {
		head += "\n… " + strconv.Itoa(more) + " lines more: job " + e.Job
	}
	return "@" + e.Job + " " + head
}

// far reports whether a job has come a quarter further since it was last said how far.
func (d *Delivery) far(address string, e outbox.Entry) bool {
	const mostJobs, quarter = 1000, 25
	key := address + " " + e.Job
	now := e.Percent / quarter
	if e.Percent < quarter || now <= d.quarters[key] {
		return false
	}
	if len(d.quarters) >= mostJobs { // of jobs whose end was never said here; a quarter may then be said twice
		clear(d.quarters)
	}
	d.quarters[key] = now
	return true
}

// when is the time in an entry's id.
func when(id string) time.Time {
	ms, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}
