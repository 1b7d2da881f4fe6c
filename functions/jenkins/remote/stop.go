package remote

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Force is how hard a build is asked to stop.
type Force string

// The forces, mildest first. Term and Kill exist for Pipelines only; for others Jenkins finds nothing there.
const (
	Stop Force = "stop" // abort, and let it clean up
	Term Force = "term" // end its steps
	Kill Force = "kill" // forget it, whatever its steps do
)

// CancelItem takes an item out of the queue. What Jenkins answers says little: it gives 500 for an item that has just
// started, and before 2.211 it gave 404 for success. So neither is an error, and the item must be looked at afterwards.
func (c *Client) CancelItem(ctx context.Context, id int64) error {
	doing := "cancelling queue item " + strconv.FormatInt(id, 10)
	got, err := c.post(ctx, ask{
		doing: doing, path: "/queue", leaf: "cancelItem", form: url.Values{"id": {strconv.FormatInt(id, 10)}},
	})
	if err != nil {
		return err
	}
	if got.status == http.StatusNotFound || got.status == http.StatusInternalServerError {
		return nil
	}
	return accepted(doing, got)
}

// StopBuild asks a build to stop. Stopping takes its time: look at the build until it has.
func (c *Client) StopBuild(ctx context.Context, job string, number int64, force Force) error {
	doing := fmt.Sprintf("stopping %s #%d", job, number)
	got, err := c.post(ctx, ask{doing: doing, path: BuildPath(job, number), leaf: string(force)})
	if err != nil {
		return err
	}
	return accepted(doing, got)
}

// accepted takes any 2xx, and the redirect back to a page with which Jenkins answers a button.
func accepted(doing string, got *reply) error {
	if got.status < http.StatusBadRequest && !toLogin(got) {
		return nil
	}
	return refusal(doing, got)
}
