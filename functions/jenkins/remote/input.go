package remote

import (
	"context"
	"fmt"
	"net/http"

	"github.com/bndr/gojenkins"
)

// Inputs lists the questions at which a Pipeline build waits for a person. A Jenkins without the plug-in that can tell
// (pipeline-rest-api) gives none.
func (c *Client) Inputs(ctx context.Context, job string, number int64) ([]gojenkins.PipelineInputAction, error) {
	doing := fmt.Sprintf("reading the inputs of %s #%d", job, number)
	got, err := c.send(ctx, http.MethodGet, ask{
		doing: doing, path: BuildPath(job, number) + "/wfapi", leaf: "pendingInputActions", limit: maxPage,
	})
	if err != nil {
		return nil, err
	}
	if got.status == http.StatusNotFound {
		return nil, nil
	}
	if got.status != http.StatusOK {
		return nil, refusal(doing, got)
	}
	var inputs []gojenkins.PipelineInputAction
	if err := decode(doing, got, &inputs); err != nil {
		return nil, err
	}
	return inputs, nil
}
