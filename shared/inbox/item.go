package inbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errItem says that Redis holds something else than the scripts write.
var errItem = errors.New("what is kept of a delivery cannot be read")

// head is what a delivery came with besides its body: lib.lua says how it is kept.
type head struct {
	kind  string
	trace string // to which it belongs; empty for none
	lane  string
	names []string // the id first
	led   string   // what it led to, of what is done; empty for nothing that is known
}

// text is the head as it is kept.
func (h *head) text() string {
	var b strings.Builder
	kind := h.kind
	if h.trace != "" {
		kind += "\n" + h.trace
	}
	for _, words := range [][]string{{kind, h.lane}, h.names} {
		for _, word := range words {
			b.WriteString(strconv.Itoa(len(word)))
			b.WriteByte(':')
			b.WriteString(word)
		}
	}
	return b.String()
}

// readHead reads a head.
func readHead(text string) (head, error) {
	words := make([]string, 0, 4)
	for rest := text; rest != ""; {
		size, more, _ := strings.Cut(rest, ":")
		length, err := strconv.Atoi(size)
		if err != nil || length < 0 || length > len(more) {
			return head{}, fmt.Errorf("%w: %.100q", errItem, text)
		}
		words, rest = append(words, more[:length]), more[length:]
	}
	const least = 3 // a kind, a lane, an id
	if len(words) < least {
		return head{}, fmt.Errorf("%w: %.100q", errItem, text)
	}
	h := head{lane: words[1], names: words[2:]}
	h.kind, h.trace, _ = strings.Cut(words[0], "\n")
	if i := slices.Index(h.names, ""); i > 0 {
		h.names, h.led = h.names[:i], strings.Join(h.names[i+1:], "")
	}
	return h, nil
}

// hand is what became of a delivery so far: lib.lua says how it is kept. Of one that was never taken up it is zero.
type hand struct {
	fence    int64
	held     bool // a worker has it
	lapses   int
	attempts int
	since    time.Time
	noted    int // bytes of the note
}

// readHand reads a hand; an empty text is that of a delivery that was never taken up.
func readHand(text string) (hand, error) {
	if text == "" {
		return hand{}, nil
	}
	n, err := numbers(text, " ", 6) // fence, whether it is held, lapses, attempts, since, noted
	if err != nil {
		return hand{}, err
	}
	return hand{fence: n[0], held: n[1] == 1, lapses: int(n[2]), attempts: int(n[3]), since: time.UnixMilli(n[4]), noted: int(n[5])}, nil
}

// readNumber reads a delivery's number: how many bytes its body has, and when it was received.
func readNumber(text string) (size int, received time.Time, err error) {
	n, err := numbers(text, ".", 3) // which one it is comes first
	if err != nil {
		return 0, time.Time{}, err
	}
	return int(n[1]), time.UnixMilli(n[2]), nil
}

// numbers reads so many numbers.
func numbers(text, between string, many int) ([]int64, error) {
	words := strings.SplitN(text, between, many)
	list := make([]int64, many)
	if len(words) != many {
		return nil, fmt.Errorf("%w: %.100q", errItem, text)
	}
	for i, word := range words {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: %.100q", errItem, text)
		}
		list[i] = n
	}
	return list, nil
}
