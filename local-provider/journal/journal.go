// Package journal keeps what functions print: one rotating file a function, each line with the time at which it was
// read and the process that wrote it.
//
// A function writes to a named pipe that it holds open at both ends itself. When the provider is killed the function
// therefore neither loses its output nor dies of a broken pipe: it goes on until the pipe is full, and the provider's
// successor reads on where the pipe is.
package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/logs"
)

const (
	// maxFile is the size in bytes at which a file is rotated, keepFiles how many older ones are kept.
	maxFile   = 1 << 20
	keepFiles = 2
	// maxLine is the longest line kept whole, in bytes; the rest goes on as a new line.
	maxLine = 64 << 10
	// layout has a fixed width, so that lines sort as text.
	layout = "2006-01-02T15:04:05.000000000Z"
	// lag is how many lines a slow follower may be behind before its oldest are dropped.
	lag = 1024
)

// Journal holds the files of one directory.
type Journal struct {
	dir string
	mu  sync.Mutex
	of  map[string]*book
}

// book is the journal of one function.
type book struct {
	mu        sync.Mutex
	path      string
	file      *os.File
	size      int64
	followers map[chan logs.Message]struct{}
}

// New returns the journal of a directory that exists.
func New(dir string) *Journal {
	return &Journal{dir: dir, of: make(map[string]*book)}
}

func (j *Journal) book(function string) *book {
	j.mu.Lock()
	defer j.mu.Unlock()
	b, ok := j.of[function]
	if !ok {
		b = &book{path: filepath.Join(j.dir, function+".log"), followers: make(map[chan logs.Message]struct{})}
		j.of[function] = b
	}
	return b
}

// Write records one line. The time is now.
func (j *Journal) Write(function, instance, text string) error {
	return j.book(function).write(logs.Message{
		Name: function, Instance: instance, Text: text, Timestamp: time.Now().UTC(),
	})
}

// Forget closes a function's file and ends its followers; the files stay for who wants to read them.
func (j *Journal) Forget(function string) {
	j.mu.Lock()
	b := j.of[function]
	delete(j.of, function)
	j.mu.Unlock()
	if b != nil {
		b.close()
	}
}

// Unfollow ends all followers, so that their connections can be closed.
func (j *Journal) Unfollow() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, b := range j.of {
		b.mu.Lock()
		b.unfollow()
		b.mu.Unlock()
	}
}

// Close closes every file and ends every follower.
func (j *Journal) Close() {
	j.mu.Lock()
	books := j.of
	j.of = make(map[string]*book)
	j.mu.Unlock()
	for _, b := range books {
		b.close()
	}
}

func (b *book) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file != nil {
		_ = b.file.Close() // every line was written by a call of its own
		b.file = nil
	}
	b.unfollow()
}

// unfollow ends all followers. The lock is held.
func (b *book) unfollow() {
	for follower := range b.followers {
		close(follower)
		delete(b.followers, follower)
	}
}

func (b *book) write(m logs.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.ready(); err != nil {
		return err
	}
	n, err := b.file.WriteString(m.Timestamp.Format(layout) + " " + m.Instance + " " + m.Text + "\n")
	b.size += int64(n)
	if err != nil {
		return fmt.Errorf("write %s: %w", b.path, err)
	}
	for follower := range b.followers {
		offer(follower, m)
	}
	return nil
}

// offer drops the oldest line of a follower that does not keep up, so that a stuck reader never stops a function.
func offer(follower chan logs.Message, m logs.Message) {
	for {
		select {
		case follower <- m:
			return
		default:
		}
		select {
		case <-follower:
		default:
		}
	}
}

// ready opens the file, and rotates it when it is full.
func (b *book) ready() error {
	if b.file != nil && b.size >= maxFile {
		if err := b.rotate(); err != nil {
			return err
		}
	}
	if b.file != nil {
		return nil
	}
	file, err := os.OpenFile(b.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the journal: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("open the journal: %w", err), file.Close())
	}
	b.file, b.size = file, info.Size()
	return nil
}

func (b *book) rotate() error {
	err := b.file.Close()
	b.file = nil
	for n := keepFiles; n > 0; n-- {
		older := b.name(n - 1)
		if renamed := os.Rename(older, b.name(n)); renamed != nil && !errors.Is(renamed, fs.ErrNotExist) {
			err = errors.Join(err, renamed)
		}
	}
	if err != nil {
		return fmt.Errorf("rotate %s: %w", b.path, err)
	}
	return nil
}

// name is the file that is n rotations old; 0 is the one being written.
func (b *book) name(n int) string {
	if n == 0 {
		return b.path
	}
	return fmt.Sprintf("%s.%d", b.path, n)
}

// parse is the inverse of what write prints; false for a line that a crash cut short.
func parse(function, line string) (logs.Message, bool) {
	stamp, rest, ok := strings.Cut(line, " ")
	if !ok {
		return logs.Message{}, false
	}
	at, err := time.Parse(layout, stamp)
	if err != nil {
		return logs.Message{}, false
	}
	instance, text, ok := strings.Cut(rest, " ")
	if !ok {
		return logs.Message{}, false
	}
	return logs.Message{Name: function, Instance: instance, Text: text, Timestamp: at}, true
}
