package resource

import "encoding/json"

// rulesOfEach is how many rules a security group is made with: all that goes out, of IPv4 and of IPv6.
const rulesOfEach = 2

// Need is the quota that wishes take. Servers must have been settled, which tells their flavors' sizes. What a stack makes is its own affair: it is not known.
func Need(wishes []Wish) Amounts {
	need := Amounts{}
	served := map[Ref]bool{} // networks that give out addresses, from a port of their own
	for _, w := range wishes {
		switch w.Kind {
		case KindKeyPair:
			need[KeyPairs]++
		case KindServerGroup:
			need[ServerGroups]++
		case KindNetwork:
			need[Networks]++
		case KindSubnet:
			need[Subnets]++
			if spec := specOf[SubnetSpec](w); (spec.DHCP == nil || *spec.DHCP) && !served[spec.Network] {
				served[spec.Network] = true
				need[Ports]++
			}
		case KindRouter:
			need[Routers]++
		case KindRouterPort:
			need[Ports]++
		case KindSecGroup:
			need[SecurityGroups]++
			need[SecurityRules] += rulesOfEach + len(specOf[SecGroupSpec](w).Rules)
		case KindVolume:
			need[Volumes]++
			need[Gigabytes] += specOf[VolumeSpec](w).Size
		case KindServer:
			need = need.Add(specOf[ServerSpec](w).need())
		case KindFloatingIP:
			need[FloatingIPs]++
		}
	}
	return need
}

func (s ServerSpec) need() Amounts {
	need := Amounts{Servers: 1, Cores: s.Cores, Memory: s.Memory, Ports: len(s.Networks)}
	if s.BootVolume > 0 {
		need[Volumes], need[Gigabytes] = 1, s.BootVolume
	}
	return need
}

// specOf is a wish's spec, or an empty one: whether it can be read is for Make to say.
func specOf[T any](w Wish) T {
	var spec T
	_ = json.Unmarshal(w.Spec, &spec)
	return spec
}
