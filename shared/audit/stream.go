package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// chainKey is a stream of links: prev and hash, each under the id of its entry.
const chainKey = job.AuditKey + ":chain"

// page is how many entries are read at a time.
const page = 1000

// The fields of an entry and of a link, in the order in which they are written.
var (
	entryFields = []string{"at", "who", "act", "job", "detail"}
	linkFields  = []string{"prev", "hash"}
)

// item is what a stream has under an id, as it is there: names twice, or none, are seen.
type item struct {
	id     streamID
	fields []string // name, value, name, value, …
}

// has reports whether the fields are those that there must be, in order, and nothing else.
func (i item) has(names []string) bool {
	if len(i.fields) != 2*len(names) {
		return false
	}
	for n, name := range names {
		if i.fields[2*n] != name {
			return false
		}
	}
	return true
}

// value is a field's first value.
func (i item) value(name string) string {
	for n := 0; n+1 < len(i.fields); n += 2 {
		if i.fields[n] == name {
			return i.fields[n+1]
		}
	}
	return ""
}

func (i item) entry() Entry {
	return Entry{
		ID: i.id.String(), Stamp: i.value("at"), Who: i.value("who"), Act: i.value("act"), Job: i.value("job"), Detail: i.value("detail"),
	}
}

// link is what seals an entry.
type link struct{ prev, hash string }

func (i item) link() link { return link{i.value("prev"), i.value("hash")} }

var errAnswer = errors.New("audit: Redis' answer is no stream")

// items reads the answer of XRANGE and XREVRANGE.
func items(cmd *redis.Cmd) ([]item, error) {
	rows, err := cmd.Slice()
	if err != nil {
		return nil, fmt.Errorf("audit: read: %w", err)
	}
	list := make([]item, len(rows))
	for n, row := range rows {
		parts, _ := row.([]any)
		if len(parts) != 2 {
			return nil, errAnswer
		}
		text, _ := parts[0].(string)
		values, _ := parts[1].([]any)
		if list[n].id, err = parseID(text); err != nil {
			return nil, err
		}
		for _, value := range values {
			field, ok := value.(string)
			if !ok {
				return nil, errAnswer
			}
			list[n].fields = append(list[n].fields, field)
		}
	}
	return list, nil
}

// doer sends a command whose answer is read here: the client's own reading keeps one value a name.
type doer interface {
	Do(ctx context.Context, args ...any) *redis.Cmd
}

// span reads at most n entries or links between two ids, the oldest first.
func span(ctx context.Context, rdb doer, key, from, to string, n int) *redis.Cmd {
	return rdb.Do(ctx, "XRANGE", key, from, to, "COUNT", n)
}

// newest reads at most n between two ids, the newest first.
func newest(ctx context.Context, rdb doer, key, to, from string, n int) *redis.Cmd {
	return rdb.Do(ctx, "XREVRANGE", key, to, from, "COUNT", n)
}

// after is the range behind an id; all of a stream behind none.
func after(id *streamID) string {
	if id == nil {
		return "-"
	}
	return "(" + id.String()
}

// last is the newest of a stream; false when it is empty.
func last(ctx context.Context, rdb doer, key string) (item, bool, error) {
	list, err := items(newest(ctx, rdb, key, "+", "-", 1))
	if err != nil || len(list) == 0 {
		return item{}, false, err
	}
	return list[0], true, nil
}
