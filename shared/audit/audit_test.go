package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const chain = job.AuditKey + ":chain"

// acts writes n entries, as everybody does.
func acts(t *testing.T, rdb *redis.Client, n int) {
	t.Helper()
	store := jobtest.Open(t, rdb, job.Options{})
	for i := range n {
		e := job.AuditEntry{Who: "telnet:ann", Act: "cancel", Job: fmt.Sprintf("k%df", i), Detail: "because\n“" + strings.Repeat("ä", i) + "” <&>"}
		if i%3 == 1 { // an old one, cut amid a character
			add := &redis.XAddArgs{Stream: job.AuditKey, Values: []any{
				"at", time.Now().UnixMilli(), "who", "slack:U0BOB", "act", "login refused", "job", "", "detail", "x" + strings.Repeat("é", 300)[:499],
			}}
			if err := rdb.XAdd(t.Context(), add).Err(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := store.Audit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func verify(t *testing.T, rdb *redis.Client) audit.Report {
	t.Helper()
	report, err := audit.Against(t.Context(), rdb, audit.Head{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// ids are those of a stream, the oldest first.
func ids(t *testing.T, rdb *redis.Client, key string) []string {
	t.Helper()
	list, err := rdb.XRange(t.Context(), key, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.ID
	}
	return names
}

func TestEveryEntryIsSealedOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		if r := verify(t, rdb); !r.Good() || r.Checked != 0 || r.String() != "0 entries are as they were sealed." {
			t.Errorf("of nothing: %s", r)
		}
		acts(t, rdb, 3)
		first := verify(t, rdb)
		acts(t, rdb, 1200) // more than a batch, and more than a page
		var sealers sync.WaitGroup
		for range 4 {
			sealers.Go(func() {
				if err := audit.Seal(context.WithoutCancel(t.Context()), rdb); err != nil {
					t.Error(err)
				}
			})
		}
		sealers.Wait()
		r := verify(t, rdb)
		if !r.Good() || r.Checked != 1203 || r.Unsealed != 0 || r.First != first.First {
			t.Errorf("%s", r)
		}
		entries, links := ids(t, rdb, job.AuditKey), ids(t, rdb, chain)
		if strings.Join(entries, " ") != strings.Join(links, " ") || r.Head.ID != entries[1202] {
			t.Errorf("%d entries have %d links, the head is %s", len(entries), len(links), r.Head)
		}
		again, err := audit.Against(t.Context(), rdb, first.Head)
		if err != nil || again.Found != audit.Stands || !again.Good() {
			t.Errorf("%v, %s", err, again)
		}
		var file bytes.Buffer
		if err := audit.Export(t.Context(), rdb, &file); err != nil {
			t.Fatal(err)
		}
		offline, err := audit.Check(&file, first.Head)
		if err != nil || offline != again {
			t.Errorf("%v, the file: %s; Redis: %s", err, offline, again)
		}
	})
}

// TestWhatCameMeanwhileIsNoFault: an entry that was written behind the last link has none yet.
func TestWhatCameMeanwhileIsNoFault(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	acts(t, rdb, 5)
	rdb.AddHook(&afterScript{do: func() { acts(t, rdb, 2) }})
	if r := verify(t, rdb); !r.Good() || r.Checked != 5 || r.Unsealed != 2 || !strings.Contains(r.String(), "2 newer ones are not sealed yet") {
		t.Errorf("%s", r)
	}
}

// afterScript does something once, after the first script was run.
type afterScript struct {
	do   func()
	once sync.Once
}

func (a *afterScript) DialHook(next redis.DialHook) redis.DialHook { return next }

func (a *afterScript) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (a *afterScript) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if strings.HasPrefix(cmd.Name(), "eval") && err == nil {
			a.once.Do(a.do)
		}
		return err
	}
}

// TestADeathLosesNoSeal dies before and after each call of a sealer; the next one ends what it began.
func TestADeathLosesNoSeal(t *testing.T) {
	t.Parallel()
	address := jobtest.Redis(t).Address
	watcher := redis.NewClient(&redis.Options{Addr: address})
	t.Cleanup(func() { _ = watcher.Close() })
	for point := 1; point <= 8; point++ {
		if err := watcher.FlushDB(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		acts(t, watcher, 502)
		mortal := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
		life := jobtest.NewLife(jobtest.Death{Point: (point + 1) / 2, After: point%2 == 0})
		mortal.AddHook(life)
		if err := audit.Seal(t.Context(), mortal); err == nil && life.Dead() {
			t.Error("it says nothing of its death")
		}
		_ = mortal.Close()
		if r := verify(t, watcher); !r.Good() || r.Checked != 502 {
			t.Errorf("point %d: %s", point, r)
		}
	}
}

// TestForgottenEntriesAreNoFault: the trail keeps so many, and the chain goes with it.
func TestForgottenEntriesAreNoFault(t *testing.T) {
	t.Parallel()
	const keep = 3000
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		look := func(head audit.Head) audit.Report {
			r, err := audit.AgainstKeeping(t.Context(), rdb, head, keep)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		cut := func(n int64) {
			if err := rdb.XTrimMaxLen(t.Context(), job.AuditKey, n).Err(); err != nil {
				t.Fatal(err)
			}
		}
		acts(t, rdb, 3)
		old := look(audit.Head{}).Head
		fill(t, rdb, keep)
		middle := look(audit.Head{}).Head
		fill(t, rdb, 500)
		cut(keep)
		for range 2 { // before and after the chain was cut
			if r := look(middle); !r.Good() || r.Found != audit.Stands || r.Checked != keep {
				t.Errorf("%s", r)
			}
		}
		if links := rdb.XLen(t.Context(), chain).Val(); links != keep {
			t.Errorf("%d entries, %d links", keep, links)
		}
		if r := look(old); r.Found != audit.TooOld || !r.Good() {
			t.Errorf("%s", r)
		}
		cut(keep - 1)
		if r := look(audit.Head{}); r.Good() || r.Fault.Kind != audit.Missing {
			t.Errorf("what was cut off is not missed: %s", r)
		}
		if err := rdb.XTrimMaxLen(t.Context(), chain, keep-1).Err(); err != nil {
			t.Fatal(err)
		}
		if r := look(audit.Head{}); r.Good() || r.Fault.Kind != audit.Missing {
			t.Errorf("what was cut off with its links is not missed: %s", r)
		}
	})
}

// TestWhatIsForgottenDuringALookIsNoFault: the oldest entries go while others are looked at.
func TestWhatIsForgottenDuringALookIsNoFault(t *testing.T) {
	t.Parallel()
	const keep = 3000
	_, rdb := jobtest.New(t)
	fill(t, rdb, keep+200)
	if err := audit.Seal(t.Context(), rdb); err != nil {
		t.Fatal(err)
	}
	other := redis.NewClient(rdb.Options())
	defer func() { _ = other.Close() }()
	rdb.AddHook(&afterPipeline{number: 2, do: func() {
		fill(t, other, 2500)
		if err := errors.Join(audit.Seal(t.Context(), other), other.XTrimMaxLen(t.Context(), job.AuditKey, keep).Err()); err != nil {
			t.Error(err)
		}
	}})
	r, err := audit.AgainstKeeping(t.Context(), rdb, audit.Head{}, keep)
	if err != nil || !r.Good() || r.Checked < keep {
		t.Errorf("%v: %s", err, r)
	}
}

// afterPipeline does something once, after a number of pipelines.
type afterPipeline struct {
	afterScript

	number int
	do     func()
}

func (a *afterPipeline) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (a *afterPipeline) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		if a.number--; a.number == 0 {
			a.do()
		}
		return err
	}
}

// fill writes many entries fast.
func fill(t *testing.T, rdb *redis.Client, n int) {
	t.Helper()
	for n > 0 {
		_, err := rdb.Pipelined(t.Context(), func(pipe redis.Pipeliner) error {
			for range min(n, 5000) {
				pipe.XAdd(t.Context(), &redis.XAddArgs{
					Stream: job.AuditKey, MaxLen: job.AuditLength, Approx: true,
					Values: []any{"at", time.Now().UnixMilli(), "who", "telnet:ann", "act", "accepted", "job", "k3f7", "detail", "ping"},
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n -= 5000
	}
}
