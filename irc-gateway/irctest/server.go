// Package irctest starts the IRC servers of Debian for tests, each in a folder of its own on free ports, and speaks with them
// as people do.
package irctest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"embed"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"
)

//go:embed conf
var conf embed.FS

// patience is how long what must come may take on a busy machine.
const patience = 2 * time.Minute

// loopback is where everything listens.
const loopback = "127.0.0.1"

// Server is a server of one test.
type Server struct {
	Dir       string
	Plain     int // the port for clients
	TLS       int // the same, with TLS; CA has the certificate
	Link      int // the port for services
	Threshold int // InspIRCd's flood limit, in lines
	Rate      int // and how many thousandths of a line it forgets a second
	User      string
	lacking   []string // modules that it goes without, its services' as well
	program   []string
	cmd       *exec.Cmd
	ended     chan struct{}
}

// Address is host:port of a port.
func Address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// CA is the file with the server's certificate.
func (s *Server) CA() string { return filepath.Join(s.Dir, "cert.pem") }

// InspIRCd starts InspIRCd: TLS, and with Atheme accounts. It ends a connection that is more than threshold lines ahead of
// twenty a second; 0 is no limit worth speaking of. It and its services go without the modules lacking, such as sasl or nickserv/ghost.
func InspIRCd(tb testing.TB, threshold int, lacking ...string) *Server {
	tb.Helper()
	if threshold == 0 {
		threshold = 100_000_000
	}
	const twenty = 20_000
	s := &Server{Dir: tb.TempDir(), Threshold: threshold, Rate: twenty, lacking: lacking}
	certificate(tb, s.Dir, loopback)
	s.write(tb, "motd", []byte("hello\n"))
	args := []string{"inspircd", "--nofork", "--nolog", "--config=" + filepath.Join(s.Dir, "inspircd.conf")}
	if os.Getuid() == 0 {
		args = append(args, "--runasroot")
	}
	s.launch(tb, "inspircd.conf", args)
	return s
}

// NgIRCd starts ngIRCd: no accounts, no tags, few capabilities.
func NgIRCd(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{Dir: tb.TempDir(), User: strconv.Itoa(os.Getuid())}
	if os.Getuid() == 0 {
		s.User = "irc"
		open(tb, s.Dir)
	}
	s.launch(tb, "ngircd.conf", []string{"ngircd", "--nodaemon", "--config", filepath.Join(s.Dir, "ngircd.conf")})
	return s
}

// open lets the user irc into a test's folder.
func open(tb testing.TB, dir string) {
	tb.Helper()
	for _, folder := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(folder, 0o777); err != nil { //nolint:gosec // of one test, and the server gives up being root
			tb.Fatal(err)
		}
	}
}

// launch starts the server on ports that are its own until the test ends.
func (s *Server) launch(tb testing.TB, file string, program []string) {
	tb.Helper()
	s.program = program
	s.Plain, s.TLS, s.Link = holdPort(tb), holdPort(tb), holdPort(tb)
	s.render(tb, file)
	tb.Cleanup(s.Kill)
	if !s.begin(tb) {
		tb.Fatalf("%s does not start", program[0])
	}
}

// Start starts it again after Kill.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	if !s.begin(tb) {
		tb.Fatalf("%s did not come back", s.program[0])
	}
}

// begin starts it, and reports whether it takes clients.
func (s *Server) begin(tb testing.TB) bool {
	tb.Helper()
	s.cmd, s.ended = run(tb, s.program)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		select {
		case <-s.ended:
			return false
		default:
		}
		conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", Address(s.Plain))
		if err == nil {
			_ = conn.Close()
			return true
		}
	}
	return false
}

// run starts a program that is ended with the test.
func run(tb testing.TB, program []string) (cmd *exec.Cmd, ended chan struct{}) {
	tb.Helper()
	cmd = exec.CommandContext(context.Background(), program[0], program[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s (make need installs it): %v", program[0], err)
	}
	ended = make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	return cmd, ended
}

// Kill ends it at once.
func (s *Server) Kill() { kill(s.cmd, s.ended) }

func kill(cmd *exec.Cmd, ended chan struct{}) {
	if cmd == nil {
		return
	}
	_ = cmd.Process.Kill() // it may have ended
	<-ended
}

// Signal sends it a signal, such as SIGSTOP.
func (s *Server) Signal(tb testing.TB, signal syscall.Signal) {
	tb.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		tb.Fatal(err)
	}
}

func (s *Server) render(tb testing.TB, file string) {
	tb.Helper()
	text, err := template.ParseFS(conf, "conf/"+file)
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	if err := text.Execute(&out, s); err != nil {
		tb.Fatal(err)
	}
	config := out.String()
	for _, module := range s.lacking {
		config = strings.NewReplacer(`<module name="`+module+`">`, "", `loadmodule "modules/`+module+`";`, "").Replace(config)
	}
	s.write(tb, file, []byte(config))
}

func (s *Server) write(tb testing.TB, name string, text []byte) {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, name), text, 0o644); err != nil {
		tb.Fatal(err)
	}
}

// holdPort finds a free port and keeps it until the test ends: a socket has it that does not listen, so that a server, which asks for
// SO_REUSEADDR, can, and the kernel gives it to nobody else, also while the server is down.
func holdPort(tb testing.TB) int {
	tb.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = syscall.Close(socket) })
	address := syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	if err := errors.Join(syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1), syscall.Bind(socket, &address)); err != nil {
		tb.Fatal(err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		tb.Fatal(err)
	}
	return bound.(*syscall.SockaddrInet4).Port //nolint:forcetypeassert // of such a socket
}

// Certificate makes a certificate with its key, as PEM, for a client that proves itself with it.
func Certificate(tb testing.TB, name string) (pair []byte) {
	tb.Helper()
	cert, key := newPair(tb, name)
	return append(cert, key...)
}

func certificate(tb testing.TB, dir, host string) {
	tb.Helper()
	cert, key := newPair(tb, host)
	for name, text := range map[string][]byte{"cert.pem": cert, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

func newPair(tb testing.TB, name string) (cert, key []byte) {
	tb.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	wish := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.ParseIP(loopback)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, wish, wish, &private.PublicKey, private)
	if err != nil {
		tb.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// Atheme starts the services of an InspIRCd, and waits until they are there.
func (s *Server) Atheme(tb testing.TB) {
	tb.Helper()
	s.render(tb, "atheme.conf")
	dir := filepath.Join(s.Dir, "atheme")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		tb.Fatal(err)
	}
	program := []string{
		"atheme-services", "-n", "-c", filepath.Join(s.Dir, "atheme.conf"), "-D", dir, "-l", filepath.Join(dir, "log"), "-p", filepath.Join(dir, "pid"),
	}
	if os.Getuid() == 0 { // they refuse to be root
		open(tb, s.Dir)
		if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // as above
			tb.Fatal(err)
		}
		program = append([]string{"setpriv", "--reuid=irc", "--clear-groups"}, program...)
	}
	cmd, ended := run(tb, program)
	tb.Cleanup(func() { kill(cmd, ended) })
	c := s.Client(tb, "waits")
	for end := time.Now().Add(patience); !c.Saw(" 311 "); {
		if time.Now().After(end) {
			tb.Fatal("the services do not come")
		}
		c.Forget()
		c.Send("WHOIS NickServ")
		for !c.Saw(" 318 ") && time.Now().Before(end) {
			time.Sleep(5 * time.Millisecond)
		}
	}
	c.Close()
}
