// Package gateway speaks to the OpenFaaS API as a client.
package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/local-provider/image"
)

// maxAnswer bounds what of an answer is read, in bytes.
const maxAnswer = 1 << 20

// Client is one API with credentials.
type Client struct {
	url, user, password string
	http                *http.Client
}

// New returns a client.
func New(url, user, password string) *Client {
	return &Client{
		url: strings.TrimRight(url, "/"), user: user, password: password,
		http: &http.Client{Timeout: 2 * time.Minute},
	}
}

// Deploy deploys or updates a function, and says in a word what it did. Unless forced it leaves alone what is deployed
// just so from the same executable, so that bringing everything up again interrupts nothing. records is the folder of
// the provider's deployments.
func (c *Client) Deploy(
	ctx context.Context, d types.FunctionDeployment, images image.Folder, records string, force bool,
) (string, error) {
	if !force && unchanged(d, images, records) {
		return "unchanged", nil
	}
	status, message, err := c.send(ctx, http.MethodPut, d)
	outcome := "updated"
	if err == nil && status == http.StatusNotFound {
		status, message, err = c.send(ctx, http.MethodPost, d)
		outcome = "deployed"
	}
	if err != nil {
		return "", err
	}
	if status >= http.StatusMultipleChoices {
		return "", fmt.Errorf("%s was not deployed (%d): %s", d.Service, status, message)
	}
	return outcome, nil
}

func unchanged(d types.FunctionDeployment, images image.Folder, records string) bool {
	var record deployment.Record
	if err := durable.ReadJSON(filepath.Join(records, d.Service+".json"), &record); err != nil {
		return false
	}
	digest, err := images.Digest(d.Image)
	return err == nil && digest == record.Digest && reflect.DeepEqual(normal(d), normal(record.FunctionDeployment))
}

// normal is a deployment as it is after a way through JSON, where empty and absent are the same.
func normal(d types.FunctionDeployment) types.FunctionDeployment {
	var n types.FunctionDeployment
	text, err := json.Marshal(d)
	if err != nil || json.Unmarshal(text, &n) != nil {
		return d
	}
	return n
}

func (c *Client) send(ctx context.Context, method string, d types.FunctionDeployment) (int, string, error) {
	status, text, err := c.call(ctx, method, "/system/functions", d)
	if err != nil {
		return 0, "", fmt.Errorf("deploy %s: %w", d.Service, err)
	}
	return status, strings.TrimSpace(string(text)), nil
}

// call sends a request, with a body as JSON where there is one, and returns what is answered.
func (c *Client) call(ctx context.Context, method, path string, body any) (int, []byte, error) {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return 0, nil, fmt.Errorf("write the request: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, &sent)
	if err != nil {
		return 0, nil, fmt.Errorf("make the request: %w", err)
	}
	request.SetBasicAuth(c.user, c.password)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("the provider does not answer; `local-provider up` starts it: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, nil, fmt.Errorf("read the provider's answer: %w", err)
	}
	return response.StatusCode, text, nil
}
