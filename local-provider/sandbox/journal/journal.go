// Package journal keeps a stand-in's state as lines of JSON, one for each thing that changed, in the order of the changes: the
// last line about a thing is what it is. Lines are written before the request that changed something is answered, so that a
// killed process loses nothing that it told of. When most lines are outdated the file is written anew, by a rename.
package journal

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

// A Journal is such a file. It is not safe for concurrent use; its owner's lock guards it.
type Journal struct {
	file  *os.File // nil keeps nothing
	path  string
	err   error // the first failure to write
	dirty []Entry
	seen  map[Entry]bool
	lines int
}

// An Entry names a thing: a kind and an id, and the id of a part where one has parts, such as the messages of a channel.
type Entry struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Sub  string `json:"sub,omitempty"`
}

// A Line is an entry and what it is now; Value is null when it is gone.
type Line struct {
	Entry
	Value json.RawMessage `json:"value"`
}

// minLines is when rewriting begins to be worth while.
const minLines = 2000

// Open reads the file of that name in a folder, which is made when it is missing, and gives each of its lines to restore.
// Without a folder nothing is kept. The journal can be used also when there is an error: then it keeps nothing.
func Open(dir, name string, restore func(Line) error) (*Journal, error) {
	j := &Journal{seen: map[Entry]bool{}}
	if dir == "" {
		return j, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return j, fmt.Errorf("open the sandbox's folder: %w", err)
	}
	j.path = filepath.Join(dir, name)
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
func (j *Journal) read(restore func(Line) error) error {
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
		var l Line
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

// Touch marks a thing as changed, so that the next Flush writes it.
func (j *Journal) Touch(kind, id string) { j.TouchPart(kind, id, "") }

// TouchPart is Touch for a part of a thing.
func (j *Journal) TouchPart(kind, id, sub string) {
	e := Entry{kind, id, sub}
	if j.file != nil && !j.seen[e] {
		j.seen[e] = true
		j.dirty = append(j.dirty, e)
	}
}

// Flush writes what was touched, as value tells of it: nil for what is gone. When it pays it writes the file anew, with all
// that there is, each thing after what it needs.
func (j *Journal) Flush(value func(Entry) any, all func() []Entry) {
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
	if j.lines < minLines {
		return
	}
	if there := all(); j.lines > 4*len(there) {
		j.rewrite(there, value)
	}
}

func appendLine(out []byte, e Entry, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		return out // nothing that is kept can fail to be written
	}
	text, err = json.Marshal(Line{e, text})
	if err != nil {
		return out
	}
	return append(append(out, text...), '\n')
}

// rewrite puts a new file in the place of the old one, with the lines that still count.
func (j *Journal) rewrite(all []Entry, value func(Entry) any) {
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

func (j *Journal) fail(err error) {
	if j.err == nil {
		j.err = fmt.Errorf("save the sandbox's state: %w", err)
	}
}

// Err is the first failure to write, nil when there was none.
func (j *Journal) Err() error { return j.err }

// Close ends it; what is touched later is not kept.
func (j *Journal) Close() {
	if j.file == nil {
		return
	}
	if err := j.file.Close(); err != nil {
		j.fail(err)
	}
	j.file = nil
}
