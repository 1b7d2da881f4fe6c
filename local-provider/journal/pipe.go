package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// limited reads the first size bytes of a file.
type limited struct {
	file *os.File
	size int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.size <= 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > l.size {
		p = p[:l.size]
	}
	n, err := l.file.Read(p)
	l.size -= int64(n)
	return n, err
}

// MakePipe makes the named pipe that a process is to write to.
func MakePipe(path string) error {
	if err := unix.Mkfifo(path, 0o600); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the pipe %s: %w", path, err)
	}
	return nil
}

// OpenOutput opens a pipe for a process to inherit as its output. The process holds the reading end too.
func OpenOutput(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open the pipe %s: %w", path, err)
	}
	return file, nil
}

// Follow copies the lines of a pipe into the journal until all who write to it have ended, and closes done then.
func (j *Journal) Follow(path, function, instance string) (done <-chan struct{}, err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("read the pipe %s: %w", path, err)
	}
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		defer func() { _ = file.Close() }()
		j.copy(file, function, instance)
	}()
	return finished, nil
}

func (j *Journal) copy(from io.Reader, function, instance string) {
	reader := bufio.NewReaderSize(from, maxLine)
	for {
		line, err := reader.ReadSlice('\n')
		if len(line) > 0 {
			text := strings.TrimRight(string(line), "\r\n")
			if err := j.Write(function, instance, text); err != nil {
				slog.Error("cannot keep a line that a function printed", "function", function, "error", err)
			}
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}
