package resource

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func amounts() *rapid.Generator[Amounts] {
	return rapid.Custom(func(t *rapid.T) Amounts {
		a := Amounts{}
		for _, m := range rapid.SliceOfDistinct(rapid.SampledFrom(Measures()), rapid.ID[Measure]).Draw(t, "measures") {
			a[m] = rapid.IntRange(0, 50).Draw(t, string(m))
		}
		return a
	})
}

// What does not lack fits, what lacks does not, and what was not told or has no limit never lacks.
func TestQuotaIsArithmetic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		u := Usage{Limit: amounts().Draw(t, "limit"), Used: amounts().Draw(t, "used")}
		for m := range u.Limit {
			if rapid.IntRange(0, 4).Draw(t, "unlimited") == 0 {
				u.Limit[m] = Unlimited
			}
		}
		need := amounts().Draw(t, "need")
		short := map[Measure]Shortage{}
		for _, s := range u.Lacking(need) {
			short[s.Measure] = s
		}
		for _, m := range Measures() {
			limit, told := u.Limit[m]
			fits := !told || limit == Unlimited || need[m] == 0 || u.Used[m]+need[m] <= limit
			if s, lacks := short[m]; lacks == fits {
				t.Errorf("%s: %d of %d used, %d wanted: lacking %v", m, u.Used[m], limit, need[m], s)
			} else if lacks && (s.Left < 0 || s.Left >= s.Need || s.Need != need[m]) {
				t.Errorf("%s: %+v", m, s)
			}
		}
	})
}

// Wishes take as much together as one by one, but for the port that gives out the addresses of a network, which is one however many subnets it has.
func TestNeedAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wishes := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Wish {
			kind := rapid.SampledFrom([]string{KindServer, KindVolume, KindSecGroup, KindFloatingIP, KindRouter, KindRouterPort, KindNetwork, KindKeyPair, KindStack}).Draw(t, "kind")
			n := rapid.IntRange(0, 4).Draw(t, "n")
			var spec any
			switch kind {
			case KindServer:
				spec = ServerSpec{Cores: n, Memory: 64 * n, Networks: make([]NIC, n), BootVolume: rapid.IntRange(0, 2).Draw(t, "boot")}
			case KindVolume:
				spec = VolumeSpec{Size: n}
			case KindSecGroup:
				spec = SecGroupSpec{Rules: make([]RuleSpec, n)}
			}
			text, err := json.Marshal(spec)
			if err != nil {
				t.Fatal(err)
			}
			return Wish{Kind: kind, Spec: text}
		})).Draw(t, "wishes")
		sum := Amounts{}
		for _, w := range wishes {
			sum = sum.Add(Need([]Wish{w}))
		}
		whole := Need(wishes)
		for _, m := range Measures() {
			if whole[m] != sum[m] {
				t.Errorf("%s: %d together and %d one by one", m, whole[m], sum[m])
			}
		}
	})
}

func TestWhatAnEnvironmentTakes(t *testing.T) {
	t.Parallel()
	wish := func(kind string, spec any) Wish {
		text, err := json.Marshal(spec)
		if err != nil {
			t.Fatal(err)
		}
		return Wish{Kind: kind, Spec: text}
	}
	no := false
	net, other := Ref{Item: "net"}, Ref{Item: "other"}
	got := Need([]Wish{
		wish(KindNetwork, NetworkSpec{}), wish(KindSubnet, SubnetSpec{Network: net}), wish(KindSubnet, SubnetSpec{Network: net}),
		wish(KindSubnet, SubnetSpec{Network: other, DHCP: &no}), wish(KindRouter, RouterSpec{}), wish(KindRouterPort, RouterPortSpec{}),
		wish(KindSecGroup, SecGroupSpec{Rules: []RuleSpec{{}, {}}}), wish(KindServer, ServerSpec{Cores: 2, Memory: 4096, BootVolume: 20, Networks: []NIC{{}, {}}}),
		wish(KindVolume, VolumeSpec{Size: 5}), wish(KindProject, ProjectSpec{Quota: Amounts{Servers: 9}}),
	})
	want := Amounts{
		Networks: 1, Subnets: 3, Ports: 4, Routers: 1, SecurityGroups: 1, SecurityRules: 4, Servers: 1, Cores: 2, Memory: 4096, Volumes: 2, Gigabytes: 25,
	}
	for _, m := range Measures() {
		if got[m] != want[m] {
			t.Errorf("%s: %d, and not %d", m, got[m], want[m])
		}
	}
}

func TestMeasuresAreCounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		measure Measure
		n       int
		want    string
	}{
		{KeyPairs, 1, "1 key pair"},
		{KeyPairs, 2, "2 key pairs"},
		{FloatingIPs, 1, "1 floating IP"},
		{Memory, 1, "1 MiB of memory"},
		{Gigabytes, 1, "1 GiB of volumes"},
		{SecurityRules, 1, "1 security group rule"},
		{Servers, 0, "0 servers"},
	} {
		if got := c.measure.Of(c.n); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
