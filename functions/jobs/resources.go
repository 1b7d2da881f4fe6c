package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/handsoff/handsoff/shared/redisinfo"
)

// When something runs low, in percent.
const (
	leftMemory = 10 // of the machine's memory available
	leftDisk   = 5  // of a disk free
)

// resources says how much Redis uses, and what runs low.
func (d *desk) resources(ctx context.Context) (use string, low []string) {
	info, err := redisinfo.Read(ctx, d.rdb)
	if err != nil {
		d.log.WarnContext(ctx, "ask Redis how it does", "error", err)
	}
	use = "its memory is not known"
	switch {
	case info.Limit > 0:
		use = fmt.Sprintf("%s of %s memory used", mebibytes(info.Used), mebibytes(info.Limit))
		if redisinfo.Percent(info.Used, info.Limit) >= redisinfo.Low {
			low = append(low, "Redis' memory: new jobs are refused when it is full; raise maxmemory")
		}
	case info.Used > 0:
		use = mebibytes(info.Used) + " memory used"
	}
	for _, what := range info.Failing {
		low = append(low, "Redis cannot write its file ("+what+"): is its disk full?")
	}
	return use, append(low, machine()...)
}

// machine says what runs low where this function runs.
func machine() []string {
	var low []string
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if left, total := meminfo(string(text)); total > 0 && left*100 < total*leftMemory {
			low = append(low, fmt.Sprintf("memory: %s of %s are left", mebibytes(left), mebibytes(total)))
		}
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(os.TempDir(), &disk); err == nil && disk.Blocks > 0 && disk.Bavail*100 < disk.Blocks*leftDisk {
		low = append(low, fmt.Sprintf("disk: %d %% of %s are free", disk.Bavail*100/disk.Blocks, os.TempDir()))
	}
	return low
}

// meminfo reads Linux' /proc/meminfo, whose figures are in KiB.
func meminfo(text string) (available, total uint64) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "MemAvailable:":
			available = number(fields[1]) << 10
		case "MemTotal:":
			total = number(fields[1]) << 10
		}
	}
	return available, total
}

func number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
