package question

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// notFound says that there is no such server, and which are named like it.
func (q *Questions) notFound(ctx context.Context, t target, clouds []*cloud.Cloud) error {
	text := fmt.Sprintf("There is no server %s in %s: a name (the whole of it), an id or an address is looked for.", chat.OneLine(t.text), in(clouds))
	if near := q.near(ctx, t, clouds); len(near) > 0 {
		text += " Did you mean " + strings.Join(near, ", or ") + "?"
	}
	return refuse(command.CodeNotFound, text)
}

// maxNear is how many servers of a cloud are looked through for names like one that there is not, in one request.
const maxNear = 1000

// near are the names that were probably meant by one that no server has. Nova's own search would find parts of names only, not a letter
// that is wrong. A cloud that does not answer has none.
func (q *Questions) near(ctx context.Context, t target, clouds []*cloud.Cloud) []string {
	if t.isID || t.address.IsValid() {
		return nil
	}
	replies, _ := search(ctx, q, clouds, brief)
	var names []string
	for _, reply := range replies {
		names = append(names, reply.Value...)
	}
	return command.Nearest(t.text, names)
}

// brief are the names of a cloud's servers, the latest first.
func brief(ctx context.Context, c *cloud.Cloud) ([]string, error) {
	seen, all := eye(c)
	client, err := seen.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	query := url.Values{"limit": {strconv.Itoa(maxNear)}}
	if all {
		query.Set("all_tenants", "1")
	}
	var list struct {
		Servers []struct {
			Name string `json:"name"`
		} `json:"servers"`
	}
	if err := read(ctx, client, &list, query, "servers"); err != nil {
		return nil, cloud.While(err, "listing servers")
	}
	var names []string
	for _, s := range list.Servers {
		names = append(names, chat.Brief(s.Name, 60))
	}
	return names, nil
}
