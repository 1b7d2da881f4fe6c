package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Immutable is the Cache-Control of what is under an address that names its content.
const Immutable = "public, max-age=31536000, immutable"

// worthwhile is from how many bytes on an answer is compressed.
const worthwhile = 1000

var writers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one
	}
	return w
}}

// Digest names a content, in 16 letters.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// Answer sends a body under an ETag that is made of it, or nothing but 304 to those who have it.
func Answer(w http.ResponseWriter, r *http.Request, body []byte) {
	if !Same(w, r, `W/"`+Digest(body)+`"`) {
		SendCompressed(w, r, body)
	}
}

// SendCompressed sends a body, compressed where that is worth it and whoever asks takes it.
func SendCompressed(w http.ResponseWriter, r *http.Request, body []byte) {
	if len(body) >= worthwhile && accepts(r) {
		body = compressed(body)
		w.Header().Set("Content-Encoding", "gzip")
	}
	send(w, r, body)
}

// Packed is a body with its compressed form, made once for all who ask.
type Packed struct{ body, gzip []byte }

// Pack makes one.
func Pack(body []byte) Packed { return Packed{body, compressed(body)} }

// Send sends it, compressed to those who take that.
func (p Packed) Send(w http.ResponseWriter, r *http.Request) {
	if accepts(r) {
		w.Header().Set("Content-Encoding", "gzip")
		send(w, r, p.gzip)
		return
	}
	send(w, r, p.body)
}

func send(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, bytes.NewReader(body)) // whoever went away misses nothing
	}
}

// Same answers 304 to one who has what the tag names, and reports whether it did.
func Same(w http.ResponseWriter, r *http.Request, tag string) bool {
	h := w.Header()
	h.Set("ETag", tag)
	h.Add("Vary", "Accept-Encoding")
	for has := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		has = strings.TrimSpace(has)
		if has == "*" || strings.TrimPrefix(has, "W/") == strings.TrimPrefix(tag, "W/") {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// accepts reports whether one takes gzip.
func accepts(r *http.Request) bool {
	for one := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(one), ";")
		if name == "gzip" {
			return strings.Trim(strings.TrimPrefix(strings.TrimSpace(quality), "q="), "0.") != "" || quality == ""
		}
	}
	return false
}

func compressed(body []byte) []byte {
	var b bytes.Buffer
	w := writers.Get().(*gzip.Writer) //nolint:forcetypeassert // the pool's
	defer writers.Put(w)
	w.Reset(&b)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}
