package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/handsoff/handsoff/local-provider/gateway"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// deploy deploys the functions of a stack file through the API.
func deploy(ctx context.Context, in invocation) error {
	set, dir := flags(in, "deploy")
	file := set.String("f", "stack.yml", "stack `file`")
	address := set.String("gateway", "", "`URL` of the API; by default that of the home")
	force := set.Bool("force", false, "deploy also what has not changed, which restarts it")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	ports, err := h.ReadPorts()
	if err != nil {
		return err
	}
	if *address == "" {
		*address = ports.GatewayURL()
	}
	functions, err := stack.Load(*file, in.withPorts(ports))
	if err != nil {
		return err
	}
	return deployAll(ctx, in, h, *address, functions, *force)
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

func deployAll(
	ctx context.Context, in invocation, h home.Home, address string, functions []stack.Function, force bool,
) error {
	password, err := h.ReadSecret(home.SecretGateway)
	if err != nil {
		return err
	}
	user, err := h.ReadSecret(home.SecretGatewayUser)
	if err != nil {
		return err
	}
	client := gateway.New(address, user, password)
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
