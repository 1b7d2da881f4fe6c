package supervisor

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSetAside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.log")
	if err := setAside(path); err != nil {
		t.Errorf("a log that is not there: %v", err)
	}
	// The service keeps its file open for appending all the time.
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	for _, step := range []struct {
		write         int
		now, setAside int64
	}{{10, 10, -1}, {maxLog, 0, maxLog + 10}, {5, 5, maxLog + 10}} {
		if _, err := log.Write(make([]byte, step.write)); err != nil {
			t.Fatal(err)
		}
		if err := setAside(path); err != nil {
			t.Fatal(err)
		}
		if got := size(path); got != step.now {
			t.Errorf("the log has %d bytes, want %d", got, step.now)
		}
		if got := size(path + ".1"); got != step.setAside {
			t.Errorf("%d bytes are set aside, want %d", got, step.setAside)
		}
	}
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}
