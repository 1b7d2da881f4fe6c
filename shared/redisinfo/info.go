// Package redisinfo reads what Redis says of its memory and its files, and says from where on its memory runs low.
package redisinfo

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// From where on memory runs low, in percent of what Redis may use. It takes no new job when that is full.
const (
	Low    = 85
	Nearly = 95 // nearly out of room
)

// Info is what Redis says. The zero value is that of an embedded one, which says nothing.
type Info struct {
	Used    uint64 // bytes of memory
	Limit   uint64 // bytes that it may use; 0 for no limit of its own
	Machine uint64 // bytes of its machine
	Clients uint64
	Version string
	Files   bool     // whether Failing is known
	Failing []string // what it could not write, as "aof_last_write_status is err"
}

// sections are asked for one by one: an embedded Redis knows fewer, and refuses what it does not know.
var sections = []string{"memory", "persistence", "clients", "server"}

// Read asks Redis. What it does not tell stays zero; an error is the first of those that it answered, together with what it told.
func Read(ctx context.Context, rdb redis.UniversalClient) (Info, error) {
	var info Info
	var fault error
	for _, section := range sections {
		text, err := rdb.Info(ctx, section).Result()
		if err != nil && fault == nil {
			fault = fmt.Errorf("info %s: %w", section, err)
		}
		info.read(text)
	}
	return info, fault
}

// Percent is how much of a limit is used, rounded down; 0 without one.
func Percent(used, limit uint64) uint64 {
	if limit == 0 {
		return 0
	}
	return used * 100 / limit
}

func (i *Info) read(text string) {
	numbers := map[string]*uint64{"used_memory": &i.Used, "maxmemory": &i.Limit, "total_system_memory": &i.Machine, "connected_clients": &i.Clients}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "redis_version":
			i.Version = value
		case "aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status":
			i.Files = true
			if value != "ok" {
				i.Failing = append(i.Failing, name+" is "+value)
			}
		}
		if number := numbers[name]; number != nil {
			*number, _ = strconv.ParseUint(value, 10, 64) // what is none is 0
		}
	}
}
