package remote

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
)

// Order is a build to be started.
type Order struct {
	Job           string
	Parameterized bool
	Values        map[string]string // sent in the request's body, never in its address
	Token         string            // the job's own remote trigger token; empty for none
	Cause         string            // shown as the build's cause; Jenkins heeds it only together with Token
}

var queueLocation = regexp.MustCompile(`/queue/item/([0-9]{1,18})/?$`)

// Queued is what asking for a build gave.
type Queued struct {
	Item   int64 // the id of the queue item
	Merged bool  // it had been waiting already, for the same job with the same parameters: Jenkins makes one build of both
}

// Trigger asks for a build. Only newer versions of Jenkins tell of merging, and only for jobs with parameters.
//
// An [Error] that is not Passing, or that is Unsent, says that no build was started. After any other one it is unknown.
func (c *Client) Trigger(ctx context.Context, order Order) (Queued, error) {
	a := ask{doing: "starting " + order.Job, path: Path(order.Job), leaf: "build", form: url.Values{}}
	if order.Parameterized {
		a.leaf = "buildWithParameters"
	}
	for name, value := range order.Values {
		a.form.Set(name, value)
	}
	if order.Token != "" {
		a.form.Set("token", order.Token)
		a.form.Set("cause", order.Cause)
	}
	got, err := c.post(ctx, a)
	if err != nil {
		return Queued{}, err
	}
	return queued(a.doing, got)
}

func queued(doing string, got *reply) (Queued, error) {
	if got.status >= http.StatusBadRequest || toLogin(got) {
		return Queued{}, refusal(doing, got)
	}
	location := got.header.Get("Location")
	if match := queueLocation.FindStringSubmatch(location); match != nil {
		id, err := strconv.ParseInt(match[1], 10, 64)
		if err == nil {
			return Queued{Item: id, Merged: got.status == http.StatusSeeOther}, nil
		}
	}
	if got.status == http.StatusFound || got.status == http.StatusSeeOther {
		// Jenkins sends the asker back to the job's page when something vetoed the build.
		return Queued{}, &Error{Doing: doing, Fault: Rejected, Status: got.status, Detail: "it did not queue the build, and does not say why"}
	}
	return Queued{}, &Error{Doing: doing, Fault: Strange, Status: got.status, Detail: "it does not say what it queued"}
}
