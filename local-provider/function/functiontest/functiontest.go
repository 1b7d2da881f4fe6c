// Package functiontest is a function that does as it is told, for tests: it echoes, waits, fails, streams, prints, starts
// children and ends.
package functiontest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Marker is the environment variable that makes a test binary be this function.
const Marker = "handsoff_test_function"

// Run serves as the function and ends the program, if the environment says so; otherwise it returns at once. Call it
// first in TestMain.
func Run() {
	if os.Getenv(Marker) != "" {
		Main()
	}
}

// Call is what the function answers on most paths.
type Call struct {
	Method string      `json:"method"`
	URI    string      `json:"uri"`
	Host   string      `json:"host"`
	Body   string      `json:"body"`
	Header http.Header `json:"header"`
	PID    int         `json:"pid"`
	Env    []string    `json:"env"`
}

// Main serves until SIGTERM.
func Main() {
	if os.Getenv("fail_start") != "" {
		fmt.Println("told to fail")
		os.Exit(3)
	}
	if delay, err := time.ParseDuration(os.Getenv("start_delay")); err == nil {
		time.Sleep(delay)
	}
	mux := http.NewServeMux()
	health := "GET /_/health"
	if os.Getenv("only_ready") != "" {
		health = "GET /_/ready"
	}
	mux.HandleFunc(health, func(http.ResponseWriter, *http.Request) {})
	if os.Getenv("only_ready") == "" {
		mux.HandleFunc("GET /_/ready", http.NotFound)
	}
	mux.HandleFunc("/sleep", sleep)
	mux.HandleFunc("/status", status)
	mux.HandleFunc("/stream", stream)
	mux.HandleFunc("/slow-body", slowBody)
	mux.HandleFunc("/secret", secret)
	mux.HandleFunc("/spawn", spawn)
	mux.HandleFunc("/print", say)
	mux.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { os.Exit(3) })
	server := &http.Server{
		Addr: "127.0.0.1:" + os.Getenv("port"), ReadHeaderTimeout: time.Minute,
		// The mux would clean paths; a function sees what was sent.
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if h, pattern := mux.Handler(r); pattern != "" && pattern != "/" {
				h.ServeHTTP(w, r)
				return
			}
			echo(w, r)
		}),
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	if os.Getenv("ignore_term") != "" {
		signal.Ignore(syscall.SIGTERM)
	}
	go func() {
		<-ctx.Done()
		fmt.Println("told to stop")
		_ = server.Shutdown(context.Background())
		stop()
		os.Exit(0)
	}()
	fmt.Println(server.ListenAndServe())
	os.Exit(4)
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if path := os.Getenv("note"); path != "" {
		note(path, r.Method+" "+r.URL.RequestURI()+" "+string(body)+"\n")
	}
	w.Header().Set("X-Own", "kept")
	answer, err := json.Marshal(Call{
		Method: r.Method, URI: r.RequestURI, Host: r.Host, Body: string(body), Header: r.Header, PID: os.Getpid(),
		Env: os.Environ(),
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(answer)
}

func note(path, line string) {
	file, err := os.OpenFile(path,
		os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, _ = file.WriteString(line)
		_ = file.Close()
	}
}

func sleep(w http.ResponseWriter, r *http.Request) {
	d, _ := time.ParseDuration(r.URL.Query().Get("for"))
	select {
	case <-time.After(d):
		fmt.Fprintln(w, "slept")
	case <-r.Context().Done():
		fmt.Println("caller gone")
	}
}

func status(w http.ResponseWriter, r *http.Request) {
	if after := r.URL.Query().Get("after"); after != "" {
		w.Header().Set("Retry-After", after)
	}
	code, _ := strconv.Atoi(r.URL.Query().Get("code"))
	w.WriteHeader(code)
}

// stream answers each piece of the request as it comes.
func stream(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	_ = control.EnableFullDuplex()
	piece := make([]byte, 1024)
	for {
		n, err := r.Body.Read(piece)
		if n > 0 {
			_, _ = w.Write(piece[:n])
			_ = control.Flush()
		}
		if err != nil {
			return
		}
	}
}

// slowBody answers headers at once and the end of the body never.
func slowBody(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, "begun")
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func secret(w http.ResponseWriter, r *http.Request) {
	path := filepath.Join(os.Getenv("secret_mount_path"), filepath.Base(r.URL.Query().Get("name")))
	value, err := os.ReadFile(path)
	if err != nil {
		http.Error(w, "no such secret", http.StatusNotFound)
		return
	}
	_, _ = w.Write(value) //nolint:gosec // a test reads it
}

// spawn starts a child that outlives the request, and tells its process id.
func spawn(w http.ResponseWriter, r *http.Request) {
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: r.URL.Query().Has("leader")}
	if err := cmd.Start(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, cmd.Process.Pid)
}

func say(_ http.ResponseWriter, r *http.Request) {
	fmt.Println(r.URL.Query().Get("out"))
	fmt.Fprintln(os.Stderr, r.URL.Query().Get("err"))
}
