package openstack

import "time"

// What Options' zero values stand for.
const (
	defaultPassword = "secret"
	defaultRegion   = "RegionOne"
	// defaultBoot and defaultDelete are about what Nova needs with its fake driver.
	defaultBoot   = 4 * time.Second
	defaultDelete = 3 * time.Second
	// defaultToken is Keystone's [token] expiration.
	defaultToken = time.Hour
)

// Options configures a Server. The zero value is a cloud whose users have the password "secret".
type Options struct {
	// Password is that of all users, of the application credential in CloudsYAML, and of the page and the control; "secret" when empty.
	Password string
	// URL is the root URL, used in the catalogue and in links. When empty each request's Host header says it.
	URL string
	// Region is the only region's name; RegionOne when empty.
	Region string
	// State is the file that keeps everything but tokens over a restart. When empty, everything is in memory.
	State string
	// Boot is the time from BUILD to ACTIVE, and of whatever else takes time, such as a reboot or a volume;
	// 4 s when zero, none when negative.
	Boot time.Duration
	// Delete is the time between a server's delete and its 404; 3 s when zero, none when negative.
	Delete time.Duration
	// Token is how long a token is good; an hour when zero.
	Token time.Duration
	// Speed is how many seconds of the sandbox's clock pass in one real second; 1 when zero.
	Speed float64
	// Frozen makes the clock stand still: only Advance moves it.
	Frozen bool
	// Without leaves services out of the catalogue, by their types, such as "orchestration"; their paths answer 404.
	Without []string
	// Hosts is how many hosts compute; 2 when zero.
	Hosts int
}

func (o Options) withDefaults() Options {
	if o.Password == "" {
		o.Password = defaultPassword
	}
	if o.Region == "" {
		o.Region = defaultRegion
	}
	if o.Token <= 0 {
		o.Token = defaultToken
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.Hosts <= 0 {
		o.Hosts = 2
	}
	o.Boot = positive(o.Boot, defaultBoot)
	o.Delete = positive(o.Delete, defaultDelete)
	return o
}

// positive is the duration, the given one for zero, and none for a negative one.
func positive(d, ifZero time.Duration) time.Duration {
	if d == 0 {
		return ifZero
	}
	return max(d, 0)
}
