package question

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// hypervisor is one of Nova's: https://docs.openstack.org/api-ref/compute/#list-hypervisors-details. What it has left is told up to 2.87.
type hypervisor struct {
	ID       string `json:"id"`
	Host     string `json:"hypervisor_hostname"`
	State    string `json:"state"`  // up or down
	Status   string `json:"status"` // enabled or disabled
	Kind     string `json:"hypervisor_type"`
	Address  string `json:"host_ip"`
	CPUs     int    `json:"vcpus"`
	CPUsUsed int    `json:"vcpus_used"`
	RAM      int    `json:"memory_mb"`
	RAMUsed  int    `json:"memory_mb_used"`
	Disk     int    `json:"local_gb"`
	DiskUsed int    `json:"local_gb_used"`
	Running  int    `json:"running_vms"`
	Service  struct {
		ID     string `json:"id"`
		Host   string `json:"host"`
		Reason string `json:"disabled_reason"`
	} `json:"service"`
}

// is reports whether a person means it: by its name, its service's host, or its id.
func (h *hypervisor) is(text string) bool {
	return text == h.Host || text == h.Service.Host || text == h.ID
}

// standing is how it is, in a word or two.
func (h *hypervisor) standing() string {
	if h.Status == "enabled" {
		return chat.OneLine(h.State)
	}
	return chat.OneLine(h.State + ", " + h.Status)
}

// hypervisors walks through a cloud's, page by page.
func hypervisors(ctx context.Context, c *cloud.Cloud, keep func(*hypervisor)) error {
	admin, err := c.Admin()
	if err != nil {
		return err
	}
	client, err := admin.Client(ctx, cloud.Compute)
	if err != nil {
		return err
	}
	if ok, err := admin.Supports(ctx, cloud.Compute, "2.53"); err != nil || !ok {
		return cmp.Or(err, error(&cloud.Fault{Kind: cloud.Missing, Cloud: c.Name(), Message: "the compute service of " + c.Name() + " is older than Pike (2.53), from which on hosts have lasting ids"}))
	}
	query, before := url.Values{"limit": {fmt.Sprint(pageSize)}}, passed{}
	for {
		var page struct {
			Hypervisors []hypervisor `json:"hypervisors"`
			Links       []struct {
				Rel string `json:"rel"`
			} `json:"hypervisors_links"`
		}
		if err := read(ctx, client, &page, query, "os-hypervisors", "detail"); err != nil {
			return cloud.While(err, "listing hypervisors")
		}
		for i := range page.Hypervisors {
			keep(&page.Hypervisors[i])
		}
		if len(page.Links) == 0 || len(page.Hypervisors) == 0 {
			return nil
		}
		marker := page.Hypervisors[len(page.Hypervisors)-1].ID
		if err := before.on(marker); err != nil {
			return cloud.While(err, "listing hypervisors")
		}
		query.Set("marker", marker)
	}
}

// maxHosts bounds the hypervisors that are shown.
const maxHosts = 200

// listHosts answers "openstack hypervisor list".
func (q *Questions) listHosts(ctx context.Context, call command.Call) ([]string, error) {
	clouds, blind, err := q.hosting(command.Values(call.Args).String("cloud"), hostsWords, call.Who())
	if err != nil {
		return nil, err
	}
	replies, silent := search(ctx, q, clouds, func(ctx context.Context, c *cloud.Cloud) (*listed, error) {
		found := &listed{}
		err := hypervisors(ctx, c, func(h *hypervisor) {
			if found.total++; found.total <= maxHosts {
				found.rows = append(found.rows, []string{
					chat.OneLine(h.Host), h.standing(), fmt.Sprint(h.Running), of(h.CPUsUsed, h.CPUs), of(h.RAMUsed, h.RAM), of(h.DiskUsed, h.Disk),
					c.Name(), chat.Brief(h.Service.Reason, 80),
				})
			}
		})
		slices.SortFunc(found.rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		return found, err
	})
	rows := [][]string{{"hypervisor", "state", "servers", "CPUs", "MiB", "GiB", "cloud", "disabled because"}}
	total := 0
	for _, reply := range replies {
		total += reply.Value.total
		rows = append(rows, reply.Value.rows[:min(len(reply.Value.rows), maxHosts+1-len(rows))]...)
	}
	var lines []string
	switch {
	case len(rows) > 1:
		lines = strings.Split(chat.Table(rows), "\n")
	case len(silent) == 0:
		lines = []string{"There are no hypervisors in " + in(clouds) + "."}
	}
	if rest := total - (len(rows) - 1); rest > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more; cloud shows fewer.", rest))
	}
	if len(blind) > 0 {
		lines = append(lines, fmt.Sprintf("Not looked at, since openstack.clouds names no administrator's account of it: %s.", in(blind)))
	}
	return append(lines, silent...), nil
}

// of is what is used of what there is.
func of(used, all int) string { return fmt.Sprintf("%d of %d", used, all) }

// host is a hypervisor with where it was found.
type host struct {
	cloud *cloud.Cloud
	hypervisor
}

// host finds the one hypervisor that is meant. Where it could be another cloud's too, nothing is chosen.
func (q *Questions) host(ctx context.Context, clouds []*cloud.Cloud, text string) (*host, error) {
	h, silent, err := q.seenHost(ctx, clouds, text)
	if err == nil && len(silent) > 0 && text != h.ID {
		return nil, refuse(command.CodeUnavailable, fmt.Sprintf("There is one at %s, but there may be another: %s Say the cloud.", h.cloud.Name(), strings.Join(silent, " ")))
	}
	return h, err
}

// seenHost finds the one hypervisor that is meant, of the clouds that answer. silent names the others.
func (q *Questions) seenHost(ctx context.Context, clouds []*cloud.Cloud, text string) (h *host, silent []string, err error) {
	type looked struct {
		found []hypervisor
		names []string
	}
	replies, silent := search(ctx, q, clouds, func(ctx context.Context, c *cloud.Cloud) (l looked, err error) {
		err = hypervisors(ctx, c, func(h *hypervisor) {
			if h.is(text) {
				l.found = append(l.found, *h)
			}
			if len(l.names) < maxNear {
				l.names = append(l.names, chat.Brief(h.Host, 60))
			}
		})
		return l, err
	})
	var found []host
	var names []string
	for _, reply := range replies {
		names = append(names, reply.Value.names...)
		for _, h := range reply.Value.found {
			found = append(found, host{reply.Cloud, h})
		}
	}
	said := chat.Brief(text, 80)
	switch {
	case len(found) > 1:
		which := make([]string, len(found))
		for i, h := range found {
			which[i] = fmt.Sprintf("%s at %s", h.ID, h.cloud.Name())
		}
		return nil, silent, refuse(command.CodeConflict, fmt.Sprintf("%d hypervisors are meant by %s; say the id of one, or the cloud: %s.", len(found), said, strings.Join(which, ", ")))
	case len(found) == 1:
		return &found[0], silent, nil
	case len(silent) > 0:
		return nil, silent, refuse(command.CodeUnavailable, fmt.Sprintf("No hypervisor %s was found in %s. %s", said, in(clouds), strings.Join(silent, " ")))
	}
	answer := fmt.Sprintf("There is no hypervisor %s in %s; %s has those that there are.", said, in(clouds), hostsWords)
	if near := command.Nearest(text, names); len(near) > 0 {
		answer += " Did you mean " + strings.Join(near, ", or ") + "?"
	}
	return nil, silent, refuse(command.CodeNotFound, answer)
}

// showHost answers "openstack hypervisor show".
func (q *Questions) showHost(ctx context.Context, call command.Call) ([]string, error) {
	args := command.Values(call.Args)
	clouds, _, err := q.hosting(args.String("cloud"), hostWords, call.Who())
	if err != nil {
		return nil, err
	}
	h, silent, err := q.seenHost(ctx, clouds, args.String("host"))
	if err != nil {
		return nil, err
	}
	var sheet chat.Sheet
	for _, row := range [][2]string{
		{"Address", chat.OneLine(h.Address)},
		{"Cloud", h.cloud.Name()},
		{"CPUs", of(h.CPUsUsed, h.CPUs) + " used"},
		{"Disabled because", chat.OneLine(h.Service.Reason)},
		{"Disk", of(h.DiskUsed, h.Disk) + " GiB used"},
		{"ID", chat.OneLine(h.ID)},
		{"Kind", chat.OneLine(h.Kind)},
		{"Memory", of(h.RAMUsed, h.RAM) + " MiB used"},
		{"Name", chat.OneLine(h.Host)},
		{"Servers", fmt.Sprint(h.Running)},
		{"State", h.standing()},
	} {
		if row[1] != "" {
			sheet.Add(row[0], row[1])
		}
	}
	return append(strings.Split(sheet.String(), "\n"), silent...), nil
}

// listOnHost answers "openstack hypervisor list-vms".
func (q *Questions) listOnHost(ctx context.Context, call command.Call) ([]string, error) {
	args := command.Values(call.Args)
	clouds, _, err := q.hosting(args.String("cloud"), onHostWords, call.Who())
	if err != nil {
		return nil, err
	}
	h, silent, err := q.seenHost(ctx, clouds, args.String("host"))
	if err != nil {
		return nil, err
	}
	lines, err := q.table(ctx, []*cloud.Cloud{h.cloud}, filter{host: h.Service.Host, limit: maxShown})
	lines = append([]string{fmt.Sprintf("On %s at %s:", chat.OneLine(h.Host), h.cloud.Name())}, lines...)
	return append(lines, silent...), err
}
