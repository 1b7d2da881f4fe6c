package question

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// target is what a person says of a server: its id, an address, or its name.
type target struct {
	text    string
	address netip.Addr
	isID    bool
}

var idForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// maxName is how long a server's name may be, in bytes: Nova takes 255 letters.
const maxName = 1020

func parseTarget(text string) (target, error) {
	t := target{text: text, isID: idForm.MatchString(text)}
	if text == "" || len(text) > maxName || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return target{}, refuse(command.CodeUsage, "A server is named by its name, its id or one of its addresses.")
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		t.address = a.Unmap()
	}
	return t, nil
}

// unique reports whether there can be one such server only, in whatever cloud.
func (t target) unique() bool { return t.isID }

// maxFound bounds the servers of one name, or address, in one cloud that are looked at closely.
const maxFound = 10

// find looks for servers in a cloud. It stops at one more than maxFound.
func (t target) find(ctx context.Context, c *cloud.Cloud) ([]server, error) {
	seen, all := eye(c)
	switch {
	case t.address.IsValid():
		return t.byAddress(ctx, seen)
	case t.isID:
		return byIDs(ctx, seen, []string{strings.ToLower(t.text)})
	}
	return t.byName(ctx, seen, all)
}

// byName asks Nova, whose filter is a regular expression of its database's, and compares what it finds.
func (t target) byName(ctx context.Context, c *cloud.Cloud, all bool) ([]server, error) {
	client, err := c.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	query := url.Values{"name": {"^" + regexp.QuoteMeta(t.text) + "$"}}
	if all {
		query.Set("all_tenants", "1")
	}
	var found []server
	err = servers(ctx, client, query, func(s *server) bool {
		if s.Name == t.text {
			found = append(found, *s)
		}
		return len(found) <= maxFound
	})
	return found, err
}

// byAddress asks Neutron, which compares addresses exactly, whose port it is.
func (t target) byAddress(ctx context.Context, c *cloud.Cloud) ([]server, error) {
	client, err := c.Client(ctx, cloud.Network)
	if err != nil {
		return nil, err
	}
	var ports struct {
		Ports []struct {
			Device string `json:"device_id"`
			Owner  string `json:"device_owner"`
		} `json:"ports"`
	}
	var floating struct {
		IPs []struct {
			Port string `json:"port_id"`
		} `json:"floatingips"`
	}
	address := t.address.String()
	if t.address.Is4() {
		if err := read(ctx, client, &floating, url.Values{"floating_ip_address": {address}}, "floatingips"); err != nil {
			return nil, cloud.While(err, "looking for an address")
		}
	}
	query := url.Values{"fixed_ips": {"ip_address=" + address}}
	if len(floating.IPs) > 0 && floating.IPs[0].Port != "" {
		query = url.Values{"id": {floating.IPs[0].Port}}
	}
	if err := read(ctx, client, &ports, query, "ports"); err != nil {
		return nil, cloud.While(err, "looking for an address")
	}
	var ids []string
	for _, p := range ports.Ports {
		if strings.HasPrefix(p.Owner, "compute:") && idForm.MatchString(p.Device) && len(ids) <= maxFound {
			ids = append(ids, p.Device)
		}
	}
	return byIDs(ctx, c, ids)
}

// byIDs reads servers; those that are not there, or not to be seen, are left out.
func byIDs(ctx context.Context, c *cloud.Cloud, ids []string) ([]server, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	client, err := c.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	var found []server
	for _, id := range ids {
		var one struct {
			Server server `json:"server"`
		}
		err := read(ctx, client, &one, nil, "servers", id)
		if cloud.Is(err, cloud.NotFound) {
			continue
		}
		if err != nil {
			return nil, cloud.While(err, "reading a server")
		}
		found = append(found, one.Server)
	}
	return found, nil
}

// sighted is a server with where it was found.
type sighted struct {
	cloud *cloud.Cloud
	server
}

// several says which servers are meant. An id that is in several clouds is of one server, which the bot knows as several: then the cloud is to be said.
func several(t target, found []sighted) string {
	which := make([]string, 0, maxFound)
	for _, s := range found[:min(len(found), maxFound)] {
		which = append(which, fmt.Sprintf("%s (%s at %s, project %s)", s.ID, s.state(), s.cloud.Name(), chat.OneLine(s.Project)))
	}
	text := fmt.Sprintf("%d servers are meant by %s; say the id of one, or the cloud: %s", len(found), chat.OneLine(t.text), strings.Join(which, "; "))
	if len(found) > maxFound {
		text += "; and there are more"
	}
	return text + "."
}

// look finds a server in clouds.
func (q *Questions) look(ctx context.Context, clouds []*cloud.Cloud, t target) (found []sighted, silent []string) {
	replies, silent := search(ctx, q, clouds, t.find)
	for _, reply := range replies {
		for _, s := range reply.Value {
			found = append(found, sighted{reply.Cloud, s})
		}
	}
	return found, silent
}

// only finds the one server that is meant. Where it could be another one's name too, nothing is chosen.
func (q *Questions) only(ctx context.Context, clouds []*cloud.Cloud, t target) (*sighted, error) {
	s, silent, err := q.seen(ctx, clouds, t)
	if err == nil && len(silent) > 0 && !t.unique() {
		return nil, refuse(command.CodeUnavailable, fmt.Sprintf(
			"There is one at %s, but it may be elsewhere too: %s Say its id (%s), or the cloud.", s.cloud.Name(), strings.Join(silent, " "), s.ID))
	}
	return s, err
}

// seen finds the one server that is meant, of the clouds that answer. silent names the others.
func (q *Questions) seen(ctx context.Context, clouds []*cloud.Cloud, t target) (s *sighted, silent []string, err error) {
	found, silent := q.look(ctx, clouds, t)
	switch {
	case len(found) > 1:
		return nil, silent, refuse(command.CodeConflict, several(t, found))
	case len(found) == 1:
		return &found[0], silent, nil
	case len(silent) > 0:
		return nil, silent, refuse(command.CodeUnavailable, fmt.Sprintf("No server %s was found in %s. %s", chat.OneLine(t.text), in(clouds), strings.Join(silent, " ")))
	}
	return nil, nil, q.notFound(ctx, t, clouds)
}
