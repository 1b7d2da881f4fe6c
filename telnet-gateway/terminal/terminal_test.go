package terminal

import (
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is the client's end, read in the background.
type peer struct {
	net.Conn
	text chan string
}

// pair makes a terminal at the end of a pipe, which has no buffers: whatever is not read stands still.
func pair(t *testing.T, opts Options) (*Terminal, net.Conn) {
	t.Helper()
	server, client := net.Pipe()
	term := New(server, opts)
	t.Cleanup(func() {
		_ = client.Close()
		term.Cut()
	})
	return term, client
}

func drain(t *testing.T, conn net.Conn) *peer {
	t.Helper()
	p := &peer{Conn: conn, text: make(chan string, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var all strings.Builder
		buf := make([]byte, 1024)
		for {
			n, err := conn.Read(buf)
			all.Write(buf[:n])
			if err != nil {
				p.text <- all.String()
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	return p
}

func (p *peer) send(t *testing.T, text string) {
	t.Helper()
	if _, err := p.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// events takes what one sending brings.
func events(t *testing.T, term *Terminal, p *peer, text string) (list []Event) {
	t.Helper()
	sent := make(chan struct{})
	go func() { p.send(t, text); close(sent) }()
	select {
	case chunk := <-term.Input():
		term.Feed(chunk)
	case <-time.After(2 * time.Minute):
		t.Fatal("nothing came")
	}
	<-sent
	for e, ok := term.Next(); ok; e, ok = term.Next() {
		if e.Kind != Changed {
			list = append(list, e)
		}
	}
	term.Flush()
	return list
}

// character is what a client says that agrees to character mode and is an xterm.
const character = "\xff\xfd\x03\xff\xfd\x01\xff\xfb\x18\xff\xfa\x18\x00XTERM\xff\xf0"

func TestLinesInBothModes(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]string{"line mode": "\xff\xfe\x03", "character mode": character} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			term, conn := pair(t, Options{})
			p := drain(t, conn)
			term.Prompt("> ", false)
			events(t, term, p, mode)
			got := events(t, term, p, "one\r\ntwo\r\x00\nthr")
			want := []Event{{Kind: Line, Text: "one"}, {Kind: Line, Text: "two"}, {Kind: Line}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("events %+v, want %+v", got, want)
			}
			if got = events(t, term, p, "\x03"); !reflect.DeepEqual(got, []Event{{Kind: Cleared}}) {
				t.Errorf("Ctrl-C on a line: %+v", got)
			}
			if got = events(t, term, p, "\xff\xf4"); !reflect.DeepEqual(got, []Event{{Kind: Interrupt}}) {
				t.Errorf("interrupt on an empty line: %+v", got)
			}
			if got = events(t, term, p, "\x04"); !reflect.DeepEqual(got, []Event{{Kind: EndOfFile}}) {
				t.Errorf("end of file: %+v", got)
			}
		})
	}
}

func TestInterruptKeepsItsPlaceAmongTheLines(t *testing.T) {
	t.Parallel()
	term, conn := pair(t, Options{})
	p := drain(t, conn)
	got := events(t, term, p, "one\r\n\xff\xf4\xff\xfd\x06two\r\n")
	if want := []Event{{Kind: Line, Text: "one"}, {Kind: Interrupt}, {Kind: Line, Text: "two"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("events %+v, want %+v", got, want)
	}
}

func TestTokensComeBackWithTheMark(t *testing.T) {
	t.Parallel()
	term, conn := pair(t, Options{})
	p := drain(t, conn)
	term.Prompt("> ", false)
	events(t, term, p, character)
	term.Print("one", "1")
	term.Print("two", "2")
	term.Flush()
	term.Print("three", "3")
	term.Flush()
	if got := events(t, term, p, "\xff\xfb\x06"); !reflect.DeepEqual(got, []Event{{Kind: Seen, Tokens: []string{"1", "2"}}}) {
		t.Errorf("the first mark brought %+v", got)
	}
	// The client throws output away, and answers the second mark only behind that.
	term.unseen.recent = nil // the first ones are beyond doubt
	if got := events(t, term, p, "\xff\xfd\x06\xff\xfb\x06"); len(got) != 0 || term.AllSeen() {
		t.Errorf("a mark that came too late brought %+v", got)
	}
	if got := events(t, term, p, "\xff\xfb\x06"); !reflect.DeepEqual(got, []Event{{Kind: Seen, Tokens: []string{"3"}}}) || !term.AllSeen() {
		t.Errorf("the third mark brought %+v", got)
	}
	term.Close() // all that it has is on its way
	if text := <-p.text; strings.Count(text, "three") != 2 || strings.Count(text, "one") != 1 {
		t.Errorf("sent %q; what was thrown away must come again, and nothing else", text)
	}
}

func TestOffer(t *testing.T) {
	t.Parallel()
	term, conn := pair(t, Options{})
	p := drain(t, conn)
	term.Prompt("> ", false)
	events(t, term, p, character)
	if got := events(t, term, p, "jen\t"); !reflect.DeepEqual(got, []Event{{Kind: Complete, Text: "jen"}}) {
		t.Fatalf("Tab: %+v", got)
	}
	term.Offer("je", 2, "jeep ") // for a line that has changed since
	term.Offer("jen", 3, "jenkins ")
	if got := events(t, term, p, "x\r"); !reflect.DeepEqual(got, []Event{{Kind: Line, Text: "jenkins x"}}) {
		t.Errorf("the line became %+v", got)
	}
}

func TestClientThatDoesNotReadBreaksTheConnection(t *testing.T) {
	t.Parallel()
	term, _ := pair(t, Options{Stall: time.Second})
	term.Prompt("> ", false)
	for range 20 {
		term.Print(strings.Repeat("x", 8<<10), "token")
		term.Flush()
	}
	if !term.Congested() {
		t.Error("160 KB wait, and more may be made")
	}
	select {
	case <-term.Room():
	case <-time.After(2 * time.Minute):
		t.Fatal("the writer still waits")
	}
	if term.Broken() == nil || len(term.Seen()) != 0 {
		t.Errorf("broken: %v; what was not read must not count as seen", term.Broken())
	}
}

func FuzzTerminal(f *testing.F) {
	f.Add([]byte(character+"jen\t\x1b[A\x03\xff\xf4\xff\xfd\x06x\r\n\xff\xf6"), 3)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		server, client := net.Pipe()
		term := New(server, Options{Line: 64})
		go func() {
			buf := make([]byte, 1024)
			for {
				if _, err := client.Read(buf); err != nil {
					return
				}
			}
		}()
		term.Prompt("> ", false)
		for i := 0; len(in) > 0; i++ {
			n := min(max(step, 1), len(in))
			term.Feed(in[:n])
			in = in[n:]
			for e, ok := term.Next(); ok; e, ok = term.Next() {
				if e.Kind == Line && (len(e.Text) > 64 || !valid(e.Text) || strings.ContainsAny(e.Text, "\x1b\r\n\x00")) {
					t.Fatalf("line %q", e.Text)
				}
			}
			term.Print("output", "token")
			term.Flush()
		}
		_ = client.Close()
		term.Cut()
	})
}
