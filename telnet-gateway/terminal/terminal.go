package terminal

import (
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
	"github.com/handsoff/handsoff/telnet-gateway/telnet"
)

// congestion is how many bytes may wait to be sent before the caller should stop making more.
const congestion = 64 << 10

// lingering is how long a client may take to hang up.
const lingering = 250 * time.Millisecond

// Options of a Terminal.
type Options struct {
	Stall    time.Duration // how long a write may stand still before the connection is dropped; 0 is 30 s
	Marks    time.Duration // how long a client may take to answer a timing mark before TCP's word is taken instead; 0 is 10 s
	Line     int           // the longest line in bytes; 0 is 16 KiB
	NoColour bool
	Hello    string // the answer to "are you there?"
}

// Terminal is one connection. Its methods are for one goroutine, the one that called New.
type Terminal struct {
	opts    Options
	conn    net.Conn
	reader  *reader
	writer  *writer
	proto   *telnet.Protocol
	decoder lineedit.Decoder
	editor  *lineedit.Editor
	screen  *lineedit.Screen
	data    []byte // typed bytes that the decoder has not seen
	hidden  bool
	kind    string // the terminal's type; empty when unknown

	strange   bool    // the line has keys that mean nothing without an editor
	overlong  bool    // the line went over the limit; its rest is thrown away
	interrupt bool    // an interrupt waits for the bytes behind it to be looked at
	again     []shown // what a client threw away; it must be shown again

	unseen   unseen
	marked   time.Time // when the oldest mark without an answer was sent, or the last one answered
	markful  bool      // the client answers marks
	markless bool      // it does not
}

// New takes over a connection and offers it character mode. Close must be called.
func New(conn net.Conn, opts Options) *Terminal {
	if opts.Stall == 0 {
		opts.Stall = 30 * time.Second
	}
	if opts.Marks == 0 {
		opts.Marks = 10 * time.Second
	}
	if opts.Line == 0 {
		opts.Line = 16 << 10
	}
	inlineUrgent(conn)
	t := &Terminal{opts: opts, conn: conn, proto: telnet.New()}
	t.editor = lineedit.NewEditor(opts.Line, lineedit.NewHistory(0, nil))
	t.screen = lineedit.NewScreen(t.editor)
	t.reader, t.writer = newReader(conn), newWriter(conn, opts.Stall)
	t.proto.Greet()
	t.Flush()
	return t
}

// Input is where what the client sent comes from; hand each chunk to Feed. It is closed when the client is gone or has
// said that it will send no more.
func (t *Terminal) Input() <-chan []byte { return t.reader.chunks }

// Room gets a token when everything that waited to be sent has left, and when sending has failed.
func (t *Terminal) Room() <-chan struct{} { return t.writer.room }

// Congested reports whether so much waits to be sent that nothing should be done that makes more of it: not even read what
// the client sends.
func (t *Terminal) Congested() bool { return t.writer.pending() > congestion }

// Behind reports whether the client has so much to process that no more should be printed. It must still be read, as the
// word that it has processed something comes from it.
func (t *Terminal) Behind() bool { return t.Congested() || t.unseen.size > unseenLimit }

// Stalled reports whether the client has processed nothing for the stall limit, though much waits for it. Its TCP may have
// taken all of it, so that no write shows it.
func (t *Terminal) Stalled() bool {
	return t.markful && t.unseen.size > unseenLimit && len(t.unseen.batches) > 0 && time.Since(t.marked) > t.opts.Stall
}

// Broken is why nothing can be sent any more, or nil.
func (t *Terminal) Broken() error { return t.writer.failure() }

// Settled reports whether the client has answered everything that it was asked about itself.
func (t *Terminal) Settled() bool { return t.proto.Settled() }

// Speaks reports whether the client has said anything that only a telnet client says.
func (t *Terminal) Speaks() bool { return t.proto.Spoken() }

// Paint puts text into a style where the terminal has colours.
func (t *Terminal) Paint(s lineedit.Style, text string) string { return t.screen.Paint(s, text) }

// SetHistory replaces the lines that the Up key finds.
func (t *Terminal) SetHistory(h *lineedit.History) { t.editor.SetHistory(h) }

// Prompt sets what stands before the line. With hidden, what is typed is not shown.
func (t *Terminal) Prompt(text string, hidden bool) {
	if hidden != t.hidden {
		t.proto.HideInput(hidden)
	}
	t.hidden = hidden
	t.screen.Prompt(text, hidden)
}

// Print shows clean text above the prompt. The token, if not empty, comes back as Seen once the client has processed it.
func (t *Terminal) Print(text, token string) {
	if text != "" {
		t.screen.Print(text)
	}
	t.unseen.add(shown{text, token})
}

// SetStatus shows one row above the prompt. It reports false where the terminal cannot.
func (t *Terminal) SetStatus(text string, s lineedit.Style) bool { return t.screen.SetStatus(text, s) }

// Hold keeps the prompt away, where it could not be taken back when output comes, until it is released with false: while
// the answer to a line is awaited from a client that edits its lines itself.
func (t *Terminal) Hold(hold bool) { t.screen.Hold(hold) }

// ClearScreen empties the window where that is possible.
func (t *Terminal) ClearScreen() { t.screen.Clear() }

// Flush sends what was made since the last Flush.
func (t *Terminal) Flush() {
	t.screen.Ensure()
	t.proto.Write(t.screen.Take())
	if !t.CountsOnTCP() && t.unseen.mark() {
		if len(t.unseen.batches) == 1 {
			t.marked = time.Now()
		}
		t.proto.SendMark()
	}
	t.writer.send(t.proto.Take())
}

// CountsOnTCP reports whether only TCP can say what has arrived: the client does not answer timing marks, or has said
// nothing of itself yet.
func (t *Terminal) CountsOnTCP() bool { return t.markless || !t.proto.Spoken() }

// Seen gives the tokens of text that the client must have received, for clients that do not answer timing marks. It must
// be called now and then, every second say.
func (t *Terminal) Seen() []string {
	if !t.markful && len(t.unseen.batches) > 0 && time.Since(t.marked) > t.opts.Marks {
		t.markless = true
	}
	if !t.CountsOnTCP() || t.writer.failure() != nil || t.writer.pending() > 0 || unsent(t.conn) != 0 {
		return nil
	}
	return t.unseen.all()
}

// AllSeen reports whether the client is known to have processed all that was printed.
func (t *Terminal) AllSeen() bool { return t.unseen.empty() && len(t.again) == 0 }

// End takes the prompt away for good.
func (t *Terminal) End() { t.screen.End() }

// Close sends what is left, for as long as the client takes it, and ends the connection.
func (t *Terminal) Close() {
	t.screen.End()
	t.Flush()
	t.writer.close()
	t.hangUp()
	_ = t.conn.Close() // nothing is left to be lost
	t.reader.close()
}

// hangUp ends our side first and lets the client end its own: closing a connection on which something unread has arrived
// would destroy what the client has not read yet.
func (t *Terminal) hangUp() {
	tcp, ok := t.conn.(*net.TCPConn)
	if !ok || tcp.CloseWrite() != nil || tcp.SetReadDeadline(time.Now().Add(lingering)) != nil {
		return
	}
	for range t.reader.chunks { // thrown away
	}
}

// Cut ends the connection at once.
func (t *Terminal) Cut() {
	_ = t.conn.Close() // the writer reports what matters
	t.writer.close()
	t.reader.close()
}

// valid reports whether a line is text.
func valid(line string) bool {
	return utf8.ValidString(line) && !strings.ContainsRune(line, utf8.RuneError)
}
