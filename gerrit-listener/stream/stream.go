package stream

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// command is what is run on the server.
const command = "gerrit stream-events"

// Options say which stream to listen to.
type Options struct {
	Address string                 // host:port
	User    string                 // the account
	Key     func() ([]byte, error) // its private key, PEM, without a passphrase
	Hosts   string                 // the file known_hosts
	MaxLine int                    // bytes of a line
	Dial    time.Duration          // bounds connecting and greeting; 20 s when 0
	Beat    time.Duration          // how often a sign of life is asked for; 30 s when 0
	Beats   int                    // how many of them a server may leave unanswered; 3 when 0
	Alive   func()                 // told of every answer to that; may be nil
}

func (o Options) withDefaults() Options {
	if o.Dial <= 0 {
		o.Dial = 20 * time.Second
	}
	if o.Beat <= 0 {
		o.Beat = 30 * time.Second
	}
	if o.Beats <= 0 {
		o.Beats = 3
	}
	if o.Alive == nil {
		o.Alive = func() {}
	}
	return o
}

// Stream is one connection. Next is for one goroutine; Close may be called from any, more than once.
type Stream struct {
	options Options
	client  *ssh.Client
	session *ssh.Session
	lines   *bufio.Reader
	said    *complaint
	silent  atomic.Bool
	over    chan struct{}
	close   sync.Once
	beating sync.WaitGroup
	detach  func() bool
}

// Open connects and starts the stream. It ends when ctx does. The error is a [Fault].
func Open(ctx context.Context, options Options) (*Stream, error) {
	o := options.withDefaults()
	client, err := o.connect(ctx)
	if err != nil {
		return nil, err
	}
	s := &Stream{options: o, client: client, said: new(complaint), over: make(chan struct{})}
	s.detach = context.AfterFunc(ctx, func() { _ = client.Close() })
	if err := s.start(); err != nil {
		s.Close()
		return nil, err
	}
	s.beating.Go(s.beat)
	return s, nil
}

// connect dials and greets.
func (o *Options) connect(ctx context.Context) (*ssh.Client, error) {
	known, err := o.readHosts()
	if err != nil {
		return nil, err
	}
	signer, err := o.signer()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Dial)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, o.fault(Away, err, "%s cannot be reached: %s", o.Address, brief(err.Error()))
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // a server that does not greet back
	greeted, channels, requests, err := ssh.NewClientConn(conn, o.Address, &ssh.ClientConfig{
		User: o.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: known.callback, HostKeyAlgorithms: known.algorithms, ClientVersion: "SSH-2.0-handsoff",
	})
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = conn.Close() // the error is what counts
		return nil, o.greeting(err)
	}
	return ssh.NewClient(greeted, channels, requests), nil
}

func (o *Options) signer() (ssh.Signer, error) {
	text, err := o.Key()
	if err != nil {
		return nil, o.fault(Keyless, err, "the private key for %s cannot be read: %s", o.Address, brief(err.Error()))
	}
	signer, err := ssh.ParsePrivateKey(append(bytes.TrimSpace(text), '\n'))
	if _, locked := errors.AsType[*ssh.PassphraseMissingError](err); locked {
		return nil, o.fault(Keyless, nil, "the private key for %s has a passphrase; store one without", o.Address)
	}
	if err != nil { // which may repeat of the key
		return nil, o.fault(Keyless, nil, "the private key for %s is not one that can be read: store it as ssh-keygen writes it", o.Address)
	}
	return signer, nil
}

// start runs the command.
func (s *Stream) start() error {
	session, err := s.client.NewSession()
	if err != nil {
		return s.options.fault(Ended, err, "%s takes no command: %s", s.options.Address, brief(err.Error()))
	}
	s.session = session
	session.Stderr = s.said
	out, err := session.StdoutPipe()
	if err == nil {
		err = session.Start(command)
	}
	if err != nil {
		return s.options.fault(Refused, err, "%s does not run %s: %s", s.options.Address, command, brief(err.Error()))
	}
	s.lines = bufio.NewReaderSize(out, 64<<10)
	return nil
}

// ErrTooLong says that a line was longer than Options.MaxLine, and was passed over; the next one may be read.
var ErrTooLong = errors.New("stream: a line is too long")

// Next is the next whole line, without its break; it belongs to the caller. It gives ErrTooLong, or a [Fault] when the
// stream is over.
func (s *Stream) Next() ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := s.lines.ReadSlice('\n')
		if len(line)+len(part) > s.options.MaxLine+1 {
			line, long = nil, true
		}
		if !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return nil, s.end(err)
		case long:
			return nil, ErrTooLong
		}
		return bytes.TrimRight(line, "\r\n"), nil
	}
}

// end says why the stream is over.
func (s *Stream) end(err error) error {
	if s.silent.Load() {
		return s.options.fault(Ended, err, "%s gave no sign of life for %s", s.options.Address, s.patience())
	}
	if !errors.Is(err, io.EOF) {
		return s.options.fault(Ended, err, "the connection to %s broke: %s", s.options.Address, brief(err.Error()))
	}
	late := time.AfterFunc(s.options.Dial, func() { _ = s.client.Close() }) // a server that ends the stream without saying how
	exit, exited := errors.AsType[*ssh.ExitError](s.session.Wait())
	late.Stop()
	said := s.said.text()
	switch {
	case exited && exit.ExitStatus() != 0 && said != "":
		return s.options.fault(Refused, exit, "%s does not let the account %s run %s: %s", s.options.Address, s.options.User, command, said)
	case said != "":
		return s.options.fault(Ended, err, "%s ended the stream: %s", s.options.Address, said)
	}
	return s.options.fault(Ended, err, "%s ended the stream", s.options.Address)
}

// beat asks for signs of life until the stream is over. One request is on its way at a time.
func (s *Stream) beat() {
	for {
		select {
		case <-s.over:
			return
		case <-time.After(s.options.Beat):
		}
		dead := time.AfterFunc(s.patience(), func() {
			s.silent.Store(true)
			_ = s.client.Close() // Next says why
		})
		// The name is OpenSSH's; a server that does not know it says so, which is a sign of life too.
		_, _, err := s.client.SendRequest("keepalive@openssh.com", true, nil)
		dead.Stop()
		if err != nil {
			return
		}
		s.options.Alive()
	}
}

func (s *Stream) patience() time.Duration { return s.options.Beat * time.Duration(s.options.Beats) }

// Close ends the stream. A call of Next returns then.
func (s *Stream) Close() {
	s.close.Do(func() {
		s.detach()
		close(s.over)
		_ = s.client.Close() // it may be closed already
		s.beating.Wait()
	})
}

// complaint keeps the beginning of what the server says beside the stream.
type complaint struct {
	mu   sync.Mutex
	said []byte
}

// Write implements io.Writer.
func (c *complaint) Write(p []byte) (int, error) {
	const most = 1000
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, p[:min(len(p), most-len(c.said))]...)
	return len(p), nil
}

func (c *complaint) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return brief(string(c.said))
}
