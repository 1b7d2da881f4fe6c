// Package door serves a stand-in at an address that can be shut, as if its machine were off, and opened again.
package door

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Time limits of the web server. What is served may be large, so there is none on writing.
const (
	headerTime = 10 * time.Second
	readTime   = time.Minute
	idleTime   = 2 * time.Minute
	maxHeader  = 64 << 10
	// farewell is how long requests that are under way may take when a door is closed.
	farewell = 2 * time.Second
)

// A Door is an address at which a handler is served. It can be shut, so that connections are refused as by a machine on
// which nothing runs, and opened again at the same address.
type Door struct {
	handler http.Handler
	addr    string
	mu      sync.Mutex
	web     *http.Server
	ended   chan error
}

// Listen opens a door, on a free port when the address ends in ":0".
func Listen(ctx context.Context, addr string, handler http.Handler) (*Door, error) {
	d := &Door{handler: handler, addr: addr}
	if err := d.Open(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// Addr is where the door is: "127.0.0.1:8081".
func (d *Door) Addr() string { return d.addr }

// URL is the root URL behind the door.
func (d *Door) URL() string { return "http://" + d.addr }

// Open serves again after Shut. It does nothing while the door is open.
func (d *Door) Open(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.web != nil {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", d.addr, err)
	}
	d.addr = listener.Addr().String()
	web := &http.Server{
		Handler: d.handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader,
	}
	ended := make(chan error, 1)
	d.web, d.ended = web, ended
	go func() { ended <- web.Serve(listener) }()
	return nil
}

// Shut closes the port and every connection at once.
func (d *Door) Shut() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.web == nil {
		return nil
	}
	err := d.web.Close()
	return d.closed(err)
}

// Close lets requests that are under way finish, for a short time, and closes the port.
func (d *Door) Close(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.web == nil {
		return nil
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	err := d.web.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = d.web.Close()
	}
	return d.closed(err)
}

func (d *Door) closed(err error) error {
	served := <-d.ended
	d.web = nil
	if errors.Is(served, http.ErrServerClosed) {
		served = nil
	}
	if err = errors.Join(err, served); err != nil {
		return fmt.Errorf("close %s: %w", d.addr, err)
	}
	return nil
}
