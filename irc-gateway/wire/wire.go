// Package wire is a connection to an IRC server: lines in, lines out, and nothing of what they mean.
//
// Of ergochat/irc-go it uses ircreader, which bounds a line and needs little memory for it, and ircmsg, which takes lines
// apart and puts them together. Its ircevent is not used: it keeps time by itself, in minutes; a callback that sends waits
// while the server does not read, and nothing is read meanwhile; it asks for each capability in a line of its own and waits
// a quarter of a minute for what a server does not know; and what was handed to it and not yet written is lost with the
// connection, without a word.
package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
	"github.com/ergochat/irc-go/ircreader"
)

const (
	// firstBuffer and longestLine bound what is kept of a line: IRCv3 allows 8,191 bytes of tags and 512 of the rest; some
	// servers have longer ones.
	firstBuffer, longestLine = 1024, 16 << 10
	// ahead is how many lines may be read and not yet looked at, and written and not yet sent.
	readAhead, writeAhead = 64, 256
	// writeLimit is how long the server may take no bytes.
	writeLimit = 30 * time.Second
	// lastLimit is how long the last lines may take when the connection is closed.
	lastLimit = 2 * time.Second
)

var (
	// ErrStuck says that the server reads nothing any more.
	ErrStuck = errors.New("the server takes no more lines")
	// ErrUnsayable says that something is no line of IRC, and was not sent.
	ErrUnsayable = errors.New("no line of IRC")
)

// Options say where to.
type Options struct {
	Address string
	TLS     *tls.Config // nil for none
}

// Conn is a connection. Close must be called.
type Conn struct {
	Lines <-chan ircmsg.Message // what the server says; closed at the end, see Err

	conn net.Conn
	out  chan []byte
	done chan struct{}
	end  sync.Once
	all  sync.WaitGroup

	mu  sync.Mutex
	err error
}

// Dial connects; ctx bounds that.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if o.TLS == nil {
		return Open(conn), nil
	}
	secure := tls.Client(conn, o.TLS)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("TLS with %s: %w", o.Address, err), conn.Close())
	}
	return Open(secure), nil
}

// Open speaks over a connection that is there.
func Open(conn net.Conn) *Conn {
	lines := make(chan ircmsg.Message, readAhead)
	c := &Conn{Lines: lines, conn: conn, out: make(chan []byte, writeAhead), done: make(chan struct{})}
	c.all.Go(func() { c.read(lines) })
	c.all.Go(c.write)
	return c
}

// read hands on what the server says. What is no message of IRC is left out: nobody could do anything about it.
func (c *Conn) read(lines chan<- ircmsg.Message) {
	defer close(lines)
	var reader ircreader.Reader
	reader.Initialize(c.conn, firstBuffer, longestLine)
	for {
		line, err := reader.ReadLine()
		if err != nil {
			c.fail(fmt.Errorf("read: %w", err))
			return
		}
		m, err := ircmsg.ParseLine(string(line))
		if err != nil {
			continue
		}
		select {
		case lines <- m:
		case <-c.done:
			return
		}
	}
}

func (c *Conn) write() {
	defer func() { _ = c.conn.Close() }() // it ends the reader too
	for {
		select {
		case line := <-c.out:
			if !c.put(line, writeLimit) {
				return
			}
		case <-c.done:
			for {
				select {
				case line := <-c.out:
					if !c.put(line, lastLimit) {
						return
					}
				default:
					return
				}
			}
		}
	}
}

func (c *Conn) put(line []byte, limit time.Duration) bool {
	_ = c.conn.SetWriteDeadline(time.Now().Add(limit)) // a connection without deadlines has none
	if _, err := c.conn.Write(line); err != nil {
		c.fail(fmt.Errorf("write: %w", err))
		return false
	}
	return true
}

// fail keeps the first error, and ends the connection.
func (c *Conn) fail(err error) {
	c.mu.Lock()
	if c.err == nil {
		c.err = err
	}
	c.mu.Unlock()
	c.end.Do(func() { close(c.done) })
	_ = c.conn.SetReadDeadline(time.Unix(1, 0)) // wakes the reader
}

// Err says why the connection ended.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Send sends a line; it never waits. A line that cannot be one, such as with a line end in it, is an error and not sent.
func (c *Conn) Send(command string, params ...string) error {
	m := ircmsg.MakeMessage(nil, "", command, params...)
	line, err := m.LineBytesStrict(true, 512)
	if err != nil {
		return fmt.Errorf("send %s: %w: %w", command, ErrUnsayable, err)
	}
	select {
	case c.out <- line:
		return nil
	default:
		c.fail(ErrStuck)
		return ErrStuck
	}
}

// Close sends what was handed over, for at most two seconds, and ends the connection.
func (c *Conn) Close() {
	c.fail(net.ErrClosed)
	c.all.Wait()
}
