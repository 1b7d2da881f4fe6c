package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// message is what a stream has under an id.
type message struct {
	id     string
	fields []string
}

// dump reads a stream as it is.
func dump(t *testing.T, rdb *redis.Client, key string) []message {
	t.Helper()
	rows, err := rdb.Do(t.Context(), "XRANGE", key, "-", "+").Slice()
	if err != nil {
		t.Fatal(err)
	}
	var list []message
	for _, row := range rows {
		m := message{id: row.([]any)[0].(string)}
		for _, field := range row.([]any)[1].([]any) {
			m.fields = append(m.fields, field.(string))
		}
		list = append(list, m)
	}
	return list
}

// store makes a stream anew, as somebody does who can write to Redis; false says that its ids are in no order that it takes.
func store(t *testing.T, rdb *redis.Client, key string, list []message) bool {
	t.Helper()
	cmds, err := rdb.TxPipelined(t.Context(), func(tx redis.Pipeliner) error {
		tx.Del(t.Context(), key)
		for _, m := range list {
			args := []any{"XADD", key, m.id}
			for _, field := range m.fields {
				args = append(args, field)
			}
			tx.Do(t.Context(), args...)
		}
		return nil
	})
	return err == nil && len(cmds) == len(list)+1
}

// flips gives a text with one byte changed, for each of its bytes and some changes.
func flips(text string, masks ...byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range len(text) {
			for _, mask := range masks {
				changed := []byte(text)
				changed[i] ^= mask
				if !yield(string(changed)) {
					return
				}
			}
		}
	}
}

// TestEveryFlippedByteIsFound flips every byte of every id, name and value in both streams: the first that is not as it was
// sealed is the one that was changed.
func TestEveryFlippedByteIsFound(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	acts(t, rdb, 4)
	verify(t, rdb)
	masks := []byte{0x01}
	if jobtest.Soak() {
		masks = []byte{0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80}
	}
	tried := 0
	both := map[string][]message{job.AuditKey: dump(t, rdb, job.AuditKey), chain: dump(t, rdb, chain)}
	for key, other := range map[string]string{job.AuditKey: chain, chain: job.AuditKey} {
		sound := both[key]
		for n := range sound {
			for at := -1; at < len(sound[n].fields); at++ {
				text := sound[n].id
				if at >= 0 {
					text = sound[n].fields[at]
				}
				for changed := range flips(text, masks...) {
					forged := slices.Clone(sound)
					forged[n].fields = slices.Clone(sound[n].fields)
					if at < 0 {
						forged[n].id = changed
					} else {
						forged[n].fields[at] = changed
					}
					if !store(t, rdb, key, forged) {
						continue // Redis keeps no stream in such an order
					}
					if !store(t, rdb, other, both[other]) { // a look seals what it takes for new
						t.Fatal("not stored")
					}
					tried++
					found(t, rdb, n, sound, fmt.Sprintf("%s, entry %d, field %d, %q", key, n, at, changed), at < 0)
				}
			}
		}
		if !store(t, rdb, key, sound) || !store(t, rdb, other, both[other]) {
			t.Fatal("the streams could not be put right")
		}
	}
	if r := verify(t, rdb); !r.Good() || r.Checked != 4 {
		t.Errorf("put right: %s", r)
	}
	t.Logf("%d flips", tried)
	if tried < 1000 {
		t.Errorf("only %d flips", tried)
	}
}

// found checks that the fault that is named is the entry that was changed. One whose id was changed is named as missing,
// or by the id that it has now.
func found(t *testing.T, rdb *redis.Client, n int, sound []message, what string, id bool) {
	t.Helper()
	r, err := audit.Against(context.WithoutCancel(t.Context()), rdb, audit.Head{})
	switch {
	case err != nil:
		t.Fatalf("%s: %v", what, err)
	case r.Fault == nil:
		t.Fatalf("%s is not found: %s", what, r)
	case !id && (r.Fault.ID != sound[n].id || r.Checked != n):
		t.Fatalf("%s: %s", what, r)
	case id && r.Checked != n:
		t.Fatalf("%s: %s", what, r)
	}
}

// TestEveryFlippedByteOfAFileIsFound does the same with what was exported.
func TestEveryFlippedByteOfAFileIsFound(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	acts(t, rdb, 5)
	var file bytes.Buffer
	if err := audit.Export(t.Context(), rdb, &file); err != nil {
		t.Fatal(err)
	}
	sound := file.String()
	if r, err := audit.Check(strings.NewReader(sound), audit.Head{}); err != nil || !r.Good() || r.Checked != 5 {
		t.Fatalf("%v: %s\n%s", err, r, sound)
	}
	if !strings.Contains(sound, `{"base64":`) {
		t.Error("no entry ends amid a character")
	}
	masks := []byte{0x01, 0x20}
	if jobtest.Soak() {
		masks = []byte{0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80}
	}
	tried := 0
	for changed := range flips(sound, masks...) {
		at := 0
		for at < len(sound) && sound[at] == changed[at] {
			at++
		}
		line := 1 + strings.Count(sound[:at], "\n")
		r, err := audit.Check(strings.NewReader(changed), audit.Head{})
		tried++
		if err != nil || r.Fault == nil || r.Fault.Line != line || r.Checked != line-1 {
			t.Fatalf("byte %d, now %q: %v, %s, not line %d", at, changed[at], err, r, line)
		}
	}
	t.Logf("%d flips", tried)
}

// TestWhatIsCutOutIsMissed removes entries, alone and with their links.
func TestWhatIsCutOutIsMissed(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		acts(t, rdb, 5)
		head := verify(t, rdb).Head
		entries, links := dump(t, rdb, job.AuditKey), dump(t, rdb, chain)
		put := func(e, l []message) audit.Report {
			if !store(t, rdb, job.AuditKey, e) || !store(t, rdb, chain, l) {
				t.Fatal("not stored")
			}
			r, err := audit.Against(t.Context(), rdb, head)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for n := range 5 {
			without := slices.Delete(slices.Clone(entries), n, n+1)
			if r := put(without, links); r.Good() || r.Fault == nil || r.Fault.Kind != audit.Missing || r.Fault.ID != entries[n].id {
				t.Errorf("without entry %d: %s", n, r)
			}
			unlinked := slices.Delete(slices.Clone(links), n, n+1)
			r := put(without, unlinked)
			switch {
			case n < 4 && (r.Fault == nil || r.Fault.Kind != audit.Missing || r.Fault.ID != entries[n+1].id):
				t.Errorf("without entry %d and its link: %s", n, r)
			case n == 4 && r.Found != audit.NotYet:
				t.Errorf("without the last one: %s", r)
			}
			if r.Good() {
				t.Errorf("without entry %d and its link: %s", n, r)
			}
			if r := put(entries, unlinked); n < 4 && (r.Fault == nil || r.Fault.Kind != audit.Inserted || r.Fault.ID != entries[n].id) {
				t.Errorf("without link %d: %s", n, r)
			} else if n == 4 && !r.Good() {
				t.Errorf("the last one is sealed again, as it was: %s", r)
			}
		}
		if r := put(nil, nil); r.Good() || r.Found != audit.NotYet {
			t.Errorf("without all: %s", r)
		}
	})
}

// TestARewrittenTrailIsFoundByAHead: who makes a whole new chain passes every check but that.
func TestARewrittenTrailIsFoundByAHead(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		acts(t, rdb, 5)
		head := verify(t, rdb).Head
		entries := dump(t, rdb, job.AuditKey)
		entries[1].fields[3] = "telnet:eve"
		if !store(t, rdb, job.AuditKey, entries) || rdb.Del(t.Context(), chain).Err() != nil {
			t.Fatal("not stored")
		}
		if r := verify(t, rdb); !r.Good() {
			t.Errorf("%s", r)
		}
		r, err := audit.Against(t.Context(), rdb, head)
		if err != nil || r.Good() || r.Found != audit.Rewritten {
			t.Errorf("%v: %s", err, r)
		}
		var file bytes.Buffer
		if err := audit.Export(t.Context(), rdb, &file); err != nil {
			t.Fatal(err)
		}
		if r, err := audit.Check(&file, head); err != nil || r.Good() || r.Found != audit.Rewritten {
			t.Errorf("%v: %s", err, r)
		}
	})
}

// TestOtherFieldsAreSeen: a name twice, or one more, is not what was written here.
func TestOtherFieldsAreSeen(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	acts(t, rdb, 3)
	verify(t, rdb)
	for _, key := range []string{job.AuditKey, chain} {
		sound := dump(t, rdb, key)
		for _, more := range [][]string{{"who", "telnet:eve"}, {"hash", ""}, {"note", "harmless"}} {
			forged := slices.Clone(sound)
			forged[1].fields = slices.Concat(sound[1].fields, more)
			if !store(t, rdb, key, forged) {
				t.Fatal("not stored")
			}
			if r := verify(t, rdb); r.Fault == nil || r.Fault.Kind != audit.Altered || r.Fault.ID != sound[1].id {
				t.Errorf("%s with %q: %s", key, more, r)
			}
		}
		if !store(t, rdb, key, sound) {
			t.Fatal("not stored")
		}
	}
}
