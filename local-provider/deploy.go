package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/local-provider/gateway"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// deployOptions are the flags of `deploy`.
type deployOptions struct {
	file, address, only string
	force, prune, found bool
	wait                time.Duration
}

// deploy deploys the functions of a stack file through the API.
func deploy(ctx context.Context, in invocation) error {
	set, dir := flags(in, "deploy")
	var o deployOptions
	set.StringVar(&o.file, "f", "stack.yml", "stack `file`")
	set.StringVar(&o.address, "gateway", "", "`URL` of the API; by default that of the home")
	set.BoolVar(&o.force, "force", false, "deploy also what has not changed, which restarts it")
	set.StringVar(&o.only, "only", "", "just these `functions`, with commas; all of the file when empty")
	set.BoolVar(&o.prune, "prune", false, "delete what is deployed and not among these functions")
	set.BoolVar(&o.found, "found-secrets", false, "give functions the secrets that there are, instead of refusing one of whose secrets there is none")
	set.DurationVar(&o.wait, "wait", 0, "how long to wait for the API to answer")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	functions, err := o.functions(in, h)
	if err != nil {
		return err
	}
	client, err := apiOf(h, o.address)
	if err != nil {
		return err
	}
	if err := await(ctx, client, o.wait); err != nil {
		return err
	}
	if err := deployEach(ctx, in, h, client, functions, o.force); err != nil || !o.prune {
		return err
	}
	return prune(ctx, in, client, functions)
}

// functions are those that the flags choose. A gateway that they do not name is the home's.
func (o *deployOptions) functions(in invocation, h home.Home) ([]stack.Function, error) {
	ports, err := h.ReadPorts()
	if err != nil {
		return nil, err
	}
	if o.address == "" {
		o.address = ports.GatewayURL()
	}
	functions, err := stack.Load(o.file, in.withPorts(ports))
	if err != nil {
		return nil, err
	}
	if o.found {
		if err := found(functions, h); err != nil {
			return nil, err
		}
	}
	return stack.Only(functions, o.only)
}

// withPorts answers the addresses of this home's own services where the environment does not name others.
func (in invocation) withPorts(ports home.Ports) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := in.lookup(name); ok {
			return value, true
		}
		switch name {
		case "HANDSOFF_GATEWAY_URL":
			return ports.GatewayURL(), true
		case "HANDSOFF_REDIS_ADDRESS":
			return ports.RedisAddress(), true
		default:
			return "", false
		}
	}
}

// apiOf is the API of a home's provider.
func apiOf(h home.Home, address string) (*gateway.Client, error) {
	password, err := h.ReadSecret(home.SecretGateway)
	if err != nil {
		return nil, err
	}
	user, err := h.ReadSecret(home.SecretGatewayUser)
	if err != nil {
		return nil, err
	}
	return gateway.New(address, user, password), nil
}

// await waits for the API, when there is a time for it.
func await(ctx context.Context, client *gateway.Client, limit time.Duration) error {
	if limit <= 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return client.Await(ctx)
}

func deployAll(
	ctx context.Context, in invocation, h home.Home, address string, functions []stack.Function, force bool,
) error {
	client, err := apiOf(h, address)
	if err != nil {
		return err
	}
	return deployEach(ctx, in, h, client, functions, force)
}

func deployEach(
	ctx context.Context, in invocation, h home.Home, client *gateway.Client, functions []stack.Function, force bool,
) error {
	images := image.Folder(h.Images())
	var failed error
	for _, f := range functions {
		outcome, err := client.Deploy(ctx, f.Deployment(), images, h.Functions(), force)
		if err != nil {
			failed = errors.Join(failed, err)
			outcome = "not deployed"
		}
		fmt.Fprintf(in.stdout, "%-12s %s\n", f.Name, outcome)
	}
	return failed
}

// prune deletes what is deployed and none of the functions.
func prune(ctx context.Context, in invocation, client *gateway.Client, functions []stack.Function) error {
	gone, err := client.Prune(ctx, func(name string) bool {
		return slices.ContainsFunc(functions, func(f stack.Function) bool { return f.Name == name })
	})
	for _, name := range gone {
		fmt.Fprintf(in.stdout, "%-12s deleted\n", name)
	}
	return err
}
