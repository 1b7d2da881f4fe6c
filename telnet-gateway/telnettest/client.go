// Package telnettest is a telnet client for tests: it answers as inetutils' telnet does, or says nothing of itself, and
// keeps what a person would see.
package telnettest

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long Expect waits.
const patience = 2 * time.Minute

// Manner is how a client behaves.
type Manner struct {
	Terminal string // its type; "" makes it a client that says nothing of itself, like nc
	LineMode bool   // it refuses character mode
	NoMarks  bool   // it never answers a timing mark
	CutAfter int    // it dies when it has processed so many bytes; 0 is never
}

// Client is one connection.
type Client struct {
	Conn net.Conn

	manner Manner
	mu     sync.Mutex
	text   []byte // what was shown, escape sequences and all
	from   int    // Expect has looked at everything before
	echo   bool   // the server echoes
	closed bool
	blind  int // timing marks that it waits for, throwing everything away, as telnet does after an interrupt
	bytes  int // processed
	deaf   bool
	hang   chan struct{} // closed when the client hangs up
	once   sync.Once
	change chan struct{}
	done   chan struct{}
}

// Dial connects. The connection is closed at the end of the test.
func Dial(tb testing.TB, address string, manner Manner) *Client {
	tb.Helper()
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	c := &Client{Conn: conn, manner: manner, change: make(chan struct{}, 1), done: make(chan struct{}), hang: make(chan struct{})}
	go c.read()
	tb.Cleanup(c.Close)
	return c
}

// Close hangs up.
func (c *Client) Close() {
	c.once.Do(func() { close(c.hang) })
	_ = c.Conn.Close() // closed twice is closed
	<-c.done
}

// Send sends bytes as they are.
func (c *Client) Send(tb testing.TB, text string) {
	tb.Helper()
	if _, err := c.Conn.Write([]byte(text)); err != nil {
		tb.Fatalf("send %q: %v", text, err)
	}
}

// Type sends a line as the client's Enter key does.
func (c *Client) Type(tb testing.TB, line string) {
	tb.Helper()
	end := "\r\x00"
	if c.manner.LineMode || c.manner.Terminal == "" {
		end = "\r\n"
	}
	c.Send(tb, line+end)
}

// Interrupt sends what Ctrl-C does.
func (c *Client) Interrupt(tb testing.TB) {
	tb.Helper()
	if c.manner.LineMode {
		c.mu.Lock() // what is answered from now on comes behind the interrupt
		defer c.mu.Unlock()
		c.blind++
		c.Send(tb, "\xff\xf4\xff\xfd\x06")
		return
	}
	c.Send(tb, "\x03")
}

// Expect waits for text behind what was expected before, and gives what stood before it.
func (c *Client) Expect(tb testing.TB, want string) (before string) {
	tb.Helper()
	limit := time.After(patience)
	for {
		c.mu.Lock()
		rest := c.text[c.from:]
		at := bytes.Index(rest, []byte(want))
		if at >= 0 {
			c.from += at + len(want)
		}
		closed := c.closed
		c.mu.Unlock()
		switch {
		case at >= 0:
			return string(rest[:at])
		case closed:
			tb.Fatalf("the connection ended before %q came; there is %q", want, rest)
		}
		select {
		case <-c.change:
		case <-limit:
			tb.Fatalf("waited in vain for %q; there is %q", want, rest)
		}
	}
}

// ExpectEnd waits until the server has hung up, and gives what came before.
func (c *Client) ExpectEnd(tb testing.TB) string {
	tb.Helper()
	select {
	case <-c.done:
	case <-time.After(patience):
		tb.Fatalf("the connection did not end; there is %q", c.Text())
	}
	return c.Text()
}

// Text is everything that was shown.
func (c *Client) Text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.text)
}

// Echoes reports whether the server has promised to echo.
func (c *Client) Echoes() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.echo
}

// Login logs in.
func (c *Client) Login(tb testing.TB, user, password string) {
	tb.Helper()
	c.Expect(tb, "User: ")
	c.Type(tb, user)
	c.Expect(tb, "Password: ")
	c.Type(tb, password)
	c.Expect(tb, "Welcome, "+user)
	c.Expect(tb, "handsoff> ")
}

func (c *Client) read() {
	defer close(c.done)
	var kept []byte
	buf := make([]byte, 4096)
	for {
		n, err := c.Conn.Read(buf)
		if c.isDeaf() {
			<-c.hang
		}
		if most := c.manner.CutAfter; most > 0 && c.bytes+n >= most {
			n = most - c.bytes
			err = net.ErrClosed
		}
		c.bytes += n
		kept = c.take(append(kept, buf[:n]...))
		if err != nil {
			_ = c.Conn.Close() // dies
			c.mu.Lock()
			c.closed = true
			c.mu.Unlock()
		}
		select {
		case c.change <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// take shows text and answers commands; it gives back what is not whole yet.
func (c *Client) take(in []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(in) > 0 {
		at := bytes.IndexByte(in, 0xff)
		if at < 0 {
			at = len(in)
		}
		if c.blind == 0 {
			c.text = append(c.text, bytes.ReplaceAll(in[:at], []byte{0}, nil)...)
		}
		in = in[at:]
		n := c.command(in)
		if n == 0 {
			break
		}
		in = in[n:]
	}
	return bytes.Clone(in)
}

// command takes a command off in, 0 bytes when it is not whole.
func (c *Client) command(in []byte) int {
	switch {
	case len(in) < 2:
		return 0
	case in[1] == 0xff:
		c.text = append(c.text, 0xff)
		return 2
	case in[1] == 250:
		end := bytes.Index(in, []byte{0xff, 240})
		if end < 0 {
			return 0
		}
		c.answer("\xff\xfa\x18\x00" + strings.ToUpper(c.manner.Terminal) + "\xff\xf0")
		return end + 2
	case in[1] < 250:
		return 2
	case len(in) < 3:
		return 0
	}
	c.option(in[1], in[2])
	return 3
}

func (c *Client) option(verb, option byte) {
	if verb == 251 && option == 6 && c.blind > 0 {
		c.blind--
	}
	if c.manner.Terminal == "" {
		return
	}
	switch {
	case verb == 251 && (option == 1 || option == 3): // WILL ECHO, WILL SUPPRESS GO AHEAD
		if c.manner.LineMode && option == 3 {
			c.answer("\xff\xfe\x03")
			return
		}
		if option == 1 {
			if c.echo {
				return
			}
			c.echo = true
		}
		c.answer("\xff\xfd" + string(rune(option)))
	case verb == 252 && option == 1:
		if c.echo {
			c.echo = false
			c.answer("\xff\xfe\x01")
		}
	case verb == 253 && option == 6:
		if !c.manner.NoMarks {
			c.answer("\xff\xfb\x06")
		}
	case verb == 253 && option == 31:
		c.answer("\xff\xfb\x1f\xff\xfa\x1f\x01\xf4\x00\x18\xff\xf0") // 500 columns: nothing is wrapped
	case verb == 253 && option == 24:
		c.answer("\xff\xfb\x18")
	}
}

// answer sends without waiting for the far end to read; a broken connection shows elsewhere.
func (c *Client) answer(text string) { _, _ = c.Conn.Write([]byte(text)) }

// Done is closed when the connection has ended.
func (c *Client) Done() <-chan struct{} { return c.done }

// Deafen makes the client stop reading, without hanging up.
func (c *Client) Deafen() {
	c.mu.Lock()
	c.deaf = true
	c.mu.Unlock()
}

func (c *Client) isDeaf() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deaf
}
