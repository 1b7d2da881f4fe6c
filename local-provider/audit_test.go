package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestATrailIsCheckedWithoutRedis: what export writes verify reads, also when Redis is gone.
func TestATrailIsCheckedWithoutRedis(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	rdb := server.Client(t)
	store := jobtest.Open(t, rdb, job.Options{})
	for _, act := range []string{"accepted", "cancel", "cancelled"} {
		if err := store.Audit(t.Context(), job.AuditEntry{Who: "telnet:ann", Act: act, Job: "k3f7"}); err != nil {
			t.Fatal(err)
		}
	}
	say := func(args ...string) (string, error) {
		var out, errs bytes.Buffer
		err := run(t.Context(), append([]string{"audit"}, args...), nil, &out, &errs)
		return out.String(), err
	}
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "secrets"), 0o700),
		os.WriteFile(filepath.Join(dir, "secrets", "redis-password"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	text, err := say("-home", dir, "-redis", server.Address, "export")
	if err != nil || strings.Count(text, "\n") != 3 {
		t.Fatalf("%v, %q", err, text)
	}
	head, err := audit.Newest(t.Context(), rdb)
	if err != nil {
		t.Fatal(err)
	}
	server.Kill(t)
	file := filepath.Join(dir, "trail.jsonl")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(text)
	if out, err := say("verify", file, head.String()); err != nil || !strings.HasPrefix(out, "3 entries are as they were sealed") ||
		!strings.Contains(out, "nothing up to it was changed") {
		t.Errorf("%v, %q", err, out)
	}
	lines := strings.SplitAfter(text, "\n")
	write(lines[0] + lines[1])
	if out, err := say("verify", file, head.String()); !errors.Is(err, errAudit) || !strings.Contains(out, "they end before the head") {
		t.Errorf("%v, %q", err, out)
	}
	write(strings.Replace(text, "cancel", "accept", 1))
	if out, err := say("verify", file); !errors.Is(err, errAudit) || !strings.HasPrefix(out, "The first that is not as it was sealed is line 2, the entry ") {
		t.Errorf("%v, %q", err, out)
	}
	write("")
	if out, err := say("verify", file); !errors.Is(err, errNoTrail) {
		t.Errorf("of an empty file: %v, %q", err, out)
	}
	write(lines[0])
	if out, err := say("verify", file); err != nil || !strings.HasPrefix(out, "1 entry is as it was sealed; ") || !strings.Contains(out, "No head was given") {
		t.Errorf("%v, %q", err, out)
	}
	for _, wrong := range [][]string{{}, {"verify"}, {"verify", file, "9f"}, {"verify", file + "x"}, {"seal"}} {
		if _, err := say(wrong...); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
