package question

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

const (
	defaultShown = 50
	maxShown     = 500
)

// statuses are Nova's: https://docs.openstack.org/api-guide/compute/server_concepts.html.
var statuses = []string{
	"ACTIVE", "BUILD", "DELETED", "ERROR", "HARD_REBOOT", "MIGRATING", "PASSWORD", "PAUSED", "REBOOT", "REBUILD", "RESCUE", "RESIZE",
	"REVERT_RESIZE", "SHELVED", "SHELVED_OFFLOADED", "SHUTOFF", "SOFT_DELETED", "SUSPENDED", "UNKNOWN", "VERIFY_RESIZE",
}

// listed are the servers of one cloud that are shown, and how many there are. Rows are all that is kept of a server.
type listed struct {
	rows  [][]string
	total int
	more  bool // there may be more: the time was over
}

// filter is what a list is about.
type filter struct {
	project, status, name, host string
	limit                       int
}

// such is "such " where a list is not of all servers.
func (f filter) such() string {
	if f.project+f.status+f.name+f.host == "" {
		return ""
	}
	return "such "
}

// listServers answers "openstack server list".
func (q *Questions) listServers(ctx context.Context, call command.Call) ([]string, error) {
	args := command.Values(call.Args)
	f := filter{
		project: args.String("project"), status: strings.ToUpper(args.String("status")), name: args.String("name"), limit: defaultShown,
	}
	if args.Has("limit") {
		f.limit = int(args.Int("limit"))
	}
	if f.limit < 1 || f.limit > maxShown {
		return nil, refuse(command.CodeUsage, fmt.Sprintf("limit is from 1 to %d.", maxShown))
	}
	if f.status != "" && !slices.Contains(statuses, f.status) {
		text := fmt.Sprintf("There is no status %s.", chat.OneLine(f.status))
		if near := command.Nearest(f.status, statuses); len(near) > 0 {
			text += " Did you mean " + near[0] + "?"
		}
		return nil, refuse(command.CodeUsage, text)
	}
	clouds, err := q.permitted(args.String("cloud"), cloud.Viewer, listWords, call.Who())
	if err != nil {
		return nil, err
	}
	return q.table(ctx, clouds, f)
}

// table lists the servers of clouds.
func (q *Questions) table(ctx context.Context, clouds []*cloud.Cloud, f filter) ([]string, error) {
	replies, silent := search(ctx, q, clouds, func(ctx context.Context, c *cloud.Cloud) (*listed, error) { return list(ctx, c, f) })
	rows := [][]string{{"server", "state", "addresses", "flavor", "cloud", "project", "id"}}
	total, more := 0, false
	for _, reply := range replies {
		total += reply.Value.total
		more = more || reply.Value.more
		rows = append(rows, reply.Value.rows[:min(len(reply.Value.rows), f.limit+1-len(rows))]...)
	}
	var lines []string
	if len(rows) > 1 {
		lines = strings.Split(chat.Table(rows), "\n")
	}
	if rest := total - (len(rows) - 1); rest > 0 || more {
		text := fmt.Sprintf("… and %d more", rest)
		if more {
			text = fmt.Sprintf("… and at least %d more", rest)
		}
		if f.host == "" {
			text += "; project, status, name and cloud show fewer, limit shows more"
		}
		lines = append(lines, text+".")
	}
	if total == 0 && len(replies) > 0 {
		answered := make([]*cloud.Cloud, len(replies))
		for i, r := range replies {
			answered[i] = r.Cloud
		}
		lines = append(lines, fmt.Sprintf("There is no %sserver in %s.", f.such(), in(answered)))
	}
	return append(lines, silent...), nil
}

// list walks through a cloud's servers and keeps what is shown.
func list(ctx context.Context, c *cloud.Cloud, f filter) (*listed, error) {
	seen, all := eye(c)
	client, err := seen.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	if all {
		query.Set("all_tenants", "1")
	}
	if f.status != "" {
		query.Set("status", f.status)
	}
	if f.name != "" {
		query.Set("name", regexp.QuoteMeta(f.name))
	}
	if f.host != "" {
		query.Set("host", f.host)
	}
	projects := &projectNames{}
	if f.project != "" {
		id, err := projectID(ctx, seen, f.project)
		if err != nil {
			return nil, err
		}
		query.Set("project_id", id)
	}
	found := &listed{}
	err = servers(ctx, client, query, func(s *server) bool {
		if f.name != "" && !strings.Contains(s.Name, f.name) || f.status != "" && s.Status != f.status {
			return true
		}
		if found.total++; len(found.rows) < f.limit {
			found.rows = append(found.rows, []string{
				chat.Brief(s.Name, 60), s.state(), chat.Clip(s.plainAddresses(), 80), chat.Clip(s.flavorText(), 40), c.Name(),
				chat.Clip(projects.of(ctx, seen, s.Project), 40), chat.OneLine(s.ID),
			})
		}
		return true
	})
	if err != nil && found.total > 0 && ctx.Err() != nil { // what was seen in the time there was is worth showing
		found.more, err = true, nil
	}
	return found, err
}
