package stream

import (
	"bufio"
	"bytes"
	"errors"
	"testing"
	"testing/iotest"
)

// FuzzNext: whatever comes, and wherever it is cut, the whole lines come out, those that are too long are said, and a line
// that was cut off is not given.
func FuzzNext(f *testing.F) {
	f.Add([]byte("{}\n{\"a\":1}\r\n\nhalf"))
	f.Add([]byte("too long a line\nshort\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		const most = 8
		s := &Stream{options: Options{MaxLine: most}, lines: bufio.NewReaderSize(iotest.HalfReader(bytes.NewReader(text)), 16)}
		s.silent.Store(true) // there is no session to ask for its end
		whole := bytes.Split(text, []byte("\n"))
		for _, want := range whole[:len(whole)-1] {
			line, err := s.Next()
			if len(want) > most {
				if !errors.Is(err, ErrTooLong) {
					t.Fatalf("%q: %q, %v", want, line, err)
				}
				continue
			}
			if err != nil || !bytes.Equal(line, bytes.TrimRight(want, "\r")) {
				t.Fatalf("%q: %q, %v", want, line, err)
			}
		}
		if line, err := s.Next(); err == nil || errors.Is(err, ErrTooLong) {
			t.Fatalf("half a line was given: %q, %v", line, err)
		}
	})
}
