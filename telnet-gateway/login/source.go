package login

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
)

// Source is who a connection's failures are counted for: "203.0.113.7", or "local account 1000" for a client on this machine.
func Source(conn net.Conn) string {
	remote, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return conn.RemoteAddr().String()
	}
	address := remote.Addr().Unmap()
	if !address.IsLoopback() {
		if address.Is6() { // one customer has at least this many addresses
			if prefix, err := address.Prefix(64); err == nil {
				return prefix.String()
			}
		}
		return address.String()
	}
	local, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return address.String()
	}
	if uid, ok := owner(remote, local); ok {
		return "local account " + uid
	}
	return address.String()
}

// owner finds the account that holds the client's end of a connection on this machine, in Linux' table of connections.
func owner(client, server netip.AddrPort) (uid string, ok bool) {
	want := tableAddress(client) + " " + tableAddress(server)
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		if uid, ok := find(name, want); ok {
			return uid, true
		}
	}
	return "", false
}

// find looks for a line "sl local remote st queues timer retransmits uid …".
func find(table, want string) (uid string, ok bool) {
	f, err := os.Open(table)
	if err != nil {
		return "", false
	}
	defer func() { _ = f.Close() }() // only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) > 7 && fields[1]+" "+fields[2] == want {
			return fields[7], true
		}
	}
	return "", false
}

// tableAddress writes an address as the table does: each four bytes in the machine's order.
func tableAddress(a netip.AddrPort) string {
	raw := a.Addr().AsSlice()
	var out strings.Builder
	for i := 0; i+4 <= len(raw); i += 4 {
		var word [4]byte
		binary.BigEndian.PutUint32(word[:], binary.NativeEndian.Uint32(raw[i:]))
		out.WriteString(strings.ToUpper(hex.EncodeToString(word[:])))
	}
	return fmt.Sprintf("%s:%04X", out.String(), a.Port())
}
