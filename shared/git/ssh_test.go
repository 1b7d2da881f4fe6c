package git_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/git"
)

// sshServer serves repositories to who has a key, and breaks the connection after so many bytes of an answer.
type sshServer struct {
	*testing.T
	path    string // of the repository
	config  *ssh.ServerConfig
	address string
	known   string // a line for known_hosts
	key     string // of who is let in
	breaks  atomic.Int64
}

func newSSH(t *testing.T, path string) *sshServer {
	t.Helper()
	s := &sshServer{T: t, path: path, config: &ssh.ServerConfig{}}
	_, hostKey, _ := ed25519.GenerateKey(rand.Reader)
	host, err := ssh.NewSignerFromKey(hostKey)
	if err != nil {
		t.Fatal(err)
	}
	s.config.AddHostKey(host)
	_, userKey, _ := ed25519.GenerateKey(rand.Reader)
	user, err := ssh.NewSignerFromKey(userKey)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(userKey, "")
	if err != nil {
		t.Fatal(err)
	}
	s.key = string(pem.EncodeToMemory(block))
	s.config.PublicKeyCallback = func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if !bytes.Equal(key.Marshal(), user.PublicKey().Marshal()) {
			return nil, errors.New("a stranger")
		}
		return &ssh.Permissions{}, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	s.address = listener.Addr().String()
	_, port, _ := net.SplitHostPort(s.address)
	s.known = fmt.Sprintf("[127.0.0.1]:%s %s", port, ssh.MarshalAuthorizedKey(host.PublicKey()))
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

func (s *sshServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for channel := range channels {
		stream, asked, err := channel.Accept()
		if err != nil {
			return
		}
		go func() {
			for request := range asked {
				ok := request.Type == "exec"
				_ = request.Reply(ok, nil)
				if ok {
					s.exec(conn, stream, string(request.Payload[4:]))
				}
			}
		}()
	}
}

// exec runs git-upload-pack or git-receive-pack, of the one repository whatever is asked for.
func (s *sshServer) exec(conn net.Conn, stream ssh.Channel, command string) {
	name, _, _ := strings.Cut(command, " ")
	cmd := exec.CommandContext(s.Context(), "git", strings.TrimPrefix(name, "git-"), s.path)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stream, &breaking{stream, conn, &s.breaks}, stream.Stderr()
	status := 0
	if err := cmd.Run(); err != nil {
		status = 1
	}
	_, _ = stream.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(status)}))
	_ = stream.Close()
}

// breaking ends the connection after so many bytes; none for never.
type breaking struct {
	to   io.Writer
	conn net.Conn
	left *atomic.Int64
}

func (b *breaking) Write(p []byte) (int, error) {
	if left := b.left.Load(); left > 0 && b.left.Add(-int64(len(p))) <= 0 {
		_, _ = b.to.Write(p[:min(int64(len(p)), left)])
		_ = b.conn.Close()
		return 0, io.ErrClosedPipe
	}
	return b.to.Write(p)
}

func TestSSH(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := newSSH(t, b.path(sandbox.Upstream))
	url := "ssh://git@" + s.address + "/upstream/kettle.git"
	secrets := map[string]string{"known": s.known, "key": s.key, "none": "", "stranger": newSSH(t, "").key}
	reach := func(known, key string) error {
		all, err := git.New(git.Section{
			KnownHosts: known, Credentials: []git.Credential{{URL: "ssh://git@" + s.address + "/", Key: key}},
		}, func(name string) ([]byte, error) { return []byte(secrets[name]), nil }, b.dir)
		if err != nil {
			t.Fatal(err)
		}
		_, err = all.Export(t.Context(), url, "main", filepath.Join(t.TempDir(), "out"), nil)
		return err
	}
	for _, c := range []struct {
		known, key string
		breaks     int64
		want       git.Kind
	}{
		{"none", "key", 0, git.UnknownHost},
		{"known", "stranger", 0, git.Denied},
		{"known", "none", 0, git.Denied},
		{"known", "key", 700, git.Dropped},
	} {
		s.breaks.Store(c.breaks)
		fault, ok := errors.AsType[*git.Fault](reach(c.known, c.key))
		if !ok || fault.Kind != c.want {
			t.Errorf("%+v: %v %q", c, fault, fault.Lines)
		}
		if text := fmt.Sprint(fault, fault.Lines); strings.Contains(text, "OPENSSH PRIVATE KEY") {
			t.Errorf("%+v: the key is shown", c)
		}
	}
	s.breaks.Store(0)
	if err := reach("known", "key"); err != nil {
		t.Error(err)
	}
}
