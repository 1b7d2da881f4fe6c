package webapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/handsoff/handsoff/shared/webapi"
)

func TestSite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://Review.example.org/path/": "https://review.example.org/path",
		"http://127.0.0.1:80":              "http://127.0.0.1:80",
		"http://[::1]/":                    "http://[::1]",
		"http://localhost":                 "http://localhost",
		"review.example.org":               "not an address like https://x",
		"ssh://example.org":                "not an address like https://x",
		"https://ann@example.org":          "without a user",
		"https://example.org?a=b":          "without a user",
		"http://example.org":               "example.org must be https",
	} {
		got, err := webapi.Site(text, "https://x")
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) || err == nil && got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

func wrapped(err error) error { return &url.Error{Op: "Get", URL: "https://x", Err: err} }

func dial(err error) error {
	return wrapped(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err             error
		timeout, unsent bool
		reason          string
	}{
		{dial(syscall.ECONNREFUSED), false, true, "connection refused"},
		{wrapped(&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}), false, false, "connection reset"},
		{fmt.Errorf("write: %w", syscall.EPIPE), false, false, "connection reset"},
		{dial(syscall.ETIMEDOUT), true, true, ""},
		{wrapped(&net.DNSError{Name: "x", IsNotFound: true}), false, false, "its name is not known"},
		{errors.New("it is Monday"), false, false, ""},
	} {
		timeout, unsent, reason := webapi.IsTimeout(test.err), webapi.IsUnsent(test.err), webapi.Reason(test.err)
		if timeout != test.timeout || unsent != test.unsent || reason != test.reason {
			t.Errorf("%v: timeout %v, unsent %v, because %q", test.err, timeout, unsent, reason)
		}
	}
}

// TestBroke: what brought no answer is told without the address, which may be a secret.
func TestBroke(t *testing.T) {
	t.Parallel()
	const foreign = "not an answer of X's API"
	for _, test := range []struct {
		err     error
		words   string
		passing bool
		cause   error
	}{
		{wrapped(context.Canceled), "cancelled by ourselves", true, context.Canceled},
		{wrapped(context.DeadlineExceeded), "timeout", true, context.DeadlineExceeded},
		{dial(syscall.ETIMEDOUT), "timeout", true, context.DeadlineExceeded},
		{fmt.Errorf("read: %w", webapi.ErrTooLarge), "the answer is larger than we read", false, webapi.ErrTooLarge},
		{json.Unmarshal([]byte("<html>"), new(int)), foreign, true, nil},
		{json.Unmarshal([]byte("{}"), new(int)), foreign, true, nil},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), foreign, true, nil},
		{dial(syscall.ECONNREFUSED), "connection refused", true, nil},
		{wrapped(errors.New("it is Monday")), "it is Monday", true, nil},
		{errors.New("stream error: stream ID 1"), "stream error: stream ID 1", true, nil},
		{fmt.Errorf("read: %w", net.ErrClosed), "read: use of closed network connection", true, nil},
		{errors.New("it is Monday"), "it is Monday", false, nil},
	} {
		words, passing, cause := webapi.Broke("X", test.err)
		if words != test.words || passing != test.passing || !errors.Is(cause, test.cause) {
			t.Errorf("%v is %q, passing %v, of %v", test.err, words, passing, cause)
		}
	}
}

// TestLimit: as much as is allowed can be read, a byte at a time too, and one byte more is an error.
func TestLimit(t *testing.T) {
	t.Parallel()
	for most, want := range map[int64]error{5: nil, 4: webapi.ErrTooLarge, 0: webapi.ErrTooLarge} {
		for _, body := range []io.Reader{strings.NewReader("12345"), iotest.OneByteReader(strings.NewReader("12345"))} {
			limited := webapi.Limit(io.NopCloser(body), most)
			if text, err := io.ReadAll(limited); !errors.Is(err, want) || string(text) != "12345"[:most] {
				t.Errorf("%d: %q %v", most, text, err)
			}
			if _, err := limited.Read(make([]byte, 1)); want != nil && !errors.Is(err, want) {
				t.Errorf("%d: read on: %v", most, err)
			}
		}
	}
}
