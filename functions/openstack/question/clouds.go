package question

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// listClouds answers "openstack clouds": which answer, as whom we are there, and what they offer.
func (q *Questions) listClouds(ctx context.Context, call command.Call) ([]string, error) {
	clouds, err := q.permitted("", cloud.Viewer, cloudsWords, call.Who())
	if err != nil {
		return nil, err
	}
	replies, silent := search(ctx, q, clouds, func(ctx context.Context, c *cloud.Cloud) ([]string, error) {
		account, err := c.Account(ctx)
		if err != nil {
			return nil, err
		}
		return []string{
			q.title(c), c.Region(), chat.OneLine(account.Project.Name), chat.OneLine(account.User.Name), offered(ctx, c, account),
		}, nil
	})
	rows := [][]string{{"cloud", "region", "project", "as", "services"}}
	for _, reply := range replies {
		rows = append(rows, reply.Value)
	}
	var lines []string
	if len(rows) > 1 {
		lines = strings.Split(chat.Table(rows), "\n")
	}
	return append(lines, silent...), nil
}

// title is a cloud's name, and what is special about it.
func (q *Questions) title(c *cloud.Cloud) string {
	var notes []string
	if c.Name() == q.clouds.Default() {
		notes = append(notes, "default")
	}
	if c.HasAdmin() {
		notes = append(notes, "administered")
	}
	if !c.Environments() {
		notes = append(notes, "no environments")
	}
	if len(notes) == 0 {
		return c.Name()
	}
	return fmt.Sprintf("%s (%s)", c.Name(), strings.Join(notes, ", "))
}

// offered are the services with their versions: "compute v2.1 (to 2.93), network v2.0".
func offered(ctx context.Context, c *cloud.Cloud, account *cloud.Grant) string {
	services := slices.DeleteFunc(cloud.Services(), func(s cloud.Service) bool {
		return !slices.ContainsFunc(account.Offers, func(e cloud.Endpoint) bool { return e.Service == s })
	})
	texts := make([]string, len(services))
	each(services, func(i int, s cloud.Service) {
		texts[i] = string(s)
		if version, err := c.Version(ctx, s); err == nil {
			texts[i] += " " + version
		} else {
			texts[i] += " (no answer)"
		}
	})
	return strings.Join(texts, ", ")
}
