package attend

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// chunk is how much output is read at once, the size of a pipe's own buffer.
const chunk = 64 << 10

// pipes are this side of what a program writes.
type pipes struct {
	output, errors, events *os.File // nil for what goes nowhere
	copying                sync.WaitGroup
	mutex                  sync.Mutex
	trouble                error
}

// openPipes makes the program's input and the pipes for its output, and returns the ends for the keeper in the order of
// their descriptors.
func openPipes(spec Spec) (_ *pipes, ends []*os.File, err error) {
	p := new(pipes)
	defer func() {
		if err != nil {
			_ = p.Close()
			for _, end := range ends {
				_ = end.Close()
			}
		}
	}()
	input, err := inputFile(spec.Stdin)
	if err != nil {
		return nil, nil, err
	}
	ends = append(ends, input)
	for _, to := range []struct {
		here   **os.File
		writer io.Writer
		share  bool
	}{
		{&p.output, spec.Output, false},
		{&p.errors, spec.Errors, true},
	} {
		end, err := sink(to.here, to.writer, to.share, ends)
		if err != nil {
			return nil, ends, err
		}
		ends = append(ends, end)
	}
	if spec.Events != nil {
		end, err := sink(&p.events, spec.Events, false, nil)
		if err != nil {
			return nil, ends, err
		}
		ends = append(ends, end)
	}
	return p, ends, nil
}

// sink makes the end to which the program writes: a pipe, the output's own, or the null device.
func sink(here **os.File, writer io.Writer, share bool, before []*os.File) (*os.File, error) {
	if writer == nil && share {
		return again(before[len(before)-1])
	}
	if writer == nil {
		return os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	}
	read, write, err := pipe()
	*here = read
	return write, err
}

// pipe has a reading end that Go's poller watches, and a writing end that blocks, as programs expect.
func pipe() (read, write *os.File, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, fmt.Errorf("make a pipe: %w", err)
	}
	if err := unix.SetNonblock(ends[0], true); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make a pipe: %w", err), unix.Close(ends[0]), unix.Close(ends[1]))
	}
	return os.NewFile(uintptr(ends[0]), "output"), os.NewFile(uintptr(ends[1]), "output"), nil
}

func again(file *os.File) (*os.File, error) {
	descriptor, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("share the output: %w", err)
	}
	return os.NewFile(uintptr(descriptor), file.Name()), nil
}

// inputFile is what the program reads: a file in memory, which nobody needs to feed.
func inputFile(text []byte) (*os.File, error) {
	if text == nil {
		return os.Open(os.DevNull)
	}
	descriptor, err := unix.MemfdCreate("input", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make its input: %w", err)
	}
	file := os.NewFile(uintptr(descriptor), "input")
	if _, err = file.Write(text); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make its input: %w", err), file.Close())
	}
	return file, nil
}

// copy begins to read.
func (p *pipes) copy(spec Spec) {
	for _, one := range []struct {
		from *os.File
		to   io.Writer
	}{{p.output, spec.Output}, {p.errors, spec.Errors}, {p.events, spec.Events}} {
		if one.from != nil {
			p.copying.Go(func() { p.note(transfer(one.to, one.from)) })
		}
	}
}

// transfer reads to the end whatever becomes of the writer: a program must not be blocked, or killed, because a line of
// its output could not be kept.
func transfer(to io.Writer, from io.Reader) error {
	buffer := make([]byte, chunk)
	var failed error
	for {
		n, err := from.Read(buffer)
		if n > 0 && failed == nil {
			if _, failed = to.Write(buffer[:n]); failed != nil {
				failed = fmt.Errorf("some of its output could not be kept: %w", failed)
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return errors.Join(failed, errors.New("something elsewhere holds its output open, which was not read further"))
		case err != nil:
			return failed
		}
	}
}

func (p *pipes) note(err error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.trouble = errors.Join(p.trouble, err)
}

// finish reads what is left, for so long at the most, and closes.
func (p *pipes) finish(limit time.Duration) error {
	for _, file := range p.files() {
		_ = file.SetReadDeadline(time.Now().Add(limit))
	}
	p.copying.Wait()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return errors.Join(p.trouble, p.Close())
}

func (p *pipes) files() []*os.File {
	var files []*os.File
	for _, file := range []*os.File{p.output, p.errors, p.events} {
		if file != nil {
			files = append(files, file)
		}
	}
	return files
}

// Close closes this side.
func (p *pipes) Close() error {
	var err error
	for _, file := range p.files() {
		err = errors.Join(err, file.Close())
	}
	return err
}
