package home

import (
	"fmt"
	"path/filepath"

	"github.com/handsoff/handsoff/local-provider/durable"
)

// RedisConfig is the file from which redis-server is started.
func (h Home) RedisConfig() string { return filepath.Join(h.Redis(), "redis.conf") }

// WriteRedisConfig writes the configuration of redis-server. The password is in it, and so only the owner may read it;
// an argument list would show it to everybody.
func (h Home) WriteRedisConfig(port int) error {
	password, err := h.ReadSecret(SecretRedis)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`# Written by local-provider; changes are lost.
bind 127.0.0.1
port %d
protected-mode yes
requirepass %q
daemonize no
dir %q
# What was answered is on the disk within a second, two while the disk is busy; with "always", at once.
appendonly yes
appendfsync everysec
# What is written once and soon done makes the file grow fast; to write it anew costs a fork and half a processor.
auto-aof-rewrite-min-size 256mb
save ""
# Full is an error that people see; evicted keys would be lost jobs.
maxmemory-policy noeviction
`, port, password, h.Redis())
	if err := durable.WriteFile(h.RedisConfig(), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the configuration of Redis: %w", err)
	}
	return nil
}
