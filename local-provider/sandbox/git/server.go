package git

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// Options say what is served. The zero value serves an empty folder of its own to nobody.
type Options struct {
	// Dir keeps the repositories, as owner/name.git.
	Dir string
	// User and Password let in; without a password nobody is.
	User, Password string
	// Seeds says that the sandbox's repositories are to be there, see seed.
	Seeds bool
}

// Server is a git server. Use it as an HTTP handler.
type Server struct {
	options Options
	mux     *http.ServeMux
	err     error

	mu       sync.Mutex
	faults   fault.Orders[Fault]
	asked    []string
	befallen int
	mended   chan struct{} // closed and replaced when faults are
}

// New makes one. What is wrong is told by Err.
func New(options Options) *Server {
	s := &Server{options: options, mux: http.NewServeMux(), mended: make(chan struct{})}
	if s.options.User == "" {
		s.options.User = "handsoff"
	}
	s.routes()
	if _, err := exec.LookPath("git"); err != nil {
		s.err = fmt.Errorf("git is needed (make need): %w", err)
		return s
	}
	if err := os.MkdirAll(s.options.Dir, 0o700); err != nil {
		s.err = fmt.Errorf("make the folder: %w", err)
		return s
	}
	if options.Seeds {
		s.err = s.seed()
	}
	return s
}

// Err says why the server could not start.
func (s *Server) Err() error { return s.err }

// routes puts the page, the control and the repositories where they belong.
func (s *Server) routes() {
	s.mux.Handle("GET /{$}", gate.Dressed(http.HandlerFunc(s.list)))
	s.controls()
	s.mux.HandleFunc("/{owner}/{name}/{rest...}", s.serve)
}

// ServeHTTP lets in who has the password, and no other site in the name of a browser that has it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if s.options.Password == "" || !equal(user, s.options.User) || !equal(password, s.options.Password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git (sandbox)", charset="UTF-8"`)
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
			return
		}
		s.mux.ServeHTTP(w, r)
	})).ServeHTTP(w, r)
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

var (
	repositoryForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}/[a-z0-9][a-z0-9_.-]{0,63}$`)
	errRepository  = errors.New("a repository is called owner/name, in small letters")
)

// Path is where the repository owner/name is.
func (s *Server) Path(repository string) (string, error) {
	name := strings.TrimSuffix(repository, ".git")
	if !repositoryForm.MatchString(name) || strings.Contains(name, "..") {
		return "", errRepository
	}
	return filepath.Join(s.options.Dir, filepath.FromSlash(name)+".git"), nil
}

// Create makes an empty repository, if it is not there, and returns where it is.
func (s *Server) Create(repository string) (string, error) {
	path, err := s.Path(repository)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(path, "HEAD")); err == nil {
		return path, nil
	}
	_, err = s.run("", nil, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", path)
	return path, err
}

// Repositories are the names of all, in order.
func (s *Server) Repositories() []string {
	found, err := filepath.Glob(filepath.Join(s.options.Dir, "*", "*.git"))
	if err != nil {
		return nil
	}
	for i, path := range found {
		name, err := filepath.Rel(s.options.Dir, strings.TrimSuffix(path, ".git"))
		if err == nil {
			found[i] = filepath.ToSlash(name)
		}
	}
	return found
}

// Asked are the requests of git's so far: "GET acme/kettle git-upload-pack".
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}
