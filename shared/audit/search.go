package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// usualLimit is how many entries a search gives that does not say.
	usualLimit = 50
	// depth is how many entries a search looks at before it says where to go on.
	depth = 20_000
	// slack is how far the entries' times may be out of order, where a server's clock was set back.
	slack = time.Hour
)

// Query says which entries to find; what is empty is not asked for. Upper and lower case are the same.
type Query struct {
	Who    []string  // by one of these: a principal, telnet:ann, or a name at any door, ann
	Act    string    // a part of the act, "refused"
	Job    string    // a job's id
	Text   string    // a part of anything that an entry says
	Since  time.Time // not before
	Until  time.Time // before
	Before string    // the id behind which to go on, as the last search gave it
	Limit  int       // how many at most; 0 is 50

	Strangers bool // those of [job.StrangersKey] instead, which have no links
}

// Search finds entries, the newest first. It looks at a bounded number; next, when it is not empty, is where to go on, as
// Query.Before: there may be more behind it.
func Search(ctx context.Context, rdb redis.UniversalClient, q Query) (found []Entry, next string, err error) {
	limit := q.Limit
	if limit <= 0 {
		limit = usualLimit
	}
	from := "+"
	if q.Before != "" {
		id, err := parseID(q.Before)
		if err != nil {
			return nil, "", err
		}
		from = "(" + id.String()
	}
	for seen := 0; seen < depth; seen += page {
		list, err := items(newest(ctx, rdb, q.stream(), from, "-", page))
		if err != nil {
			return nil, "", err
		}
		for _, i := range list {
			e := i.entry()
			if at := e.At(); !at.IsZero() && at.Before(q.Since.Add(-slack)) {
				return q.linked(ctx, rdb, found, "")
			}
			if !q.wants(e) {
				continue
			}
			if len(found) == limit {
				return q.linked(ctx, rdb, found, found[limit-1].ID)
			}
			found = append(found, e)
		}
		if len(list) < page {
			return q.linked(ctx, rdb, found, "")
		}
		next = list[page-1].id.String()
		from = "(" + next
	}
	return q.linked(ctx, rdb, found, next)
}

// stream is where they are.
func (q Query) stream() string {
	if q.Strangers {
		return job.StrangersKey
	}
	return job.AuditKey
}

func (q Query) wants(e Entry) bool {
	return (len(q.Who) == 0 || slices.ContainsFunc(q.Who, func(who string) bool { return is(e.Who, who) })) &&
		contains(e.Act, q.Act) && (q.Job == "" || q.Job == e.Job) &&
		(contains(e.Who, q.Text) || contains(e.Act, q.Text) || contains(e.Job, q.Text) || contains(e.Detail, q.Text)) &&
		!e.At().Before(q.Since) && (q.Until.IsZero() || e.At().Before(q.Until))
}

// is reports whether a principal is the one that is meant: telnet:ann, or ann at any door.
func is(principal, meant string) bool {
	if !strings.Contains(meant, ":") {
		_, principal, _ = strings.Cut(principal, ":")
	}
	return strings.EqualFold(principal, meant)
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// linked gives entries their links; one that is not sealed yet has none.
func (q Query) linked(ctx context.Context, rdb redis.UniversalClient, found []Entry, next string) ([]Entry, string, error) {
	if len(found) == 0 || q.Strangers {
		return found, next, nil
	}
	cmds := make([]*redis.Cmd, len(found))
	_, err := rdb.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, e := range found {
			cmds[i] = span(ctx, pipe, chainKey, e.ID, e.ID, 1)
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("audit: read the links of %d entries: %w", len(found), err)
	}
	for i, cmd := range cmds {
		links, err := items(cmd)
		if err != nil {
			return nil, "", err
		}
		if len(links) > 0 {
			found[i].Prev, found[i].Hash = links[0].link().prev, links[0].link().hash
		}
	}
	return found, next, nil
}
