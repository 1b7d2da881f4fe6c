package main

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain looks for goroutines that outlive their test: a function that is stopped leaves nothing behind but idle connections.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}
