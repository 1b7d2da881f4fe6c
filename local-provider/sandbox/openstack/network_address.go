package openstack

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
)

// addr is an address that was read before; the zero one for none.
func addr(text string) netip.Addr {
	a, _ := netip.ParseAddr(text)
	return a
}

func (p poolSpan) bounds() (from, to netip.Addr) { return addr(p.Start), addr(p.End) }

// end is the last address of a prefix.
func end(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(b); bit++ {
		b[bit/8] |= 1 << (7 - bit%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// usualGateway is the address that a router has on a subnet when nothing is said: the first of all that a port can have.
func usualGateway(p netip.Prefix) string {
	first := p.Masked().Addr()
	if first.Is4() && p.Bits() < 31 {
		first = first.Next()
	}
	return first.String()
}

// usualPools are all addresses of a subnet but for the gateway's, and those that mean the network and everybody on it.
func usualPools(p netip.Prefix, gateway string) []poolSpan {
	from, to := p.Masked().Addr(), end(p)
	if from.Is4() && p.Bits() < 31 {
		from, to = from.Next(), to.Prev()
	}
	g := addr(gateway)
	if !g.IsValid() || g.Less(from) || to.Less(g) {
		return []poolSpan{{from.String(), to.String()}}
	}
	out := []poolSpan{}
	if from.Less(g) {
		out = append(out, poolSpan{from.String(), g.Prev().String()})
	}
	if g.Less(to) {
		out = append(out, poolSpan{g.Next().String(), to.String()})
	}
	return out
}

// reckon finds out which addresses are in use, after the state was read.
func (s *Server) reckon() {
	s.taken, s.last = map[string]map[netip.Addr]bool{}, map[string]netip.Addr{}
	for _, p := range s.ports.all() {
		for _, f := range p.Fixed {
			s.take(f)
		}
	}
}

func (s *Server) take(f fixedIP) {
	if s.taken[f.Subnet] == nil {
		s.taken[f.Subnet] = map[netip.Addr]bool{}
	}
	s.taken[f.Subnet][addr(f.Address)] = true
}

func (s *Server) free(fixed []fixedIP) {
	for _, f := range fixed {
		delete(s.taken[f.Subnet], addr(f.Address))
	}
}

// next is an address of a subnet that nobody has; the zero one when there is none. It goes on from the one given last, so that an
// address which was given back rests for a while.
func (s *Server) next(t *subnet) netip.Addr {
	for _, a := range []netip.Addr{s.last[t.ID], {}} {
		for _, span := range t.Pools {
			from, to := span.bounds()
			if a.IsValid() && !a.Less(from) {
				from = a.Next()
			}
			for ; from.IsValid() && !to.Less(from); from = from.Next() {
				if !s.taken[t.ID][from] {
					s.last[t.ID] = from
					return from
				}
			}
		}
	}
	return netip.Addr{}
}

// allocate finds the addresses of a port on a network: those that were asked for, or one of a subnet of each version.
func (s *Server) allocate(n string, wanted []fixedIP, usual bool) (out []fixedIP, err error) {
	defer func() {
		if err != nil {
			s.free(out)
		}
	}()
	if usual {
		return s.allocateUsual(n)
	}
	for _, want := range wanted {
		f, err := s.allocateOne(n, want)
		if err != nil {
			return out, err
		}
		s.take(f)
		out = append(out, f)
	}
	return out, nil
}

func (s *Server) allocateUsual(n string) (out []fixedIP, err error) {
	for _, version := range []int{4, 6} {
		subnets := s.subnets.list(func(t *subnet) bool { return t.Network == n && t.Version == version })
		for _, t := range subnets {
			if a := s.next(t); a.IsValid() {
				f := fixedIP{Subnet: t.ID, Address: a.String()}
				s.take(f)
				out = append(out, f)
				break
			}
		}
		if len(subnets) > 0 && !slices.ContainsFunc(out, func(f fixedIP) bool { return addr(f.Address).Is4() == (version == 4) }) {
			return out, noAddress(n)
		}
	}
	return out, nil
}

func noAddress(n string) error {
	return refuseAs(http.StatusConflict, "IpAddressGenerationFailure", "No more IP addresses available on network %s.", n)
}

// allocateOne finds an address as one entry of fixed_ips asks for it.
func (s *Server) allocateOne(n string, want fixedIP) (fixedIP, error) {
	t := s.subnets.get(want.Subnet)
	switch {
	case want.Subnet != "" && t == nil:
		return want, noSubnet(want.Subnet)
	case t != nil && t.Network != n:
		return want, badInput("Failed to create port on network %s, because fixed_ips included invalid subnet %s.", n, want.Subnet)
	case want.Address == "" && t == nil:
		return want, badInput("IP allocation requires subnet_id or ip_address.")
	case want.Address == "":
		a := s.next(t)
		if !a.IsValid() {
			return want, noAddress(n)
		}
		want.Address = a.String()
		return want, nil
	case t == nil:
		t = s.subnets.find(func(t *subnet) bool {
			return t.Network == n && netip.MustParsePrefix(t.CIDR).Contains(addr(want.Address))
		})
		if t == nil {
			return want, refuseAs(http.StatusBadRequest, "InvalidIpForNetwork",
				"IP address %s is not a valid IP for any of the subnets on the specified network.", want.Address)
		}
	case !netip.MustParsePrefix(t.CIDR).Contains(addr(want.Address)):
		return want, refuseAs(http.StatusBadRequest, "InvalidIpForSubnet",
			"IP address %s is not a valid IP for the specified subnet.", want.Address)
	}
	if s.taken[t.ID][addr(want.Address)] {
		return want, refuseAs(http.StatusConflict, "IpAddressAlreadyAllocated",
			"IP address %s already allocated in subnet %s", want.Address, t.ID)
	}
	return fixedIP{Subnet: t.ID, Address: want.Address}, nil
}

// newMAC is an address of Neutron's own range that no port has.
func newMAC() string {
	b := make([]byte, 3)
	_, _ = rand.Read(b) // never fails
	return fmt.Sprintf("fa:16:3e:%02x:%02x:%02x", b[0], b[1], b[2])
}
