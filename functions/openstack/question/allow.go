package question

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// who lists the names of whoever asked for a job.
func who(j *job.Job) []string { return append([]string{j.Principal}, j.Groups...) }

// lacks says why somebody may not act on a cloud; empty when they may.
func (q *Questions) lacks(c *cloud.Cloud, grade cloud.Grade, words string, who []string) string {
	role := c.Role(grade)
	if _, ok := command.Granted(q.roles, role, who...); ok {
		return ""
	}
	return command.Refusal(q.roles, words+" at "+c.Name(), role, who...)
}

// permitted are the clouds on which somebody may act: the one that is named, or all of those.
func (q *Questions) permitted(name string, grade cloud.Grade, words string, who []string) ([]*cloud.Cloud, error) {
	if name != "" {
		one, err := q.one(name, grade, words, who)
		return []*cloud.Cloud{one}, err
	}
	var all []*cloud.Cloud
	why := "No clouds are configured."
	for _, c := range q.clouds.All() {
		lack := q.lacks(c, grade, words, who)
		if lack == "" {
			all = append(all, c)
			continue
		}
		why = lack
	}
	if len(all) == 0 {
		return nil, refuse(command.CodeForbidden, why)
	}
	return all, nil
}

// one is the cloud that is named, or the default one, if somebody may act on it.
func (q *Questions) one(name string, grade cloud.Grade, words string, who []string) (*cloud.Cloud, error) {
	found, err := q.clouds.Find(name)
	if err != nil {
		return nil, err
	}
	if lack := q.lacks(found, grade, words, who); lack != "" {
		return nil, refuse(command.CodeForbidden, lack)
	}
	return found, nil
}

// hosting are the clouds whose hypervisors somebody may look at: the one that is named, or those of which there is an administrator's
// account, since that takes one. Of those that are blind there is none.
func (q *Questions) hosting(name, words string, who []string) (clouds, blind []*cloud.Cloud, err error) {
	all, err := q.permitted(name, cloud.Admin, words, who)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range all {
		if c.HasAdmin() {
			clouds = append(clouds, c)
		} else {
			blind = append(blind, c)
		}
	}
	if len(clouds) == 0 { // each says what it lacks
		return all, nil, nil
	}
	return clouds, blind, nil
}

// search asks clouds side by side. Those that could not answer are named in a sentence each.
func search[T any](ctx context.Context, q *Questions, clouds []*cloud.Cloud, ask func(context.Context, *cloud.Cloud) (T, error)) (replies []cloud.Reply[T], silent []string) {
	for _, reply := range cloud.Each(ctx, clouds, min(q.clouds.Patience(), q.within.answer-reserve), ask) {
		if reply.Err == nil {
			replies = append(replies, reply)
			continue
		}
		fault := cloud.Judge(reply.Err)
		q.log.InfoContext(ctx, "a cloud did not answer a search", "cloud", reply.Cloud.Name(), "fault", fault.Error(), "cause", cause(fault))
		text := fault.Sentence()
		if !strings.Contains(text, reply.Cloud.Name()) {
			text = reply.Cloud.Name() + ": " + text
		}
		silent = append(silent, text)
	}
	return replies, silent
}

// reserve is the part of a command's time that is kept for saying what came of it.
const reserve = 1500 * time.Millisecond

// eye is the cloud as it can see the most: with its administrator's account, where there is one. all says that it sees everybody's.
func eye(c *cloud.Cloud) (seen *cloud.Cloud, all bool) {
	admin, err := c.Admin()
	if err != nil {
		return c, false
	}
	return admin, true
}

// in names clouds: "lab", "lab and prod", "20 clouds".
func in(clouds []*cloud.Cloud) string {
	const most = 3
	if len(clouds) > most {
		return fmt.Sprintf("%d clouds", len(clouds))
	}
	names := make([]string, len(clouds))
	for i, c := range clouds {
		names[i] = c.Name()
	}
	return strings.Join(names, " and ")
}
