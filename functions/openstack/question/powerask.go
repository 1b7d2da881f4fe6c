package question

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// ask makes the request, once.
func (s *switcher) ask(ctx context.Context, run *job.Run, c *cloud.Cloud, at *switching) error {
	hard := command.Values(run.Job().Args).Bool("hard")
	look := func(ctx context.Context) (bool, job.Sighting, error) {
		now, err := s.requests(ctx, c, at.Server)
		if err != nil {
			return false, job.Hidden, err
		}
		if slices.ContainsFunc(now, func(id string) bool { return !slices.Contains(at.Earlier, id) }) {
			return true, job.Present, nil
		}
		return false, job.Absent, nil
	}
	do := func(ctx context.Context) (bool, error) {
		client, err := s.nova(ctx, c)
		if err != nil {
			return false, job.NotDone(err)
		}
		_, err = client.Post(ctx, client.ServiceURL("servers", at.Server, "action"), s.act.body(hard), nil, &gophercloud.RequestOpts{OkCodes: []int{http.StatusAccepted}}) //nolint:bodyclose // gophercloud has read and closed it
		if fault := cloud.Judge(err); fault != nil && fault.Undone() {
			return false, job.NotDone(cloud.While(err, "asking for it"))
		}
		return err == nil, cloud.While(err, "asking for it")
	}
	if _, err := job.Once(ctx, run, actEffect, look, do); err != nil {
		return err
	}
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return err
	}
	at.Asked = now
	return run.Save(ctx, job.Change{Checkpoint: at, Say: []string{fmt.Sprintf("Asked %s to %s %s (%s).", at.Cloud, s.act.action, at.Name, at.Server)}})
}

// nova is the compute service as whoever may act on every server of the cloud.
func (q *Questions) nova(ctx context.Context, c *cloud.Cloud) (*gophercloud.ServiceClient, error) {
	seen, _ := eye(c)
	return seen.Client(ctx, cloud.Compute)
}

// requests are those for the same act by our account that Nova has recorded of a server, the latest ones.
func (s *switcher) requests(ctx context.Context, c *cloud.Cloud, id string) ([]string, error) {
	seen, _ := eye(c)
	account, err := seen.Account(ctx)
	if err != nil {
		return nil, err
	}
	client, err := seen.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	var recorded struct {
		Actions []struct {
			Action  string `json:"action"`
			Request string `json:"request_id"`
			User    string `json:"user_id"`
		} `json:"instanceActions"`
	}
	if err := read(ctx, client, &recorded, nil, "servers", id, "os-instance-actions"); err != nil {
		return nil, cloud.While(err, "reading what was done to the server")
	}
	var ids []string
	const most = 200
	for _, a := range recorded.Actions { // the latest first
		if a.Action == s.act.action && a.User == account.User.ID && len(ids) < most {
			ids = append(ids, a.Request)
		}
	}
	return ids, nil
}
