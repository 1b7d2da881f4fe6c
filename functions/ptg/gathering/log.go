package gathering

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Change is an entry of the log.
type Change struct {
	Version int64 // of the gathering after it
	At      time.Time
	By      Author
	Said    string // the line that asked for it
	Sets    []Set
	Undoes  int64 // the change that it undoes; 0 for none
}

// Filter says which changes are wanted. The zero value is all.
type Filter struct {
	About  string // a track, a room, a slot, or a person's name or principal, see [Change.Concerns]
	By     string // the author's principal
	Before int64  // only older ones than this version; 0 is all
}

const (
	pageOfLog = 200    // entries that are read at once
	mostRead  = 50_000 // entries that a question looks through
)

// History are the last changes that are wanted, the newest first, at most so many.
func (s *Store) History(ctx context.Context, id string, f Filter, limit int) ([]Change, error) {
	g, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	last := "+"
	if f.Before > 0 {
		last = logID(f.Before - 1)
	}
	var found []Change
	for range mostRead / pageOfLog {
		entries, err := s.rdb.XRevRangeN(ctx, logKey(id), last, "-", pageOfLog).Result()
		if err != nil {
			return nil, fmt.Errorf("gathering %s: read the log: %w", id, err)
		}
		for _, entry := range entries {
			c, err := readChange(entry)
			if err != nil {
				return nil, fmt.Errorf("gathering %s: %w", id, err)
			}
			if last = logID(c.Version - 1); !f.wants(g, &c) {
				continue
			}
			if found = append(found, c); len(found) == limit {
				return found, nil
			}
		}
		if len(entries) < pageOfLog {
			break
		}
	}
	return found, nil
}

func (f *Filter) wants(g *Gathering, c *Change) bool {
	return (f.By == "" || c.By.Principal == f.By) && (f.About == "" || c.Concerns(g, f.About))
}

// Find is the change of a version. It gives ErrNone when the log has none.
func (s *Store) Find(ctx context.Context, id string, version int64) (*Change, error) {
	list, err := s.log(ctx, id, version, version, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, refuse(ErrNone, "There is no change %d", version)
	}
	return &list[0], nil
}

// log are the changes of versions, the oldest first, at most so many.
func (s *Store) log(ctx context.Context, id string, from, until, most int64) ([]Change, error) {
	if from > until || until < 1 {
		return nil, nil
	}
	entries, err := s.rdb.XRangeN(ctx, logKey(id), logID(from), logID(until), most).Result()
	if err != nil {
		return nil, fmt.Errorf("gathering %s: read the log: %w", id, err)
	}
	list := make([]Change, len(entries))
	for i, entry := range entries {
		if list[i], err = readChange(entry); err != nil {
			return nil, fmt.Errorf("gathering %s: %w", id, err)
		}
	}
	return list, nil
}

// logID is the entry of a version.
func logID(version int64) string { return strconv.FormatInt(max(version, 0), 10) + "-0" }

// readChange is an entry as the script wrote it.
func readChange(entry redis.XMessage) (c Change, err error) {
	text := func(name string) string { value, _ := entry.Values[name].(string); return value }
	number := func(text string) int64 {
		n, bad := strconv.ParseInt(text, 10, 64)
		err = errors.Join(err, bad)
		return n
	}
	version, _, _ := strings.Cut(entry.ID, "-")
	c = Change{
		Version: number(version), At: time.UnixMilli(number(text("at"))).UTC(), Undoes: number(text("undoes")),
		By: Author{Principal: text("by"), Name: text("name")}, Said: text("said"),
	}
	if err = errors.Join(err, json.Unmarshal([]byte(text("sets")), &c.Sets)); err != nil {
		return c, fmt.Errorf("the log's entry %s: %w", entry.ID, err)
	}
	return c, nil
}

// Concerns reports whether a change is about a track, a room (its name or code), a slot or a person (their name or principal),
// in any case: whether it set something of theirs, or they made it.
func (c *Change) Concerns(g *Gathering, about string) bool {
	about = strings.TrimPrefix(about, "#")
	names := []string{about}
	if room := g.Room(about); room != nil {
		names = append(names, room.Code)
	}
	if slices.ContainsFunc([]string{c.By.Name, c.By.Principal}, func(who string) bool { return strings.EqualFold(who, about) }) {
		return true
	}
	for _, one := range c.Sets {
		if slices.ContainsFunc(names, one.concerns) {
			return true
		}
	}
	return false
}

func (s *Set) concerns(name string) bool {
	kind, of, _ := strings.Cut(s.Field, "/")
	words := []string{kind, of}
	switch kind {
	case bookKind:
		room, slot, _ := strings.Cut(of, "/")
		words = []string{room, slot}
		for _, text := range []string{s.Before, s.After} {
			var b Booking
			if json.Unmarshal([]byte(text), &b) == nil {
				words = append(words, b.Track, b.By.Name)
			}
		}
	case inKind, subscriptionKind:
		for _, text := range []string{s.Before, s.After} {
			var who CheckIn // of which a subscription has the name, too
			if json.Unmarshal([]byte(text), &who) == nil {
				words = append(words, who.Name, who.Track)
			}
		}
	}
	return slices.ContainsFunc(words, func(word string) bool { return word != "" && strings.EqualFold(word, name) })
}
