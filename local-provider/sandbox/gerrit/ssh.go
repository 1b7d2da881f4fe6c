package gerrit

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// loginTime is Gerrit's sshd.loginGraceTime.
const loginTime = 2 * time.Minute

// A wire is the SSH server's side of the network: its host key, its connections, and what is wrong with them.
type wire struct {
	mu      *sync.Mutex
	first   ssh.Signer // what it shows when nothing is wrong
	key     ssh.Signer
	conns   map[*conn]bool
	refuse  bool
	thaw    chan struct{} // while connections hang: closed when they go on
	cutting *cutting
}

func newWire(options Options) (wire, error) {
	w := wire{mu: &sync.Mutex{}, conns: map[*conn]bool{}}
	key, err := hostKey(options)
	w.first, w.key = key, key
	return w, err
}

// hostKey is the key that the options give, or the one in the folder, or a new one, which is then put there.
func hostKey(options Options) (ssh.Signer, error) {
	if options.HostKey != nil {
		return options.HostKey, nil
	}
	path := filepath.Join(options.Dir, "ssh_host_ed25519_key")
	if options.Dir != "" {
		text, err := os.ReadFile(path)
		if err == nil {
			return ssh.ParsePrivateKey(text)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("read the host key: %w", err)
		}
	}
	key, text, err := newHostKey()
	if err == nil && options.Dir != "" {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("make a host key: %w", err)
	}
	return key, nil
}

func newHostKey() (ssh.Signer, []byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "sandbox-gerrit")
	if err != nil {
		return nil, nil, err
	}
	key, err := ssh.NewSignerFromKey(private)
	return key, pem.EncodeToMemory(block), err
}

// HostKey is the key that the SSH server shows now.
func (s *Server) HostKey() ssh.PublicKey {
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	if s.wire.key == nil {
		return nil
	}
	return s.wire.key.PublicKey()
}

// ServeSSH serves SSH on a listener until it, or the server, is closed. It returns nil then.
func (s *Server) ServeSSH(listener net.Listener) error {
	go func() {
		<-s.done
		_ = listener.Close()
	}()
	for {
		plain, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept an SSH connection: %w", err)
		}
		c, key := s.wire.admit(plain)
		if c == nil {
			reset(plain)
			continue
		}
		go s.serveConn(c, key)
	}
}

// serveConn serves one connection until it ends.
func (s *Server) serveConn(c *conn, key ssh.Signer) {
	defer s.wire.leave(c)
	config := &ssh.ServerConfig{
		ServerVersion: "SSH-2.0-GerritCodeReview_" + s.options.Version + " (APACHE-SSHD-2.9.2)",
		PublicKeyCallback: func(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if meta.User() == bot && s.knows(key) {
				return &ssh.Permissions{}, nil
			}
			return nil, fmt.Errorf("%s has no such key", meta.User())
		},
	}
	config.AddHostKey(key)
	_ = c.SetReadDeadline(time.Now().Add(loginTime))
	session, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		s.note("ssh login", "", 1)
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	s.note("ssh login", session.User(), 0)
	go ssh.DiscardRequests(requests) // answers a keepalive with "no", which is an answer
	for offered := range channels {
		if offered.ChannelType() != "session" {
			_ = offered.Reject(ssh.UnknownChannelType, "unknown channel type")
			continue
		}
		channel, asked, err := offered.Accept()
		if err != nil {
			return
		}
		go s.serveSession(c, session.User(), channel, asked)
	}
}

// reset ends a connection as a machine does on whose port nothing listens.
func reset(plain net.Conn) {
	if tcp, ok := plain.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = plain.Close()
}
