package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// Entry is one act as it stands in the trail, with its link in the chain.
type Entry struct {
	ID     string // the stream's: milliseconds, a dash, a number
	Stamp  string // when, in Unix milliseconds, as it was written
	Who    string // a principal
	Act    string
	Job    string // an id, or empty
	Detail string // may end amid a character: it is cut by bytes

	Prev string // the hash of the link before; empty at the very beginning
	Hash string // hex SHA-256; empty while it is not sealed
}

// At is when it happened; the zero time when the entry does not say.
func (e Entry) At() time.Time {
	ms, err := strconv.ParseInt(e.Stamp, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// canonical is the entry as it is hashed: each part with its length before it, so that no two entries read alike.
func (e Entry) canonical() []byte {
	parts := [...]string{e.ID, e.Stamp, e.Who, e.Act, e.Job, e.Detail}
	size := 0
	for _, part := range parts {
		size += 8 + len(part)
	}
	text := make([]byte, 0, size)
	for _, part := range parts {
		text = binary.BigEndian.AppendUint64(text, uint64(len(part)))
		text = append(text, part...)
	}
	return text
}

// seal is the entry's hash behind another one.
func (e Entry) seal(prev string) string {
	hash := sha256.New()
	hash.Write([]byte(prev))
	hash.Write([]byte{'\n'})
	hash.Write(e.canonical())
	return hex.EncodeToString(hash.Sum(nil))
}
