package resource

import (
	"fmt"
	"maps"
	"strings"
)

// Measure is something a cloud has a quota of.
type Measure string

// What is measured, in the order in which it is told.
const (
	Servers        Measure = "servers"
	Cores          Measure = "cores"
	Memory         Measure = "memory" // MiB
	ServerGroups   Measure = "server_groups"
	KeyPairs       Measure = "key_pairs" // of the user, not the project
	Volumes        Measure = "volumes"
	Gigabytes      Measure = "gigabytes"
	Networks       Measure = "networks"
	Subnets        Measure = "subnets"
	Routers        Measure = "routers"
	Ports          Measure = "ports"
	FloatingIPs    Measure = "floating_ips"
	SecurityGroups Measure = "security_groups"
	SecurityRules  Measure = "security_group_rules"
)

// Measures are all of them, in the order in which they are told.
func Measures() []Measure {
	return []Measure{
		Servers, Cores, Memory, ServerGroups, KeyPairs, Volumes, Gigabytes,
		Networks, Subnets, Routers, Ports, FloatingIPs, SecurityGroups, SecurityRules,
	}
}

// Amounts are so much of each; what is not there is none.
type Amounts map[Measure]int

// Unlimited is the limit of what a cloud has no limit for.
const Unlimited = -1

// Usage is how much of each a project may have (Unlimited for as much as it likes) and how much it has. A measure that is not in Limit was not told (its
// service is missing): nothing is said to lack of it.
type Usage struct {
	Limit Amounts `json:"limit"`
	Used  Amounts `json:"used"`
}

// Words are the measure as people say it: "floating IPs", "MiB of memory".
func (m Measure) Words() string {
	switch m {
	case Memory:
		return "MiB of memory"
	case Gigabytes:
		return "GiB of volumes"
	case FloatingIPs:
		return "floating IPs"
	default:
		return strings.ReplaceAll(string(m), "_", " ")
	}
}

// Of counts a measure as people say it: "1 floating IP", "2 servers".
func (m Measure) Of(n int) string {
	words := m.Words()
	if n == 1 && m != Memory && m != Gigabytes {
		words = strings.TrimSuffix(words, "s")
	}
	return fmt.Sprintf("%d %s", n, words)
}

// Add is what both amounts come to.
func (a Amounts) Add(b Amounts) Amounts {
	sum := maps.Clone(a)
	if sum == nil {
		sum = Amounts{}
	}
	for m, n := range b {
		sum[m] += n
	}
	return sum
}

// Left is how much more of a measure there may be: never below nothing, even where a limit was lowered under what is there; Unlimited for as much as one
// likes, which is also said of what was not told.
func (u Usage) Left(m Measure) int {
	limit, told := u.Limit[m]
	if !told || limit < 0 {
		return Unlimited
	}
	return max(0, limit-u.Used[m])
}

// Shortage is a measure of which there is not enough left.
type Shortage struct {
	Measure Measure
	Need    int // how much is wanted
	Left    int // how much there is
}

// String is the shortage as a person reads it.
func (s Shortage) String() string {
	return fmt.Sprintf("%s, and %d left", s.Measure.Of(s.Need), s.Left)
}

// Lacking is what is short of need, in the order of Measures.
func (u Usage) Lacking(need Amounts) []Shortage {
	var short []Shortage
	for _, m := range Measures() {
		if left := u.Left(m); left != Unlimited && need[m] > left {
			short = append(short, Shortage{Measure: m, Need: need[m], Left: left})
		}
	}
	return short
}
