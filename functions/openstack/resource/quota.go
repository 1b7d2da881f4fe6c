package resource

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
)

// quotaed says by which service, under which name, something is limited.
type quotaed struct {
	of   cloud.Service
	name string
}

var quotas = map[Measure]quotaed{
	Servers:        {cloud.Compute, "instances"},
	Cores:          {cloud.Compute, "cores"},
	Memory:         {cloud.Compute, "ram"},
	ServerGroups:   {cloud.Compute, "server_groups"},
	KeyPairs:       {cloud.Compute, "key_pairs"},
	Volumes:        {cloud.Volume, "volumes"},
	Gigabytes:      {cloud.Volume, "gigabytes"},
	Networks:       {cloud.Network, "network"},
	Subnets:        {cloud.Network, "subnet"},
	Routers:        {cloud.Network, "router"},
	Ports:          {cloud.Network, "port"},
	FloatingIPs:    {cloud.Network, "floatingip"},
	SecurityGroups: {cloud.Network, "security_group"},
	SecurityRules:  {cloud.Network, "security_group_rule"},
}

// quotaDetail is one limit. Nova and Cinder call what is used in_use.
type quotaDetail struct {
	Limit    int `json:"limit"`
	Used     int `json:"used"`
	InUse    int `json:"in_use"`
	Reserved int `json:"reserved"`
}

// Quota is what the project of c may have and has, of compute, network and volumes, as far as the cloud has those services. Key pairs are not told: they are
// counted by user. Errors are *cloud.Fault.
func Quota(ctx context.Context, c *cloud.Cloud) (Usage, error) {
	project, _, err := c.Project(ctx)
	if err != nil {
		return Usage{}, cloud.Judge(err)
	}
	return usageOf(ctx, c, project)
}

// usageOf is what a project may have and has.
func usageOf(ctx context.Context, c *cloud.Cloud, project string) (Usage, error) {
	usage := Usage{Limit: Amounts{}, Used: Amounts{}}
	for _, of := range []cloud.Service{cloud.Compute, cloud.Network, cloud.Volume} {
		details, err := detailsOf(ctx, c, of, project)
		if err != nil {
			return Usage{}, err
		}
		for measure, q := range quotas {
			if d, told := details[q.name]; told && q.of == of && measure != KeyPairs {
				usage.Limit[measure], usage.Used[measure] = d.Limit, d.InUse+d.Used+max(0, d.Reserved)
			}
		}
	}
	return usage, nil
}

// detailsOf asks one service; nothing where the cloud has no such service, or one that tells limits alone.
func detailsOf(ctx context.Context, c *cloud.Cloud, of cloud.Service, project string) (map[string]quotaDetail, error) {
	if has, err := c.Has(ctx, of); err != nil || !has {
		return nil, asFault(err)
	}
	n, err := open(ctx, c, of)
	if err != nil {
		return nil, err
	}
	address := n.url("os-quota-sets", project, "detail")
	switch of { // two of three are special
	case cloud.Network:
		address = n.url("quotas", project, "details.json")
	case cloud.Volume:
		address = n.url("os-quota-sets", project) + "?" + url.Values{"usage": {"True"}}.Encode()
	default:
	}
	var answer map[string]map[string]json.RawMessage
	err = n.ask(ctx, http.MethodGet, address, nil, &answer)
	if cloud.Is(err, cloud.NotFound) { // Neutron without quota_details
		return nil, nil
	}
	if err != nil {
		return nil, n.judge(err, "asking for the quota")
	}
	set := answer["quota_set"]
	if of == cloud.Network {
		set = answer["quota"]
	}
	return detailsIn(set), nil
}

// detailsIn keeps the limits of an answer, in which there are other things.
func detailsIn(set map[string]json.RawMessage) map[string]quotaDetail {
	details := map[string]quotaDetail{}
	for name, value := range set {
		var d quotaDetail
		if json.Unmarshal(value, &d) == nil {
			details[name] = d
		}
	}
	return details
}

// setQuota gives a project its limits, service by service; the administrator may.
func setQuota(ctx context.Context, c *cloud.Cloud, project string, limits Amounts) error {
	sets := map[cloud.Service]map[string]int{}
	for measure, limit := range limits {
		q, known := quotas[measure]
		if !known {
			return invalid(c, "there is no quota of %s", chat.Brief(string(measure), 40))
		}
		if sets[q.of] == nil {
			sets[q.of] = map[string]int{}
		}
		sets[q.of][q.name] = limit
	}
	for _, of := range []cloud.Service{cloud.Compute, cloud.Network, cloud.Volume} {
		if len(sets[of]) == 0 {
			continue
		}
		n, err := open(ctx, c, of)
		if err != nil {
			return err
		}
		if of == cloud.Network {
			err = n.put(ctx, map[string]any{"quota": sets[of]}, "quotas", project)
		} else {
			err = n.put(ctx, map[string]any{"quota_set": sets[of]}, "os-quota-sets", project)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// asFault judges an error, so that none is none.
func asFault(err error) error {
	if err == nil {
		return nil
	}
	return cloud.Judge(err)
}
