package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// workers is the concurrency of both engines.
const workers = 16

// measureThroughput accepts, steps and finishes jobs, with our engine and with asynq on the same Redis, in turn; and it
// measures a cancel whose hint is lost.
func measureThroughput(ctx context.Context, o options, t *table) error {
	address, stop, err := startRedis(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var ours, theirs []time.Duration
	for range 7 { // the machine drifts; a median of few rounds would show that
		d, err := asynqRound(ctx, address, o.jobs)
		if err != nil {
			return err
		}
		theirs = append(theirs, d)
		if d, err = ourRound(ctx, address, o.jobs); err != nil {
			return err
		}
		ours = append(ours, d)
	}
	rate := func(list []time.Duration) float64 { return float64(o.jobs) / float64(median(list)) * 1e6 }
	t.add("jobs accepted, stepped and finished", fmt.Sprintf("%.0f/s", rate(ours)), fmt.Sprintf("≥ asynq's %.0f/s", rate(theirs)), rate(ours) >= rate(theirs))

	quiet, err := withoutHint(ctx, address, o.runs/8)
	if err != nil {
		return err
	}
	t.add("cancel asked → context ended, hint lost, p50", figure(quiet), "≤ 300 ms", quiet <= 300*millisecond)
	return nil
}

func startRedis(ctx context.Context) (address string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "handsoff-bench-")
	if err != nil {
		return "", nil, fmt.Errorf("bench: %w", err)
	}
	socket := filepath.Join(dir, "redis.sock")
	cmd := exec.CommandContext(ctx, "redis-server", "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec")
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("bench: start redis-server: %w", err)
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	rdb := connect(socket)
	defer func() { _ = rdb.Close() }()
	for range 500 {
		if rdb.Ping(ctx).Err() == nil {
			return socket, stop, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("bench: redis-server does not answer")
}

func connect(socket string) *redis.Client {
	return redis.NewClient(&redis.Options{Network: "unix", Addr: socket, PoolSize: 2 * workers})
}

// spread runs n calls of do over the workers.
func spread(n int, do func() error) error {
	var group sync.WaitGroup
	failed := make(chan error, workers)
	for range workers {
		group.Go(func() {
			for range n / workers {
				if err := do(); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failed)
	return <-failed
}

func asynqRound(ctx context.Context, socket string, n int) (time.Duration, error) {
	rdb := connect(socket)
	defer func() { _ = rdb.Close() }()
	if err := rdb.FlushAll(ctx).Err(); err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	var done sync.WaitGroup
	done.Add(n / workers * workers)
	mux := asynq.NewServeMux()
	mux.HandleFunc("probe", func(context.Context, *asynq.Task) error { done.Done(); return nil })
	server := asynq.NewServerFromRedisClient(rdb, asynq.Config{Concurrency: workers, LogLevel: asynq.FatalLevel})
	if err := server.Start(mux); err != nil {
		return 0, fmt.Errorf("bench: asynq: %w", err)
	}
	defer server.Shutdown()
	queue := asynq.NewClientFromRedisClient(rdb)
	began := time.Now()
	// The result is kept, as ours is.
	task := func() error {
		_, err := queue.EnqueueContext(ctx, asynq.NewTask("probe", []byte(`{"n":1}`)), asynq.Retention(time.Hour))
		return err
	}
	if err := spread(n, task); err != nil {
		return 0, fmt.Errorf("bench: asynq: %w", err)
	}
	done.Wait()
	return time.Since(began), nil
}

// counted is a capability that says how often it was stepped.
type counted struct{ done *sync.WaitGroup }

func (c counted) Step(context.Context, *job.Run) (job.Outcome, error) {
	c.done.Done()
	return job.Done(nil), nil
}

func ourRound(ctx context.Context, socket string, n int) (time.Duration, error) {
	rdb := connect(socket)
	defer func() { _ = rdb.Close() }()
	if err := rdb.FlushAll(ctx).Err(); err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	store, err := job.Open(ctx, rdb, job.Options{})
	if err != nil {
		return 0, err
	}
	var done sync.WaitGroup
	done.Add(n / workers * workers)
	worker := job.NewWorker(store, job.WorkerOptions{
		Function: "bench", Name: "bench", Concurrency: workers, Steps: map[string]job.Stepper{"probe": counted{&done}},
	})
	ids := make(chan string, n)
	var takers sync.WaitGroup
	failed := make(chan error, workers)
	began := time.Now()
	for range workers {
		takers.Go(func() {
			for id := range ids {
				if _, err := worker.Run(ctx, id); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	err = spread(n, func() error {
		a, err := store.Accept(ctx, job.Request{
			Function: "bench", Command: "probe", Text: "probe", Principal: "cli:bench", Args: map[string]any{"n": 1},
		})
		if err == nil {
			ids <- a.ID
		}
		return err
	})
	close(ids)
	takers.Wait()
	took := time.Since(began)
	select {
	case err = <-failed:
	default:
	}
	if err != nil {
		return 0, err
	}
	done.Wait()
	return took, worker.Stop(ctx)
}

// withoutHint cancels jobs of a worker that may not hear hints: only the flag tells it.
func withoutHint(ctx context.Context, socket string, n int) (span, error) {
	rdb := connect(socket)
	defer func() { _ = rdb.Close() }()
	if err := rdb.Do(ctx, "ACL", "SETUSER", "deaf", "on", "nopass", "~*", "+@all", "resetchannels").Err(); err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	deafRdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, Username: "deaf", Password: "any"})
	defer func() { _ = deafRdb.Close() }()
	store, err := job.Open(ctx, rdb, job.Options{})
	if err != nil {
		return 0, err
	}
	deaf, err := job.Open(ctx, deafRdb, job.Options{})
	if err != nil {
		return 0, err
	}
	began, ended := make(chan struct{}), make(chan time.Time)
	worker := job.NewWorker(deaf, job.WorkerOptions{
		Function: "bench", Name: "deaf", Steps: map[string]job.Stepper{"hold": holder{began, ended}},
	})
	var list []time.Duration
	for range max(n, 1) {
		a, err := store.Accept(ctx, job.Request{Function: "bench", Command: "hold", Text: "hold", Principal: "cli:bench"})
		if err != nil {
			return 0, err
		}
		if _, err := worker.Take(ctx, a.ID); err != nil {
			return 0, err
		}
		<-began
		asked := time.Now()
		if _, err := store.Cancel(ctx, a.ID, "cli:bench", ""); err != nil {
			return 0, err
		}
		list = append(list, (<-ended).Sub(asked))
	}
	return median(list), worker.Stop(ctx)
}

// holder runs until its context ends, and says when that was.
type holder struct {
	began chan struct{}
	ended chan time.Time
}

func (h holder) Step(ctx context.Context, _ *job.Run) (job.Outcome, error) {
	h.began <- struct{}{}
	<-ctx.Done()
	h.ended <- time.Now()
	return job.Wait(time.Hour), nil
}
