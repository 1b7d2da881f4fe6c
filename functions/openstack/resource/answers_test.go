package resource_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// listener says text to everybody who comes, and gives its port.
func listener(t *testing.T, text string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(text))
			if text != "" { // who says nothing holds the line
				_ = conn.Close()
			} else {
				t.Cleanup(func() { _ = conn.Close() })
			}
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func TestAServerAnswers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n":             "",
		"Only for our people.\r\nSSH-2.0-dropbear\n":     "",
		"HTTP/1.1 400 Bad Request\r\n\r\n":               "says nothing that SSH would",
		strings.Repeat("x", 300) + "\nSSH-2.0-x\n":       "says nothing that SSH would",
		strings.Repeat("hello\n", 20) + "SSH-2.0-late\n": "says something that SSH would not",
	} {
		port := listener(t, text)
		if err := resource.Answers(t.Context(), "127.0.0.1", port, false); err != nil {
			t.Errorf("what says %.20q takes connections: %v", text, err)
		}
		err := resource.Answers(t.Context(), "127.0.0.1", port, true)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("what says %.20q: %v", text, err)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	const nobodys = 1 // a port that the system gives to nobody
	if err := resource.Answers(t.Context(), "127.0.0.1", nobodys, false); err == nil || !strings.Contains(err.Error(), "takes no connections") {
		t.Errorf("a closed port: %v", err)
	}
	for _, address := range []string{"localhost", "", "127.0.0.1:22", "-x"} {
		if err := resource.Answers(t.Context(), address, 22, false); err == nil || !strings.Contains(err.Error(), "no address") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestWhoWaitsForAGreetingCanBeCalledOff(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	port := listener(t, "")
	done := make(chan error)
	go func() { done <- resource.Answers(ctx, "127.0.0.1", port, true) }()
	cancel()
	if err := <-done; err == nil {
		t.Error("a greeting was read that nobody sent")
	}
}
