package slack

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// newTS is a message's timestamp, which is its id: no two are the same and later ones are larger.
func (s *Server) newTS() string {
	now := s.clock.Now().Truncate(time.Microsecond)
	if !now.After(s.lastTS) {
		now = s.lastTS.Add(time.Microsecond)
	}
	s.lastTS = now
	return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/int(time.Microsecond))
}

// later is the later one of a time and a timestamp.
func later(t time.Time, ts string) time.Time {
	seconds, sub, _ := strings.Cut(ts, ".")
	whole, err := strconv.ParseInt(seconds, 10, 64)
	micros, err2 := strconv.ParseInt(sub, 10, 64)
	if at := time.Unix(whole, micros*int64(time.Microsecond)); err == nil && err2 == nil && at.After(t) {
		return at
	}
	return t
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// newID is an id as Slack makes them: a letter that says what it is, and ten more.
func newID(prefix string) string { return prefix + "0" + pick(letters, 9) }

func digits(n int) string { return pick("123456789", n) }

// pick is n characters of an alphabet. crypto/rand never fails.
func pick(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		k, _ := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		out[i] = alphabet[k.Int64()]
	}
	return string(out)
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
