package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
)

// running is how many unfinished jobs status shows.
const running = 10

// status shows how the bot itself does.
func (d *desk) status(ctx context.Context, _ command.Call) (command.Answer, error) {
	began := time.Now()
	now, err := d.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	took := time.Since(began)
	standing, err := d.jobs.Standing(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	counts, err := d.jobs.Counts(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	open, err := d.jobs.Browse(ctx, job.Browse{Open: true, Limit: running})
	if err != nil {
		return command.Answer{}, err
	}
	use, short := d.resources(ctx)
	gerrit, deaf := d.listening(ctx, now)
	var s chat.Sheet
	s.Add("jobs", fmt.Sprintf("%d unfinished, of these %d due now; %d with something to show; %d finished and kept",
		standing.Open, standing.Due, standing.Unshown, standing.Finished))
	s.Add("Redis", fmt.Sprintf("answers in %.2f ms; %s", float64(took.Microseconds())/1000, use))
	s.Add("functions", d.deployed(ctx))
	s.Add("Gerrit", gerrit)
	s.Add("given up", d.givenUp(ctx))
	s.Add("counted", counters(counts))
	s.Add("low", strings.Join(short, "\n"))
	text := d.config.Bot.Name + " is up" + but(short, deaf) + ".\n" + s.String()
	if len(open.Jobs) > 0 {
		text += "\n" + table(open.Jobs, now)
	}
	if standing.Open > running {
		text += "\nThere are more; say `jobs`."
	}
	return command.Answer{Text: text}, nil
}

// but is what is not well, as the first line says it: what runs low, and who is not heard.
func but(short, deaf []string) string {
	var parts []string
	if len(short) > 0 {
		parts = append(parts, "something runs low")
	}
	if len(deaf) > 0 {
		parts = append(parts, "I do not hear "+strings.Join(deaf, ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", but " + strings.Join(parts, ", and ")
}

// deployed shows the functions: "jenkins 1/1" has one replica and it is ready.
func (d *desk) deployed(ctx context.Context) string {
	list, err := d.functions(ctx)
	switch {
	case errors.Is(err, function.ErrNoSecret):
		return "not known: this function was not given the secrets basic-auth-user and basic-auth-password"
	case err != nil:
		d.log.WarnContext(ctx, "list the functions", "error", err)
		return "not known: the gateway does not tell; the details are in the log of the function jobs"
	}
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = fmt.Sprintf("%s %d/%d", chat.OneLine(f.Name), f.AvailableReplicas, f.Replicas)
	}
	slices.Sort(names)
	return strings.Join(names, ", ") + d.faults(ctx)
}

// givenUp counts the deliveries from outside that could not be dealt with, by function; "" for none.
func (d *desk) givenUp(ctx context.Context) string {
	dead, err := inbox.Dead(ctx, d.rdb)
	if err != nil {
		d.log.WarnContext(ctx, "count the deliveries that were given up", "error", err)
		return "not known"
	}
	parts := make([]string, 0, len(dead))
	for _, name := range slices.Sorted(maps.Keys(dead)) {
		parts = append(parts, fmt.Sprintf("%d of %s", dead[name], name))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + "; the log and the audit say why"
}

// faults are the declared commands that could not be taken, a line each.
func (d *desk) faults(ctx context.Context) string {
	catalogue, err := command.Kept(ctx, d.rdb)
	if err != nil {
		return "\nwhich commands they declare is not known"
	}
	var text strings.Builder
	for _, fault := range catalogue.Faults() {
		text.WriteString("\nfault in " + chat.OneLine(fault.String()))
	}
	return text.String()
}

// counters shows what was counted, such as refusals by their reason.
func counters(counts map[string]int64) string {
	parts := make([]string, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", strings.ReplaceAll(chat.OneLine(name), "_", " "), counts[name]))
	}
	return strings.Join(parts, ", ")
}
