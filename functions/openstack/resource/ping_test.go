package resource_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"golang.org/x/net/icmp"

	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// A machine pings itself where it lets us ping; else that is said, and not that nobody answers.
func TestPing(t *testing.T) {
	t.Parallel()
	conn, err := icmp.ListenPacket("udp4", "0.0.0.0")
	may := err == nil
	if may {
		_ = conn.Close()
	}
	switch err := resource.Ping(t.Context(), "127.0.0.1"); {
	case may && err != nil, !may && !errors.Is(err, resource.ErrNoPing):
		t.Error(may, err)
	}
	if err := resource.Ping(t.Context(), "192.0.2.254"); err == nil || may && errors.Is(err, resource.ErrNoPing) { // of the documentation's block
		t.Error(err)
	}
	for _, text := range []string{"", "localhost", "127.0.0.1; ls", net.IPv4zero.String() + "/0"} {
		if err := resource.Ping(t.Context(), text); err == nil || errors.Is(err, resource.ErrNoPing) {
			t.Errorf("%q: %v", text, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if resource.Ping(ctx, "127.0.0.1") == nil {
		t.Error("it was called off")
	}
}
