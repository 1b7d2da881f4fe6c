package resource

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// ErrNoPing says that this system does not let us ping: on Linux net.ipv4.ping_group_range says whom it does.
var ErrNoPing = errors.New("this machine does not let the function ping (net.ipv4.ping_group_range)")

// pings is how many echo requests are sent, a third of answerWithin apart.
const pings = 3

// protocol is ICMP of a family.
type protocol struct {
	network, local string
	number         int
	request, reply icmp.Type
}

var (
	icmp4 = protocol{"udp4", "0.0.0.0", 1, ipv4.ICMPTypeEcho, ipv4.ICMPTypeEchoReply}
	icmp6 = protocol{"udp6", "::", 58, ipv6.ICMPTypeEchoRequest, ipv6.ICMPTypeEchoReply}
)

// Ping sends echo requests to an address, without privileges, and gives nil once one is answered. Else it says in a few words why not, after a few seconds at most;
// ErrNoPing where it could not be tried.
func Ping(ctx context.Context, address string) error {
	ip := net.ParseIP(address)
	if ip == nil {
		return fmt.Errorf("%q is no address", address)
	}
	p := icmp4
	if ip.To4() == nil {
		p = icmp6
	}
	conn, err := icmp.ListenPacket(p.network, p.local)
	if err != nil {
		return ErrNoPing
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	token := make([]byte, 16)
	if _, err := rand.Read(token); err != nil {
		return ErrNoPing
	}
	for seq := range pings {
		request := icmp.Message{Type: p.request, Body: &icmp.Echo{Seq: seq + 1, Data: token}}
		text, err := request.Marshal(nil)
		if err != nil {
			return ErrNoPing
		}
		if _, err := conn.WriteTo(text, &net.UDPAddr{IP: ip}); err != nil {
			return errors.New("no way leads there from here")
		}
		if ctx.Err() == nil && p.heard(conn, ip, token) {
			return nil
		}
	}
	return errors.New("it does not answer a ping")
}

// heard waits for the answer to a request.
func (p protocol) heard(conn *icmp.PacketConn, from net.IP, token []byte) bool {
	if conn.SetReadDeadline(time.Now().Add(answerWithin/pings)) != nil {
		return false
	}
	for buffer := make([]byte, 1500); ; {
		n, sender, err := conn.ReadFrom(buffer)
		if err != nil {
			return false
		}
		who, _ := sender.(*net.UDPAddr)
		message, err := icmp.ParseMessage(p.number, buffer[:n])
		if err != nil || who == nil || !who.IP.Equal(from) || message.Type != p.reply {
			continue
		}
		if echo, is := message.Body.(*icmp.Echo); is && bytes.Equal(echo.Data, token) {
			return true
		}
	}
}
