package git

import (
	"io"
	"log"
	"net/http"
	"net/http/cgi" //nolint:gosec // only Go before 1.6.3 took Proxy for an environment variable
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// maxAsked is how many requests are remembered.
const maxAsked = 10_000

// serve hands a request to git http-backend, or does what was ordered instead.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	repository := r.PathValue("owner") + "/" + strings.TrimSuffix(r.PathValue("name"), ".git")
	path, err := s.Path(repository)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if _, err := os.Stat(filepath.Join(path, "HEAD")); err != nil {
		http.Error(w, "Repository not found", http.StatusNotFound)
		return
	}
	s.befall(w, r, repository, func(w http.ResponseWriter, r *http.Request) { s.backend(w, r, path) })
}

// service is which of git's programs a request is for.
func service(r *http.Request) string {
	if name := r.URL.Query().Get("service"); name != "" {
		return name
	}
	return filepath.Base(r.URL.Path)
}

func (s *Server) backend(w http.ResponseWriter, r *http.Request, path string) {
	program, err := exec.LookPath("git")
	if err != nil {
		http.Error(w, "git is not there", http.StatusInternalServerError)
		return
	}
	request := r.Clone(r.Context())
	// The backend reads to the end, however long what comes is. Told a length, it would wait for the rest of what broke off
	// for ever, and busily.
	request.TransferEncoding = nil
	if r.ContentLength != 0 {
		request.ContentLength = -1
	}
	request.URL.Path = "/" + r.PathValue("rest")
	handler := cgi.Handler{
		Path: program, Args: []string{"-c", "safe.directory=*", "http-backend"}, Dir: path, Root: "",
		Env: []string{
			"GIT_PROJECT_ROOT=" + path, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=" + s.options.User, "GIT_CONFIG_NOSYSTEM=1",
			"GIT_CONFIG_GLOBAL=/dev/null", "HOME=" + path, "GIT_PROTOCOL=" + r.Header.Get("Git-Protocol"), "PATH=" + os.Getenv("PATH"),
		},
		Logger: log.New(io.Discard, "", 0), Stderr: io.Discard,
	}
	handler.ServeHTTP(w, request)
}

// FaultKind is a way to misbehave.
type FaultKind string

// The faults that can be ordered.
const (
	FaultDown   FaultKind = "down"   // the connection is reset and nothing happens
	FaultHang   FaultKind = "hang"   // nothing happens and nothing is answered, until the client gives up or the fault is mended
	FaultSend   FaultKind = "send"   // the connection is reset when After bytes of what is sent have come
	FaultAnswer FaultKind = "answer" // the connection is reset when After bytes of the answer have gone
	FaultLost   FaultKind = "lost"   // all is done, and then the connection is reset
	FaultSlow   FaultKind = "slow"   // what is sent is read no further after After bytes; when the fault is mended, the connection is reset
	FaultStatus FaultKind = "status" // Status is answered, and nothing happens
)

// FaultKinds are all faults that can be ordered.
func FaultKinds() []FaultKind {
	return []FaultKind{FaultDown, FaultHang, FaultSend, FaultAnswer, FaultLost, FaultSlow, FaultStatus}
}

// Fault is an order to misbehave.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Repository limits it to one, owner/name; empty for all.
	Repository string `json:"repository,omitempty"`
	// Service limits it to "git-upload-pack" (fetches) or "git-receive-pack" (pushes); empty for both.
	Service string `json:"service,omitempty"`
	// Method limits it to GET (the list of refs) or POST (all else); empty for both.
	Method string `json:"method,omitempty"`
	After  int64  `json:"after,omitempty"`
	Status int    `json:"status,omitempty"`

	fault.Span
}

// Break orders a fault and returns a number by which Mend ends it.
func (s *Server) Break(f Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.Break(f, f.Span)
}

// Mend ends the faults with the given numbers, all of them when none is given.
func (s *Server) Mend(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Mend(ids...)
	close(s.mended)
	s.mended = make(chan struct{})
}

// await waits until faults are mended, or the client has gone.
func (s *Server) await(r *http.Request) {
	s.mu.Lock()
	mended := s.mended
	s.mu.Unlock()
	select {
	case <-mended:
	case <-r.Context().Done():
	}
}

// ordered is the fault that befalls a request, nil for none. It writes the request down.
func (s *Server) ordered(r *http.Request, repository string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) < maxAsked {
		s.asked = append(s.asked, r.Method+" "+repository+" "+service(r))
	}
	f := s.faults.Befalls(func(f Fault) bool {
		return (f.Repository == "" || f.Repository == repository) && (f.Service == "" || f.Service == service(r)) &&
			(f.Method == "" || f.Method == r.Method)
	})
	if f != nil {
		s.befallen++
	}
	return f
}

// Befallen is how many requests a fault has befallen.
func (s *Server) Befallen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.befallen
}

func (s *Server) befall(w http.ResponseWriter, r *http.Request, repository string, well http.HandlerFunc) {
	f := s.ordered(r, repository)
	if f == nil {
		well(w, r)
		return
	}
	cut := &scissors{w: w, left: f.After}
	switch f.Kind {
	case FaultDown:
		fault.Drop(w)
	case FaultHang:
		_, _ = io.Copy(io.Discard, r.Body) // the client's end is seen only behind what it sends
		s.await(r)
	case FaultSend:
		r.Body = &torn{ReadCloser: r.Body, cut: cut}
		well(&lost{header: http.Header{}}, r)
		cut.snip()
	case FaultAnswer:
		well(&short{ResponseWriter: w, cut: cut}, r)
	case FaultLost:
		well(&lost{header: http.Header{}}, r)
		cut.snip()
	case FaultSlow:
		_, _ = io.CopyN(io.Discard, r.Body, f.After)
		s.await(r)
		cut.snip()
	case FaultStatus:
		http.Error(w, http.StatusText(f.Status), f.Status)
	}
}

// scissors cut a connection once, after so many bytes.
type scissors struct {
	w    http.ResponseWriter
	left int64
	once sync.Once
}

func (c *scissors) snip() { c.once.Do(func() { fault.Drop(c.w) }) }

// torn is a body that breaks off.
type torn struct {
	io.ReadCloser

	cut *scissors
}

func (t *torn) Read(p []byte) (int, error) {
	if t.cut.left <= 0 {
		t.cut.snip()
		return 0, io.ErrUnexpectedEOF
	}
	n, err := t.ReadCloser.Read(p[:min(int64(len(p)), t.cut.left)])
	t.cut.left -= int64(n)
	return n, err
}

// short is an answer that breaks off.
type short struct {
	http.ResponseWriter

	cut *scissors
}

func (s *short) Write(p []byte) (int, error) {
	if s.cut.left <= 0 {
		s.cut.snip()
		return 0, io.ErrClosedPipe
	}
	n, err := s.ResponseWriter.Write(p[:min(int64(len(p)), s.cut.left)])
	s.cut.left -= int64(n)
	_ = http.NewResponseController(s.ResponseWriter).Flush()
	if err == nil && n < len(p) {
		s.cut.snip()
		return n, io.ErrClosedPipe
	}
	return n, err
}

// lost is an answer that nobody gets.
type lost struct{ header http.Header }

func (l *lost) Header() http.Header         { return l.header }
func (l *lost) WriteHeader(int)             {}
func (l *lost) Write(p []byte) (int, error) { return len(p), nil }
