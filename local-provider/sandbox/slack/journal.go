package slack

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A journal keeps the state as lines of JSON, one for each thing that changed, in the order of the changes: the last line
// about a thing is what it is. Lines are written before the request that changed something is answered, so that a killed
// process loses nothing that it told of. When most lines are outdated the file is written anew, by a rename.
type journal struct {
	file  *os.File // nil keeps nothing
	path  string
	err   error // the first failure to write
	dirty []entry
	seen  map[entry]bool
	lines int
}

// An entry names a thing: a kind and an id; Sub is a message's ts.
type entry struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Sub  string `json:"sub,omitempty"`
}

// A line is an entry and what it is now; Value is null when it is gone.
type line struct {
	entry
	Value json.RawMessage `json:"value"`
}

// minLines is when rewriting begins to be worth while.
const minLines = 2000

func openJournal(dir string, restore func(line) error) (*journal, error) {
	j := &journal{seen: map[entry]bool{}}
	if dir == "" {
		return j, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return j, fmt.Errorf("open the sandbox's folder: %w", err)
	}
	j.path = filepath.Join(dir, "slack.jsonl")
	if err := j.read(restore); err != nil {
		return j, fmt.Errorf("read %s: %w", j.path, err)
	}
	var err error
	if j.file, err = os.OpenFile(j.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return j, fmt.Errorf("open the sandbox's state: %w", err)
	}
	return j, nil
}

// read gives every line to restore. A last line without an end was being written when the process was killed: it was
// never answered, so it does not count, and is cut off.
func (j *journal) read(restore func(line) error) error {
	file, err := os.OpenFile(j.path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // what was read is whole
	in := bufio.NewReader(file)
	for whole := int64(0); ; {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return file.Truncate(whole)
		}
		if err != nil {
			return err
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return fmt.Errorf("line %d: %w", j.lines+1, err)
		}
		if err := restore(l); err != nil {
			return fmt.Errorf("line %d: %w", j.lines+1, err)
		}
		whole += int64(len(text))
		j.lines++
	}
}

func (j *journal) touch(e entry) {
	if j.file != nil && !j.seen[e] {
		j.seen[e] = true
		j.dirty = append(j.dirty, e)
	}
}

// flush writes what was touched, as value tells of it.
func (j *journal) flush(value func(entry) any) {
	if len(j.dirty) == 0 {
		return
	}
	var out []byte
	for _, e := range j.dirty {
		out = appendLine(out, e, value(e))
		j.lines++
	}
	j.dirty = j.dirty[:0]
	clear(j.seen)
	if _, err := j.file.Write(out); err != nil {
		j.fail(err)
	}
}

func appendLine(out []byte, e entry, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		return out // nothing that is kept can fail to be written
	}
	text, err = json.Marshal(line{e, text})
	if err != nil {
		return out
	}
	return append(append(out, text...), '\n')
}

// rewrite puts a new file in the place of the old one, with the lines that still count.
func (j *journal) rewrite(all []entry, value func(entry) any) {
	temporary := j.path + ".new"
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		j.fail(err)
		return
	}
	out := bufio.NewWriter(file)
	for _, e := range all {
		_, _ = out.Write(appendLine(nil, e, value(e))) // Flush tells of it
	}
	if err := errors.Join(out.Flush(), os.Rename(temporary, j.path)); err != nil {
		j.fail(errors.Join(err, file.Close()))
		return
	}
	_ = j.file.Close() // its name is gone
	j.file, j.lines = file, len(all)
}

func (j *journal) fail(err error) {
	if j.err == nil {
		j.err = fmt.Errorf("save the sandbox's state: %w", err)
	}
}

func (j *journal) close() {
	if j.file == nil {
		return
	}
	if err := j.file.Close(); err != nil {
		j.fail(err)
	}
	j.file = nil
}
