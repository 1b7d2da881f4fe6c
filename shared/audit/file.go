package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// longest bounds a line of a file, in bytes.
const longest = 1 << 18

// Export seals what is not sealed yet, and writes all entries, the oldest first, as lines of JSON: id, at (Unix
// milliseconds), who, act, job, detail, prev and hash. [Check] reads them. An entry that was put in where it does not belong
// has no hash; so has one that is not as an entry is written.
func Export(ctx context.Context, rdb redis.UniversalClient, w io.Writer) error {
	if err := Seal(ctx, rdb); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	err := each(ctx, rdb, func(p pair, m moment) (bool, error) {
		if p.entry == nil || p.link == nil && p.id().compare(m.sealed) > 0 {
			return true, nil
		}
		e := p.sealed()
		if !p.entry.has(entryFields) || p.link != nil && !p.link.has(linkFields) {
			e.Hash = ""
		}
		line, err := encode(e)
		if err != nil {
			return false, err
		}
		_, err = out.Write(line)
		return err == nil, err
	})
	if err = errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("audit: export: %w", err)
	}
	return nil
}

// Check goes through a file that Export wrote, and looks for a head that was announced; none when there is none. It names
// the first line that is not as it was sealed. An error says that it could not read.
func Check(r io.Reader, asked Head) (Report, error) {
	w := newWalk(asked, job.AuditLength)
	in := bufio.NewReaderSize(r, longest)
	number, good := 0, true
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return Report{}, fmt.Errorf("audit: read line %d: %w", number+1, err)
		}
		number++
		if good { // else only how many there are is to be known
			good = w.line(line, number)
		}
	}
	w.keeps(int64(number))
	return w.done(), nil
}

// line checks one line. It reports whether all is well.
func (w *walk) line(line []byte, number int) bool {
	e, ok := decode(line)
	if !ok {
		return w.fault(Fault{Kind: Altered, Line: number, Why: "it is not a line as it was written"})
	}
	here, err := parseID(e.ID)
	if before, _ := parseID(w.link.ID); err != nil || !w.fresh && here.compare(before) <= 0 {
		return w.fault(Fault{Kind: Altered, ID: e.ID, Line: number, Entry: &e, Why: "its id is not behind the one before"})
	}
	if e.Hash == "" {
		return w.fault(Fault{Kind: Inserted, ID: e.ID, Line: number, Entry: &e, Why: "it has no hash: it was never sealed, or is no entry as it is written"})
	}
	return w.linked(e, number)
}
