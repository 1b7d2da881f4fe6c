package function

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/trace"
)

const (
	// callTimeout bounds a call of another function.
	callTimeout = 20 * time.Second
	// maxAnswer bounds what another function may answer, in bytes.
	maxAnswer = 4 << 20
)

// Gateway calls other functions. Every request is signed.
type Gateway struct {
	env    Environment
	keys   sign.Keys
	client *http.Client
}

// NewGateway makes one.
func NewGateway(env Environment, keys sign.Keys) *Gateway {
	transport := &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: callTimeout}
	return &Gateway{env: env, keys: keys, client: &http.Client{Transport: transport, Timeout: callTimeout}}
}

// StatusError is an answer other than success.
type StatusError struct {
	Function string
	Status   int
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("function %s answered %d %s", e.Function, e.Status, http.StatusText(e.Status))
}

// Call has the function that owns a command answer it at once. It sets the call's time and nonce.
func (g *Gateway) Call(ctx context.Context, function string, call command.Call) (command.Answer, error) {
	call.Time, call.Nonce = time.Now(), rand.Text()
	var answer command.Answer
	body, err := json.Marshal(call)
	if err != nil {
		return answer, fmt.Errorf("call %s: %w", function, err)
	}
	text, err := g.Post(ctx, function, "", body)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return answer, fmt.Errorf("call %s: read its answer: %w", function, err)
	}
	return answer, nil
}

// Nudge tells the function that owns a job, through the queue, that the job is due. Losing it costs time only.
func (g *Gateway) Nudge(ctx context.Context, p job.Pointer) error {
	body, err := json.Marshal(command.Nudge{Job: p.ID})
	if err != nil {
		return fmt.Errorf("nudge %s: %w", p.Function, err)
	}
	_, err = g.post(ctx, p.Function, "/async-function/"+url.PathEscape(p.Function), body)
	return err
}

// Post invokes a function with a signed body; path begins with a slash or is empty.
func (g *Gateway) Post(ctx context.Context, function, path string, body []byte) ([]byte, error) {
	return g.post(ctx, function, "/function/"+url.PathEscape(function)+path, body)
}

func (g *Gateway) post(ctx context.Context, function, path string, body []byte) (answer []byte, err error) {
	ctx, span := trace.Within(ctx, trace.Client, "call "+function, "path", path)
	defer func() { span.End(err) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.env.GatewayURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("invoke %s: %w", function, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(sign.Header, g.keys.Sign(body))
	trace.Send(ctx, req.Header)
	return g.do(function, req)
}

// Functions lists what is deployed. It needs the secrets basic-auth-user and basic-auth-password.
func (g *Gateway) Functions(ctx context.Context) ([]types.FunctionStatus, error) {
	user, err := g.env.Secret("basic-auth-user")
	if err != nil {
		return nil, err
	}
	password, err := g.env.Secret("basic-auth-password")
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.env.GatewayURL+"/system/functions", nil)
	if err != nil {
		return nil, fmt.Errorf("list functions: %w", err)
	}
	req.SetBasicAuth(string(user), string(password))
	text, err := g.do("gateway", req)
	if err != nil {
		return nil, err
	}
	var list []types.FunctionStatus
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("list functions: %w", err)
	}
	// faasd tells of none how many replicas are available: those that it lists run. Elsewhere at least the one that asks is available.
	if !slices.ContainsFunc(list, func(f types.FunctionStatus) bool { return f.AvailableReplicas > 0 }) {
		for i := range list {
			list[i].AvailableReplicas = list[i].Replicas
		}
	}
	return list, nil
}

func (g *Gateway) do(function string, req *http.Request) ([]byte, error) {
	res, err := g.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("invoke %s: %w", function, err)
	}
	defer func() { _ = res.Body.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("invoke %s: read its answer: %w", function, err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return nil, &StatusError{Function: function, Status: res.StatusCode}
	}
	return text, nil
}
