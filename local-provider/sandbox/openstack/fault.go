package openstack

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
	FaultDown        FaultKind = "down"         // the connection is reset and nothing happens
	FaultHang        FaultKind = "hang"         // nothing happens and nothing is answered, until the client gives up
	FaultSlow        FaultKind = "slow"         // the answer takes Delay longer
	FaultLost        FaultKind = "lost"         // what was asked for happens, but the answer is lost
	FaultStatus      FaultKind = "status"       // nothing happens, and Status is answered in the service's form
	FaultToken       FaultKind = "token"        // every token ends at that moment
	FaultServerError FaultKind = "server-error" // a server that is made ends in ERROR with the fault Message
	FaultStuck       FaultKind = "stuck-delete" // a server, volume or stack that is deleted stays as it is, being deleted
	FaultQuota       FaultKind = "quota"        // something that is made does not fit into the quota any more
)

// FaultKinds are all faults that can be ordered.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultDown, FaultHang, FaultSlow, FaultLost, FaultStatus, FaultToken, FaultServerError, FaultStuck, FaultQuota,
	}
}

// A Fault is an order to misbehave.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Service limits it to one service: identity, compute, placement, network, image, volume, orchestration; empty for all.
	Service string `json:"service,omitempty"`
	// Method limits it to one HTTP method; empty for all.
	Method string `json:"method,omitempty"`
	// Path limits it to paths of this form, in which * stands for anything: either the whole path, or what follows the service's
	// version, such as "/servers/*". Empty for all.
	Path string `json:"path,omitempty"`
	// Status is FaultStatus's, from 400 to 599.
	Status int `json:"status,omitempty"`
	// Message is what FaultStatus and FaultServerError say; a usual one when empty.
	Message string `json:"message,omitempty"`
	// After is FaultStatus's Retry-After; none when zero.
	After time.Duration `json:"after,omitempty"`
	// Delay is FaultSlow's, in real time.
	Delay time.Duration `json:"delay,omitempty"`

	fault.Span
}

// Break orders a fault and returns a number by which Mend ends it. Of several that match a call, the one ordered first befalls
// it. The page and the control are never befallen. A FaultToken that says nothing else happens once.
func (s *Server) Break(f Fault) int {
	if f.Kind == FaultToken && f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Break(f, f.Span)
}

// Mend ends the faults with the given numbers, all of them when none is given. Calls that hang are dropped.
func (s *Server) Mend(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Mend(ids...)
	close(s.mended)
	s.mended = make(chan struct{})
}

// Befallen is how many calls a fault has befallen.
func (s *Server) Befallen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.befallen
}

// ordered is the fault that befalls a call, nil for none.
func (s *Server) ordered(r *http.Request, v *service) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults.Befalls(func(f Fault) bool { return f.meets(r, v) })
	if f != nil {
		s.befallen++
	}
	return f
}

// meets says whether a call is one that a fault is about.
func (f Fault) meets(r *http.Request, v *service) bool {
	if f.Service != "" && f.Service != v.key && f.Service != v.kind || f.Method != "" && f.Method != r.Method {
		return false
	}
	path := r.URL.Path
	if f.Path != "" && !glob(f.Path, path) && !glob(f.Path, relative(path, v)) {
		return false
	}
	switch f.Kind {
	case FaultServerError:
		return v.key == "compute" && r.Method == http.MethodPost && relative(path, v) == "/servers"
	case FaultStuck:
		return r.Method == http.MethodDelete && deletable(relative(path, v))
	case FaultQuota:
		return r.Method == http.MethodPost && countable(relative(path, v))
	case FaultDown, FaultHang, FaultSlow, FaultLost, FaultStatus, FaultToken:
	}
	return true
}

// relative is what follows the service's version, and the project where one stands, in a path.
func relative(path string, v *service) string {
	words := strings.Count(v.path, "/")
	for range words {
		_, after, found := strings.Cut(path[min(1, len(path)):], "/")
		if !found {
			return "/"
		}
		path = "/" + after
	}
	return path
}

// deletable says whether a path is that of one server, volume or stack, whose deletion takes time.
func deletable(path string) bool {
	return glob("/servers/*", path) && strings.Count(path, "/") == 2 || glob("/volumes/*", path) || glob("/stacks/*", path)
}

// countable says whether a path is one at which things are made that a quota counts.
func countable(path string) bool {
	switch path {
	case "/servers", "/os-keypairs", "/os-server-groups", "/networks", "/subnets", "/ports", "/routers", "/floatingips",
		"/security-groups", "/security-group-rules", "/volumes":
		return true
	}
	return false
}

// glob says whether a text has a form in which * stands for anything.
func glob(form, text string) bool {
	parts := strings.Split(form, "*")
	if len(parts) == 1 {
		return form == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return true
}

// befall does what a fault does before a call is looked at; false when there is nothing more to do.
func (s *Server) befall(w http.ResponseWriter, r *http.Request, v *service, f *Fault) bool {
	switch f.Kind {
	case FaultSlow:
		return fault.Pause(r.Context(), f.Delay, s.done)
	case FaultHang:
		s.note(r, 0)
		s.hang(r)
		fault.Drop(w)
		return false
	case FaultDown:
		s.note(r, 0)
		fault.Drop(w)
		return false
	case FaultStatus:
		s.note(r, f.Status)
		f.answer(v).text().write(w, r)
		return false
	case FaultLost, FaultToken, FaultServerError, FaultStuck, FaultQuota:
	}
	return true
}

// hang waits until the client gives up, faults are mended, or the server ends.
func (s *Server) hang(r *http.Request) {
	s.mu.Lock()
	mended := s.mended
	s.mu.Unlock()
	select {
	case <-r.Context().Done():
	case <-mended:
	case <-s.done:
	}
}

// answer is FaultStatus's.
func (f *Fault) answer(v *service) answer {
	message := f.Message
	if message == "" {
		message = http.StatusText(f.Status)
	}
	form := v.form
	if f.Status == http.StatusUnauthorized {
		form = identityForm
	}
	a := form(&refusal{status: f.Status, message: message})
	if f.After > 0 {
		a = a.with("Retry-After", strconv.Itoa(int((f.After+time.Second-1)/time.Second)))
	}
	return a
}

// befell says whether a fault of a kind befalls a call.
func (c *call) befell(kind FaultKind) bool { return c.fault != nil && c.fault.Kind == kind }
