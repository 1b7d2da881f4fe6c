package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// retry answers "ansible retry": it asks for the same run once more, on the hosts that failed or were not reached. The
// wish goes to the function command, as the person who asks now, so that their roles, the lock and the sign-off count as for any run.
func (c *capability) retry(ctx context.Context, call command.Call) (command.Answer, error) {
	id := strings.ToLower(command.Values(call.Args).String("job"))
	j, err := c.jobs.Get(ctx, id)
	if isGone(err) || err == nil && !strings.HasPrefix(j.Command, runWords) {
		return problem(command.CodeNotFound, fmt.Sprintf("I know no run %s; ansible runs lists the recent ones.", plain(id)), "ansible runs"), nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	hosts, refusal := retryable(j)
	if refusal != nil {
		return *refusal, nil
	}
	args := maps.Clone(j.Args)
	if args == nil {
		args = map[string]any{}
	}
	args["limit"] = strings.Join(hosts, ",")
	answer, err := c.say(ctx, command.Envelope{
		ID: retryID(call), Principal: call.Principal, Groups: call.Groups, Origin: call.Origin, Watch: call.Watch, Cause: call.Cause,
		Command: j.Command, Args: args,
		Notes: []string{fmt.Sprintf("it repeats %s on the hosts that failed there", j.ID)},
	})
	if refused := new(command.RefusedError); errors.As(err, &refused) && refused.Final() {
		return problem(command.CodeConflict, "It was not taken: "+refused.Text+"."), nil
	}
	if err != nil {
		return command.Answer{}, fmt.Errorf("hand %s in again: %w", j.Command, err)
	}
	return answer, nil
}

// retryID is the id under which a call's wish is handed in, however often the call comes.
func retryID(call command.Call) string {
	sum := sha256.Sum256([]byte(call.Principal + " " + call.ID))
	return "ansible retry " + hex.EncodeToString(sum[:16])
}

// nameable reports whether all hosts that failed can be named in a limit.
func (r *result) nameable() bool {
	return r.MoreBad == 0 && len(strings.Join(r.Failed, ",")) <= maxPattern
}

// retryable is which hosts of a run are to be tried again, or why none are.
func retryable(j *job.Job) ([]string, *command.Answer) {
	if !j.State.Final() {
		no := problem(command.CodeConflict, fmt.Sprintf("%s has not ended yet; `cancel %s` stops it.", j.ID, j.ID), "cancel "+j.ID)
		return nil, &no
	}
	var res result
	if json.Unmarshal(j.Result, &res) != nil || len(res.Failed) == 0 {
		why := "no host failed in it"
		if j.State != job.Succeeded {
			why = "which hosts it failed on is not known"
		}
		no := problem(command.CodeConflict, fmt.Sprintf("%s ended as %s, and %s; `retry %s` does all of it again.", j.ID, j.State, why, j.ID), "retry "+j.ID)
		return nil, &no
	}
	if !res.nameable() {
		no := problem(command.CodeConflict, fmt.Sprintf("%s has %d hosts that failed, which are too many to name; `retry %s` does all of it again.",
			j.ID, len(res.Failed)+res.MoreBad, j.ID), "retry "+j.ID)
		return nil, &no
	}
	return res.Failed, nil
}
