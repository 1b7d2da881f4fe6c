package audit

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ErrID says that a text is no id of an entry.
var ErrID = errors.New("audit: no id of an entry")

// streamID is a stream's id as it is ordered.
type streamID struct{ ms, seq uint64 }

func parseID(text string) (streamID, error) {
	left, right, found := strings.Cut(text, "-")
	ms, err := strconv.ParseUint(left, 10, 64)
	seq, seqErr := strconv.ParseUint(right, 10, 64)
	id := streamID{ms, seq}
	if err != nil || seqErr != nil || !found || id.String() != text {
		return streamID{}, fmt.Errorf("%w: %.60q", ErrID, text)
	}
	return id, nil
}

func (id streamID) String() string {
	return strconv.FormatUint(id.ms, 10) + "-" + strconv.FormatUint(id.seq, 10)
}

func (id streamID) compare(other streamID) int {
	return cmp.Or(cmp.Compare(id.ms, other.ms), cmp.Compare(id.seq, other.seq))
}

// at is the time that is in it.
func (id streamID) at() time.Time {
	return time.UnixMilli(int64(min(id.ms, math.MaxInt64)))
}
