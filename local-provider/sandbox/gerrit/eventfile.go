package gerrit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// An eventFile keeps the events that were told, a line each. When it holds twice what is remembered it is written anew.
type eventFile struct {
	file *os.File // nil keeps nothing
	path string
	size int
	most int
	err  error // the first failure to write
}

// openEventFile reads the file of a folder and gives each of its events to put.
func openEventFile(dir string, most int, put func(*record)) (*eventFile, error) {
	f := &eventFile{most: most}
	if dir == "" {
		return f, nil
	}
	f.path = filepath.Join(dir, "events.jsonl")
	if err := f.read(put); err != nil {
		return f, fmt.Errorf("read %s: %w", f.path, err)
	}
	var err error
	if f.file, err = os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return f, fmt.Errorf("open the sandbox's events: %w", err)
	}
	return f, nil
}

// read cuts off a last line without an end: the process was killed while it wrote it, and nobody had been told.
func (f *eventFile) read(put func(*record)) error {
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // what was read is whole
	in := bufio.NewReader(file)
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return file.Truncate(int64(f.size))
		}
		if err != nil {
			return err
		}
		r := &record{}
		head, line, _ := bytes.Cut(bytes.TrimSuffix(text, []byte("\n")), []byte("\t"))
		if err := json.Unmarshal(head, r); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		r.Line = string(line)
		f.size += len(text)
		put(r)
	}
}

// add writes events before anybody is told.
func (f *eventFile) add(told, all []*record) {
	if f.file == nil || len(told) == 0 {
		return
	}
	var text []byte
	for _, r := range told {
		text = append(text, recordLine(r)...)
	}
	if _, err := f.file.Write(text); err != nil {
		f.fail(err)
	}
	if f.size += len(text); f.size > 2*f.most {
		f.rewrite(all)
	}
}

// recordLine is what is known of an event as JSON, in which there is no tab, and the event behind one, as it was told.
func recordLine(r *record) []byte {
	text, err := json.Marshal(r)
	if err != nil {
		return nil // strings and numbers cannot fail
	}
	return append(append(append(text, '\t'), r.Line...), '\n')
}

// rewrite puts a new file, with what is remembered, in the place of the old one.
func (f *eventFile) rewrite(all []*record) {
	temporary := f.path + ".new"
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		f.fail(err)
		return
	}
	out, size := bufio.NewWriter(file), 0
	for _, r := range all {
		n, _ := out.Write(recordLine(r)) // Flush tells of an error
		size += n
	}
	if err := errors.Join(out.Flush(), os.Rename(temporary, f.path)); err != nil {
		f.fail(errors.Join(err, file.Close()))
		return
	}
	_ = f.file.Close() // its name is gone
	f.file, f.size = file, size
}

func (f *eventFile) fail(err error) {
	if f.err == nil {
		f.err = fmt.Errorf("save the sandbox's events: %w", err)
	}
}

func (f *eventFile) close() {
	if f.file != nil {
		if err := f.file.Close(); err != nil {
			f.fail(err)
		}
		f.file = nil
	}
}
