// Package embedded is a Redis in memory for machines on which redis-server is not installed. It speaks enough of Redis
// for functions to work, and keeps nothing: when it ends, everything in it is gone.
package embedded

import (
	"context"
	"fmt"
	"strings"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// settings are what clients ask for before they trust a Redis: it never evicts, and it does not write to disk.
var settings = map[string]string{
	"maxmemory": "0", "maxmemory-policy": "noeviction", "appendonly": "no", "save": "",
}

// Serve serves on an address with a password until ctx is done.
func Serve(ctx context.Context, address, password string) error {
	redis := miniredis.NewMiniRedis()
	redis.RequireAuth(password)
	// Keys must expire as time passes; a test would move the time by hand.
	redis.ClockTTL(true)
	if err := redis.StartAddr(address); err != nil {
		return fmt.Errorf("the embedded Redis cannot listen on %s: %w", address, err)
	}
	defer redis.Close()
	if err := redis.Server().Register("CONFIG", config); err != nil {
		return fmt.Errorf("the embedded Redis cannot answer CONFIG: %w", err)
	}
	<-ctx.Done()
	return nil
}

// config answers CONFIG GET, which the embedded server itself does not know. It tells nothing that needs a password.
func config(c *server.Peer, _ string, args []string) {
	if len(args) < 2 || !strings.EqualFold(args[0], "get") {
		c.WriteError("ERR only CONFIG GET is possible in the embedded Redis")
		return
	}
	found := make(map[string]string)
	for _, name := range args[1:] {
		if value, ok := settings[strings.ToLower(name)]; ok {
			found[strings.ToLower(name)] = value
		}
	}
	c.WriteMapLen(len(found))
	for name, value := range found {
		c.WriteBulk(name)
		c.WriteBulk(value)
	}
}
