package webapi_test

import (
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

func TestFaults(t *testing.T) {
	t.Parallel()
	wrapped := func(err error) error { return &url.Error{Op: "Get", URL: "https://x", Err: err} }
	dial := func(err error) error {
		return wrapped(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)})
	}
	notJSON := json.Unmarshal([]byte("<html>"), new(int))
	for _, test := range []struct {
		err    error
		is     string // which of the predicates hold
		reason string
	}{
		{dial(syscall.ECONNREFUSED), "unsent network", "connection refused"},
		{wrapped(&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}), "network", "connection reset"},
		{fmt.Errorf("write: %w", syscall.EPIPE), "network", "connection reset"},
		{dial(syscall.ETIMEDOUT), "timeout unsent network", ""},
		{wrapped(&net.DNSError{Name: "x", IsNotFound: true}), "network", "its name is not known"},
		{notJSON, "broken", ""},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), "broken", ""},
		{errors.New("stream error: stream ID 1"), "network", ""},
		{errors.New("it is Monday"), "", ""},
	} {
		var is []string
		for _, one := range []struct {
			name string
			is   func(error) bool
		}{{"timeout", webapi.IsTimeout}, {"unsent", webapi.IsUnsent}, {"broken", webapi.IsBroken}, {"network", webapi.IsNetwork}} {
			if one.is(test.err) {
				is = append(is, one.name)
			}
		}
		if got := strings.Join(is, " "); got != test.is || webapi.Reason(test.err) != test.reason {
			t.Errorf("%v is %q because %q, want %q because %q", test.err, got, webapi.Reason(test.err), test.is, test.reason)
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
