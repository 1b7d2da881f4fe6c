package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/openfaas/faas-provider/logs"
)

// Interface guard: the handler of faas-provider asks this journal.
var _ logs.Requester = (*Journal)(nil)

// maxTail bounds the lines that one request keeps in memory.
const maxTail = 10_000

// Query returns a function's lines, oldest first: those already written (the last Tail of them, at or after Since, of
// Instance), and with Follow those to come, until ctx is done. The channel is closed at the end.
func (j *Journal) Query(ctx context.Context, r logs.Request) (<-chan logs.Message, error) {
	b := j.book(r.Name)
	files, live, err := b.open(r.Follow)
	if err != nil {
		return nil, err
	}
	past, err := readAll(files, r)
	if err != nil {
		b.leave(live)
		return nil, err
	}
	out := make(chan logs.Message)
	go func() {
		defer close(out)
		defer b.leave(live)
		for _, m := range past {
			if !send(ctx, out, m) {
				return
			}
		}
		b.follow(ctx, live, out, r)
	}()
	return out, nil
}

func (b *book) follow(ctx context.Context, live chan logs.Message, out chan<- logs.Message, r logs.Request) {
	if live == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-live:
			if !ok {
				return
			}
			if wanted(m, r) && !send(ctx, out, m) {
				return
			}
		}
	}
}

func send(ctx context.Context, out chan<- logs.Message, m logs.Message) bool {
	m.Namespace = "openfaas-fn"
	select {
	case out <- m:
		return true
	case <-ctx.Done():
		return false
	}
}

// written is an open file and how much of it is to be read: what comes later comes through the follower's channel.
type written struct {
	file *os.File
	size int64
}

// open takes hold of the files and of the live lines in one instant, so that no line is missed or shown twice.
func (b *book) open(follow bool) ([]written, chan logs.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var files []written
	for n := keepFiles; n >= 0; n-- {
		file, err := os.Open(b.name(n))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			closeAll(files)
			return nil, nil, fmt.Errorf("read the journal: %w", err)
		}
		info, err := file.Stat()
		files = append(files, written{file: file})
		if err != nil {
			closeAll(files)
			return nil, nil, fmt.Errorf("read the journal: %w", err)
		}
		files[len(files)-1].size = info.Size()
	}
	if !follow {
		return files, nil, nil
	}
	live := make(chan logs.Message, lag)
	b.followers[live] = struct{}{}
	return files, live, nil
}

func (b *book) leave(live chan logs.Message) {
	if live == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.followers, live)
}

func closeAll(files []written) {
	for _, w := range files {
		_ = w.file.Close()
	}
}

func readAll(files []written, r logs.Request) ([]logs.Message, error) {
	defer closeAll(files)
	keep := maxTail
	if r.Tail > 0 && r.Tail < keep {
		keep = r.Tail
	}
	var past []logs.Message
	for _, w := range files {
		scanner := bufio.NewScanner(&limited{w.file, w.size})
		scanner.Buffer(make([]byte, 0, 4096), 2*maxLine)
		for scanner.Scan() {
			m, ok := parse(r.Name, scanner.Text())
			if !ok || !wanted(m, r) {
				continue
			}
			past = append(past, m)
			if len(past) >= 2*keep {
				past = append(past[:0], past[len(past)-keep:]...)
			}
		}
		if err := scanner.Err(); err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
	}
	if len(past) > keep {
		past = past[len(past)-keep:]
	}
	return past, nil
}

func wanted(m logs.Message, r logs.Request) bool {
	if r.Instance != "" && r.Instance != m.Instance {
		return false
	}
	return r.Since == nil || !m.Timestamp.Before(*r.Since)
}
