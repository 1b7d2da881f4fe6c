package fault

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Pause waits as long as an order says; false when the client has gone, or the server ends, which done says; nil never does.
func Pause(ctx context.Context, d time.Duration, done <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-done:
		return false
	case <-timer.C:
		return true
	}
}

// Drop ends the connection without an answer, as a process that dies does: with a reset, not a polite end.
func Drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
