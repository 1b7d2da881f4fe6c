package invoke

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/handsoff/handsoff/local-provider/function"
)

// The headers of the platform.
const (
	HeaderCallID   = "X-Call-Id"
	HeaderStart    = "X-Start-Time"
	HeaderDuration = "X-Duration-Seconds"
	// HeaderInternal is set on answers that are the provider's and not the function's.
	HeaderInternal = "X-Openfaas-Internal"
	// HeaderHops counts the calls that led to this one, as far as they pass it on.
	HeaderHops = "X-Hops"
)

// MaxHops is the longest chain of calls that call each other.
const MaxHops = 32

// Target splits the path of /function/<name>[.namespace][/path], after the prefix, into the function's name and the
// path that the function sees. The path stays escaped as it came. ok is false when the namespace is not ours.
func Target(rest string) (name, path string, ok bool) {
	name, path, _ = strings.Cut(rest, "/")
	name, namespace, qualified := strings.Cut(name, ".")
	return name, "/" + path, name != "" && (!qualified || namespace == function.Namespace)
}

// Stamp sets the headers that the gateway adds, on the request and on the answer, and returns the call's id.
func Stamp(w http.ResponseWriter, r *http.Request) string {
	Mark(r.Header)
	id := r.Header.Get(HeaderCallID)
	w.Header().Set(HeaderCallID, id)
	w.Header().Set(HeaderStart, r.Header.Get(HeaderStart))
	if r.Header.Get("X-Forwarded-Host") == "" && r.Host != "" {
		r.Header.Set("X-Forwarded-Host", r.Host)
	}
	if r.Header.Get("X-Forwarded-For") == "" {
		r.Header.Set("X-Forwarded-For", r.RemoteAddr)
	}
	if r.Header.Get("X-Forwarded-Proto") == "" {
		r.Header.Set("X-Forwarded-Proto", "http")
	}
	return id
}

// Mark gives a call an id, unless it has one, and the time at which it came, in Unix nanoseconds.
func Mark(header http.Header) {
	if header.Get(HeaderCallID) == "" {
		header.Set(HeaderCallID, uuid.NewString())
	}
	header.Set(HeaderStart, strconv.FormatInt(time.Now().UnixNano(), 10))
}

// Hop counts one more call of a chain, and answers false when the chain is too long to be meant.
func Hop(header http.Header) bool {
	n, err := strconv.Atoi(header.Get(HeaderHops))
	if err != nil || n < 0 {
		n = 0
	}
	header.Set(HeaderHops, strconv.Itoa(n+1))
	return n < MaxHops
}
