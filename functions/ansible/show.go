package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/functions/ansible/ara"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Limits of what is shown of a run.
const (
	shownHosts    = 50
	shownPlays    = 30
	shownFailures = 10
)

// show answers "ansible show": a run by its job, or by ARA's number.
func (c *capability) show(ctx context.Context, call command.Call) (command.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	wanted := strings.TrimPrefix(command.Values(call.Args).String("run"), "#")
	j, err := c.jobs.Get(ctx, strings.ToLower(wanted))
	switch {
	case err == nil && j.Function == "ansible" && strings.HasPrefix(j.Command, runWords):
		return c.showJob(ctx, j)
	case err != nil && !isGone(err):
		return command.Answer{}, err
	}
	id, err := strconv.ParseInt(wanted, 10, 64)
	if err != nil || id < 1 {
		return problem(command.CodeNotFound, fmt.Sprintf("I know no run %s; ansible runs lists the recent ones.", plain(wanted)), "ansible runs"), nil
	}
	if c.ara == nil {
		return problem(command.CodeMissing, "No ARA server is configured, so a run is known by its job only; ansible runs lists the recent ones.", "ansible runs"), nil
	}
	lines, err := c.recorded(ctx, id)
	switch {
	case ara.Missing(err):
		return problem(command.CodeNotFound, fmt.Sprintf("ARA has no record %d, and there is no such run of mine; ansible runs lists the recent ones.", id), "ansible runs"), nil
	case err != nil:
		return problem(command.CodeUnavailable, err.Error()+". Try again in a moment."), nil
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// showJob shows a run by what its job keeps, and what ARA has of it.
func (c *capability) showJob(ctx context.Context, j *job.Job) (command.Answer, error) {
	lines := []string{c.runLine(j)}
	if j.Error != "" {
		lines = append(lines, plain(j.Error))
	}
	var at course
	_ = json.Unmarshal(j.Checkpoint, &at) // of another version: less is shown
	id := at.Record
	if n := len(at.Records); id == 0 && n > 0 {
		id = at.Records[n-1]
	}
	if id != 0 && c.ara != nil {
		recorded, err := c.recorded(ctx, id)
		if err == nil {
			return command.Answer{Text: strings.Join(append(lines, recorded...), "\n"), Job: j.ID, State: j.State}, nil
		}
		lines = append(lines, err.Error()+", so this is what I know myself:")
	}
	lines = append(lines, known(j)...)
	return command.Answer{Text: strings.Join(lines, "\n"), Job: j.ID, State: j.State}, nil
}

// known is what the job's own result says.
func known(j *job.Job) []string {
	var res result
	if json.Unmarshal(j.Result, &res) != nil {
		return nil
	}
	var lines []string
	for i, host := range sorted(res.Hosts) {
		if i == shownHosts {
			lines = append(lines, fmt.Sprintf("    … and %d more", len(res.Hosts)-shownHosts+res.More))
			break
		}
		sum := res.Hosts[host]
		lines = append(lines, hostLine(host, sum))
	}
	for i, f := range res.Failures {
		if i == shownFailures {
			break
		}
		lines = append(lines, fmt.Sprintf("failed: %s in %q: %s", plain(f.Host), plain(f.Task), plain(f.Message)))
	}
	return lines
}

func hostLine(host string, sum tally) string {
	return fmt.Sprintf("    %s: %d ok, %d changed, %d skipped, %d failed, %d unreachable",
		plain(host), sum.OK, sum.Changed, sum.Skipped, sum.Failed, sum.Unreachable)
}

// recorded shows one of ARA's records: plays, hosts, and what failed.
func (c *capability) recorded(ctx context.Context, id int64) ([]string, error) {
	record, err := c.ara.Playbook(ctx, id)
	if err != nil {
		return nil, err
	}
	plays, err := c.ara.Plays(ctx, id, shownPlays)
	if err != nil {
		return nil, err
	}
	hosts, err := c.ara.Hosts(ctx, id, shownHosts)
	if err != nil {
		return nil, err
	}
	failures, err := c.ara.Failures(ctx, id, shownFailures)
	if err != nil {
		return nil, err
	}
	lines := []string{fmt.Sprintf("ARA record %d, %s, %s: %s", id, plain(record.Path), plain(record.Status), c.ara.Link(id))}
	names := map[int64]string{}
	for _, play := range plays {
		lines = append(lines, fmt.Sprintf("play: %s (%s)", plain(play.Name), plain(play.Status)))
	}
	for _, host := range hosts {
		names[host.ID] = plain(host.Name)
		lines = append(lines, hostLine(host.Name, tally{
			OK: host.OK, Changed: host.Changed, Skipped: host.Skipped, Failed: host.Failed, Unreachable: host.Unreachable,
		}))
	}
	if more := record.Items.Hosts - len(hosts); more > 0 {
		lines = append(lines, fmt.Sprintf("    … and %d more", more))
	}
	hide := c.secrets(c.given(ctx, record)...)
	for _, f := range failures {
		f.Message = hide.Text(f.Message)
		lines = append(lines, c.failureLine(ctx, f, names))
	}
	for i := range lines {
		lines[i] = hide.Text(lines[i])
	}
	return lines, nil
}

func (c *capability) failureLine(ctx context.Context, f ara.Result, names map[int64]string) string {
	host := names[f.Host]
	if host == "" {
		host = fmt.Sprintf("host %d", f.Host)
	}
	task := fmt.Sprintf("task %d", f.Task)
	if found, err := c.ara.Task(ctx, f.Task); err == nil {
		task = plain(found.Name)
	}
	line := fmt.Sprintf("%s: %s in %q", plain(f.Status), host, task)
	if f.Ignored {
		line += " (ignored)"
	}
	if text := plain(f.Message); text != "" {
		line += ": " + text
	}
	return line
}
