package rule

import "errors"

// Limits of one evaluation. They are counted, not timed, so that a rule decides the same on a busy machine.
const (
	// maxWork is how much one evaluation may do: a round of a loop or a call is one unit, a text costs by its length.
	// All of it takes less than a second, on a busy machine a few.
	maxWork = 2_000_000
	// maxMade is the longest text that an evaluation may make, in bytes. What it only reads may be longer.
	maxMade = 1 << 20
	// maxElements is how many elements lists and maps that an evaluation makes may have together.
	maxElements = 200_000
	// maxNodes is how large an expression may be: names, numbers, operators and calls together.
	maxNodes = 1000
	// maxSource is the length of an expression or a template as written, in bytes.
	maxSource = 16 << 10
)

var (
	errWork = errors.New("that is too much work; look at less of the payload")
	errMade = errors.New("that makes a text of more than a megabyte")
)

// meter counts the work of one evaluation.
type meter struct{ left int }

// spend takes units of work.
func (m *meter) spend(units int) error {
	m.left -= units
	if m.left < 0 {
		return errWork
	}
	return nil
}

// Units of work for going over a text once: a plain look, making it anew, and a regular expression's.
func plainly(text string) int { return 1 + len(text)/1024 }

func anew(text string) int { return 1 + len(text)/64 }

func closely(text string) int { return 1 + len(text)/4 }
