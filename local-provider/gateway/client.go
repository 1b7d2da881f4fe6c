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
		http: &http.Client{Timeout: 30 * time.Second},
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
	body, err := json.Marshal(d)
	if err != nil {
		return 0, "", fmt.Errorf("deploy %s: %w", d.Service, err)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+"/system/functions", bytes.NewReader(body))
	if err != nil {
		return 0, "", fmt.Errorf("deploy %s: %w", d.Service, err)
	}
	request.SetBasicAuth(c.user, c.password)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, "", fmt.Errorf("deploy %s: the provider does not answer; `local-provider up` starts it: %w", d.Service, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, "", fmt.Errorf("deploy %s: %w", d.Service, err)
	}
	return response.StatusCode, strings.TrimSpace(string(text)), nil
}
