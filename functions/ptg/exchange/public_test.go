package exchange

import (
	"net"
	"testing"
)

// TestPublic knows which addresses are whose.
func TestPublic(t *testing.T) {
	t.Parallel()
	for ip, fine := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "1.1.1.1": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"fe80::1": false, "fd00::1": false, "0.0.0.0": false, "::": false, "100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "198.18.0.1": false, "2001:db8::1": false,
	} {
		if err := public("tcp", net.JoinHostPort(ip, "443"), nil); (err == nil) != fine {
			t.Errorf("%s: %v", ip, err)
		}
	}
	if err := public("tcp", "not an address", nil); err == nil {
		t.Error("what is no address is let through")
	}
}
