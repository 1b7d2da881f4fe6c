package slack

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// A FaultKind is a way to misbehave.
type FaultKind string

// The faults that can be ordered.
const (
	FaultDown        FaultKind = "down"        // the connection is reset and nothing happens
	FaultHang        FaultKind = "hang"        // nothing happens and nothing is answered, until the client gives up
	FaultSlow        FaultKind = "slow"        // the answer takes Delay longer
	FaultDrop        FaultKind = "drop"        // what was asked for happens, but the answer is lost
	FaultHTML        FaultKind = "html"        // 200 with a page of somebody else, such as a proxy's
	FaultUnavailable FaultKind = "unavailable" // 503 service_unavailable
	FaultInternal    FaultKind = "internal"    // 200 with internal_error; nothing happens
	FaultFatal       FaultKind = "fatal"       // 500 with fatal_error; it may have happened: here it has
	FaultLimited     FaultKind = "ratelimited" // 429 with Retry-After: Delay in whole seconds, at least 1
	FaultRefused     FaultKind = "refused"     // 200 with the error Code
)

// FaultKinds are all faults that can be ordered.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultDown, FaultHang, FaultSlow, FaultDrop, FaultHTML, FaultUnavailable, FaultInternal, FaultFatal, FaultLimited,
		FaultRefused,
	}
}

// A Fault is an order to misbehave.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Method limits it to methods of the Web API that begin so ("chat.", "chat.update"); empty for all, and for response
	// URLs ("response_url") and downloads ("files.download") too.
	Method string `json:"method,omitempty"`
	// Channel limits it to calls about one channel.
	Channel string `json:"channel,omitempty"`
	// Times is how many calls it befalls; zero for all until Mend.
	Times int `json:"times,omitempty"`
	// Skip is how many matching calls are served well before.
	Skip int `json:"skip,omitempty"`
	// Delay is FaultSlow's, in real time, and FaultLimited's Retry-After.
	Delay time.Duration `json:"delay,omitempty"`
	// Code is FaultRefused's.
	Code string `json:"code,omitempty"`
}

// Break orders a fault and returns a number by which Mend ends it. Of several that match a call, the one ordered first
// befalls it.
func (s *Server) Break(f Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Break(f, fault.Span{Times: f.Times, Skip: f.Skip})
}

// Mend ends the faults with the given numbers, all of them when none is given. A call that hangs goes on hanging.
func (s *Server) Mend(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Mend(ids...)
}

// ordered is the fault that befalls a call, nil for none.
func (s *Server) ordered(method, channel string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Befalls(func(f Fault) bool {
		return strings.HasPrefix(method, f.Method) && (f.Channel == "" || f.Channel == channel)
	})
}

// faultAnswer is what a call gets instead of an answer; false for faults that let it be answered.
func faultAnswer(f *Fault) (answer, bool) {
	switch f.Kind {
	case FaultHTML:
		return answer{status: http.StatusOK, outcome: "html", body: []byte("<!DOCTYPE html>\n<html><head><title>Welcome" +
			"</title></head><body><h1>It works!</h1><p>Please log in to the network first.</p></body></html>\n")}.
			with("Content-Type", "text/html"), true
	case FaultUnavailable:
		return refuse("service_unavailable").answer(http.StatusServiceUnavailable), true
	case FaultInternal:
		return refuse("internal_error").answer(http.StatusOK), true
	case FaultLimited:
		seconds := max(int(f.Delay.Round(time.Second)/time.Second), 1)
		return limited(seconds), true
	case FaultRefused:
		return refuse(f.Code).answer(http.StatusOK), true
	case FaultDown, FaultHang, FaultSlow, FaultDrop, FaultFatal:
	}
	return answer{}, false
}

// limited is Slack's answer to who asks too often (docs.slack.dev/apis/web-api/rate-limits).
func limited(seconds int) answer {
	return refuse("ratelimited").answer(http.StatusTooManyRequests).with("Retry-After", strconv.Itoa(seconds))
}
