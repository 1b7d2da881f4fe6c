package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// aboutFunc answers a command about one job.
type aboutFunc func(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error)

// about finds the job that a call names, and says so when there is none.
func (d *desk) about(answer aboutFunc) function.CallFunc {
	return func(ctx context.Context, call command.Call) (command.Answer, error) {
		typed := command.Values(call.Args).String("id")
		id := jobID(typed)
		if !command.IsJobID(id) {
			return d.unknown(ctx, call, typed)
		}
		j, err := d.jobs.Get(ctx, id)
		if errors.Is(err, job.ErrNotFound) {
			return d.unknown(ctx, call, typed)
		}
		if err != nil {
			return command.Answer{}, err
		}
		return answer(ctx, call, j)
	}
}

// lookalikes are letters that no id has, and the digits that people mistake for them.
var lookalikes = strings.NewReplacer("o", "0", "i", "1", "l", "1")

// jobID reads an id as people write it: with an @ or #, in upper case, with a full stop behind it, an O for a zero.
func jobID(typed string) string {
	id := strings.ToLower(strings.TrimSpace(typed))
	id = strings.TrimRight(strings.TrimLeft(id, "@#`"), "`.,:;!?")
	return lookalikes.Replace(id)
}

// longestID is how much of a mistyped id is repeated, in cells.
const longestID = 20

// unknown says that there is no such job, and which unfinished one was probably meant.
func (d *desk) unknown(ctx context.Context, call command.Call, typed string) (command.Answer, error) {
	open, err := d.jobs.Browse(ctx, job.Browse{Open: true, Limit: 200})
	if err != nil {
		return command.Answer{}, err
	}
	ids := make([]string, len(open.Jobs))
	for i, j := range open.Jobs {
		ids[i] = j.ID
	}
	text := "I know no job " + chat.Quote(typed, longestID)
	near := nearest(jobID(typed), ids)
	if near == "" {
		return problem(command.CodeNotFound, text+"; say `jobs` to see them. Finished ones are kept for "+
			chat.Duration(d.config.Jobs.KeepFor)+".", "jobs"), nil
	}
	return problem(command.CodeNotFound, text+"; did you mean "+near+"?", call.Command+" "+near), nil
}

// nearest is the id that differs least from the one typed, in at most half of its letters; "" when none is near.
func nearest(typed string, ids []string) string {
	best, least := "", 0
	for _, id := range slices.Sorted(slices.Values(ids)) {
		slips := slips(typed, id)
		if slips <= len(id)/2 && (best == "" || slips < least) {
			best, least = id, slips
		}
	}
	return best
}

// slips counts the letters in which two ids differ, those that one has more included. Two that changed places are one.
func slips(a, b string) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := len(b) - len(a)
	for i := 0; i < len(a); i++ {
		switch {
		case a[i] == b[i]:
		case i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i]:
			n++
			i++
		default:
			n++
		}
	}
	return n
}
