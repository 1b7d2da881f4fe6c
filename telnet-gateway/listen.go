package main

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// errOpen is why an address that others can reach is refused.
var errOpen = errors.New("telnet is not encrypted, so it listens on the loopback only; use ssh to reach it from elsewhere, " +
	"or -listen-anywhere if the network is trusted")

// listen listens, and makes sure that it is on the loopback unless anywhere is given. The socket itself is asked, since a
// name may resolve to anything.
func listen(ctx context.Context, address string, anywhere bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("-listen %s: %w", address, err)
	}
	if ip := net.ParseIP(host); !anywhere && (host == "" || (ip != nil && !ip.IsLoopback())) {
		return nil, fmt.Errorf("-listen %s: %w", address, errOpen)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !anywhere && (!ok || !tcp.IP.IsLoopback()) {
		return nil, errors.Join(fmt.Errorf("-listen %s: %w", address, errOpen), listener.Close())
	}
	return listener, nil
}
