package git

import (
	"bytes"
	"errors"

	"github.com/handsoff/handsoff/shared/mask"
)

// maxOutputLine bounds a line of git's output that is read line by line, in bytes: a ref's name is in it twice at most.
const maxOutputLine = 4 << 10

var (
	errTooMuch = errors.New("git printed more than can be taken")
	errTooLong = errors.New("git printed a line that is too long")
)

// output takes what git prints: as a whole, or line by line. What cannot be taken closes refused.
type output struct {
	each    func(line string) error // nil for the whole
	hide    *mask.Mask
	text    bytes.Buffer // all, or the line that has not ended
	err     error
	refused chan struct{}
}

func newOutput(each func(string) error, hide *mask.Mask) *output {
	return &output{each: each, hide: hide, refused: make(chan struct{})}
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	if o.err == nil {
		o.err = o.take(p)
		if o.err != nil {
			o.text = bytes.Buffer{}
			close(o.refused)
		}
	}
	return len(p), o.err
}

func (o *output) take(p []byte) error {
	if o.each == nil {
		if o.text.Len()+len(p) > maxOutput {
			return errTooMuch
		}
		_, _ = o.text.Write(p) // a buffer never fails
		return nil
	}
	for {
		line, rest, whole := bytes.Cut(p, []byte{'\n'})
		if o.text.Len()+len(line) > maxOutputLine {
			return errTooLong
		}
		_, _ = o.text.Write(line) // likewise
		if !whole {
			return nil
		}
		if err := o.line(); err != nil {
			return err
		}
		p = rest
	}
}

func (o *output) line() error {
	line := o.hide.Text(o.text.String())
	o.text.Reset()
	return o.each(line)
}

// finish takes a last line that has no end, and says why something was refused, if it was. Nothing is written any more.
func (o *output) finish() error {
	if o.err == nil && o.each != nil && o.text.Len() > 0 {
		o.err = o.line()
	}
	return o.err
}
