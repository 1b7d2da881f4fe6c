package redisinfo

import (
	"slices"
	"testing"
)

// TestRead: what stands in a section is read; what is odd, or is not there, is not known.
func TestRead(t *testing.T) {
	t.Parallel()
	var info Info
	info.read("# Memory\r\nused_memory:900\r\nmaxmemory:1000\r\ntotal_system_memory:4000\r\nused_memory_human:900B\r\n")
	if info.Used != 900 || info.Limit != 1000 || info.Machine != 4000 || info.Files || Percent(info.Used, info.Limit) != 90 {
		t.Errorf("%+v", info)
	}
	info.read("# Persistence\r\naof_last_write_status:err\r\nrdb_last_bgsave_status:ok\r\naof_last_bgrewrite_status:odd\r\nother_status:err\r\n")
	if !info.Files || !slices.Equal(info.Failing, []string{"aof_last_write_status is err", "aof_last_bgrewrite_status is odd"}) {
		t.Errorf("%+v", info)
	}
	info.read("connected_clients:7\r\nredis_version:8.0.1\r\nmaxmemory:-1\r\n")
	if info.Clients != 7 || info.Version != "8.0.1" || info.Limit != 0 || Percent(info.Used, info.Limit) != 0 {
		t.Errorf("%+v", info)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("used_memory:1\r\nmaxmemory:2\n:\n")
	f.Fuzz(func(_ *testing.T, text string) { new(Info).read(text) })
}
