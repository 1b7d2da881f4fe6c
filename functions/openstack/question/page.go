package question

import (
	"context"
	"maps"
	"net/url"
	"strconv"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// pageSize is how many things are asked for at once: of servers about a quarter of a mebibyte.
const pageSize = 100

// read gets a path of a service, with a query, into v.
func read(ctx context.Context, client *gophercloud.ServiceClient, v any, query url.Values, path ...string) error {
	address := client.ServiceURL(path...)
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	_, err := client.Get(ctx, address, v, nil) //nolint:bodyclose // gophercloud has read and closed it
	return err
}

// servers walks through the servers that a query finds, page by page, and lets go of each page. keep ends it by false.
func servers(ctx context.Context, client *gophercloud.ServiceClient, query url.Values, keep func(*server) bool) error {
	asked, before := maps.Clone(query), passed{}
	asked.Set("limit", strconv.Itoa(pageSize))
	for {
		var page struct {
			Servers []server `json:"servers"`
			Links   []struct {
				Rel string `json:"rel"`
			} `json:"servers_links"`
		}
		if err := read(ctx, client, &page, asked, "servers", "detail"); err != nil {
			return cloud.While(err, "listing servers")
		}
		for i := range page.Servers {
			if !keep(&page.Servers[i]) {
				return nil
			}
		}
		// The link's address is not used: behind a proxy it may be wrong, and where the next page begins is known.
		if len(page.Links) == 0 || len(page.Servers) == 0 {
			return nil
		}
		marker := page.Servers[len(page.Servers)-1].ID
		if err := before.on(marker); err != nil {
			return cloud.While(err, "listing servers")
		}
		asked.Set("marker", marker)
	}
}

// passed are the markers by which the pages of a list were asked for.
type passed map[string]bool

// on notes the next one. A list that leads back to where it was is no list.
func (p passed) on(marker string) error {
	if p[marker] {
		return &cloud.Fault{Kind: cloud.Odd, Message: "the list comes round to where it was"}
	}
	p[marker] = true
	return nil
}
