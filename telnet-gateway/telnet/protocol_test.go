package telnet

import (
	"slices"
	"testing"
)

// receive feeds bytes and gives the events' kinds and what is sent.
func receive(p *Protocol, in string) (events []Event, out string) {
	p.Feed([]byte(in))
	for e, ok := p.Next(); ok; e, ok = p.Next() {
		e.Data = slices.Clone(e.Data)
		events = append(events, e)
	}
	return events, string(p.Take())
}

func greeted(t *testing.T) *Protocol {
	t.Helper()
	p := New()
	p.Greet()
	want := "\xff\xfb\x03\xff\xfb\x01\xff\xfd\x18\xff\xfd\x1f"
	if got := string(p.Take()); got != want {
		t.Fatalf("greeted with %q, want %q", got, want)
	}
	return p
}

func TestCharacterModeNeedsBothOptions(t *testing.T) {
	t.Parallel()
	p := greeted(t)
	receive(p, "\xff\xfd\x03")
	if p.CharacterMode() {
		t.Error("character mode with SUPPRESS GO AHEAD alone")
	}
	events, out := receive(p, "\xff\xfd\x01")
	if !p.CharacterMode() || len(events) != 1 || events[0].Kind != Mode || out != "" {
		t.Errorf("after DO ECHO: %+v, sent %q; the answer to an offer needs none", events, out)
	}
	_, out = receive(p, "\xff\xfe\x01\xff\xfe\x03")
	if p.CharacterMode() || out != "\xff\xfc\x01\xff\xfc\x03" {
		t.Errorf("a client's line mode was answered with %q", out)
	}
	_, out = receive(p, "\xff\xfd\x01\xff\xfd\x03")
	if !p.CharacterMode() || out != "\xff\xfb\x01\xff\xfb\x03" {
		t.Errorf("a client's character mode was answered with %q", out)
	}
}

func TestSettledWhenEverythingIsAnswered(t *testing.T) {
	t.Parallel()
	p := greeted(t)
	for i, in := range []string{
		"\xff\xfd\x03", "\xff\xfd\x01", "\xff\xfb\x18", "\xff\xfb\x1f", "\xff\xfa\x1f\x00\x64\x00\x20\xff\xf0",
	} {
		if receive(p, in); p.Settled() {
			t.Fatalf("settled after answer %d", i)
		}
	}
	events, _ := receive(p, "\xff\xfa\x18\x00XTERM-256COLOR\xff\xf0")
	if !p.Settled() || len(events) != 1 || events[0].Terminal != "xterm-256color" {
		t.Fatalf("not settled, or the type is not told: %+v", events)
	}
	refusing := greeted(t)
	if receive(refusing, "\xff\xfe\x03\xff\xfe\x01\xff\xfc\x18\xff\xfc\x1f"); !refusing.Settled() {
		t.Error("not settled by refusals")
	}
}

func TestTerminalTypeIsAskedOnce(t *testing.T) {
	t.Parallel()
	p := greeted(t)
	if _, out := receive(p, "\xff\xfb\x18"); out != "\xff\xfa\x18\x01\xff\xf0" {
		t.Errorf("WILL TTYPE was answered with %q", out)
	}
	if _, out := receive(p, "\xff\xfb\x18"); out != "" {
		t.Errorf("a repeated WILL TTYPE was answered with %q", out)
	}
}

func TestUnknownOptionsAreRefusedOnceEach(t *testing.T) {
	t.Parallel()
	p := New()
	events, out := receive(p, "\xff\xfd\x22\xff\xfb\x27\xff\xfe\x22\xff\xfc\x27")
	if out != "\xff\xfc\x22\xff\xfe\x27" {
		t.Errorf("sent %q; a DONT or WONT of what is off needs no answer", out)
	}
	if len(events) != 2 || events[0].Kind != Unrequested {
		t.Errorf("events %+v; each refusal must be told", events)
	}
}

func TestWindowSize(t *testing.T) {
	t.Parallel()
	p := New()
	events, _ := receive(p, "\xff\xfb\x1f\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0")
	last := events[len(events)-1]
	if last.Kind != Window || last.Width != 255 || last.Height != 24 {
		t.Errorf("window %+v; a 255 in the size comes doubled", last)
	}
	if events, _ = receive(p, "\xff\xfa\x1f\x00\x18\xff\xf0"); len(events) != 0 {
		t.Errorf("a size of two bytes was believed: %+v", events)
	}
}

func TestTimingMarks(t *testing.T) {
	t.Parallel()
	p := New()
	events, out := receive(p, "\xff\xf4\xff\xfd\x06")
	if len(events) != 2 || events[0].Kind != Interrupt || events[1].Kind != Flush || out != "\xff\xfb\x06" {
		t.Errorf("an interrupt with its mark: %+v, sent %q", events, out)
	}
	if _, out = receive(p, "\xff\xfd\x06"); out != "\xff\xfb\x06" {
		t.Errorf("the second mark was answered with %q", out)
	}
	if events, _ = receive(p, "\xff\xfb\x06"); len(events) != 0 {
		t.Errorf("an answer to no question: %+v", events)
	}
	p.SendMark()
	p.SendMark()
	if out = string(p.Take()); out != "\xff\xfd\x06\xff\xfd\x06" {
		t.Errorf("marks sent as %q", out)
	}
	if events, _ = receive(p, "\xff\xfb\x06\xff\xfc\x06\xff\xfb\x06"); len(events) != 2 {
		t.Errorf("WILL and WONT answer one mark each, a third answers nothing: %+v", events)
	}
}

func TestCommandsBecomeEvents(t *testing.T) {
	t.Parallel()
	events, _ := receive(New(), "\xff\xf4\xff\xf3\xff\xee\xff\xf6\xff\xf7\xff\xf8\xff\xec\xff\xf1\xff\xf5\xff\xf2")
	var kinds []Kind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	if want := []Kind{Interrupt, Interrupt, Interrupt, ThereYet, Erase, EraseAll, End}; !slices.Equal(kinds, want) {
		t.Errorf("kinds %v, want %v", kinds, want)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\nb":   "a\r\nb",
		"a\r\nb": "a\r\nb",
		"\rab":   "\r\x00ab",
		"a\r":    "a\r\x00",
		"\r\r\n": "\r\x00\r\n",
		"\xff":   "\xff\xff",
	} {
		p := New()
		p.Write(in)
		if got := string(p.Take()); got != want {
			t.Errorf("wrote %q as %q, want %q", in, got, want)
		}
	}
	p := New()
	p.Write("\r")
	p.SendMark()
	if got := string(p.Take()); got != "\r\x00\xff\xfd\x06" {
		t.Errorf("a command came between the bytes of a CR: %q", got)
	}
	binary := New()
	receive(binary, "\xff\xfd\x00")
	binary.Write("\ra")
	if got := string(binary.Take()); got != "\ra" {
		t.Errorf("BINARY has CR as it is, not %q", got)
	}
}

func TestHidingInput(t *testing.T) {
	t.Parallel()
	line := New()
	line.HideInput(true)
	if out := string(line.Take()); out != "\xff\xfb\x01" {
		t.Errorf("hiding sent %q", out)
	}
	receive(line, "\xff\xfd\x01")
	line.HideInput(false)
	if out := string(line.Take()); out != "\xff\xfc\x01" {
		t.Errorf("showing again sent %q", out)
	}
	character := greeted(t)
	receive(character, "\xff\xfd\x03\xff\xfd\x01")
	character.HideInput(true)
	character.HideInput(false)
	if out := string(character.Take()); out != "" {
		t.Errorf("in character mode the server echoes anyway, and sent %q", out)
	}
}

// FuzzNoLoop checks what RFC 1143 is for: two ends that answer each other come to rest.
func FuzzNoLoop(f *testing.F) {
	f.Add([]byte{253, 1, 254, 1, 251, 31, 252, 24})
	f.Fuzz(func(t *testing.T, talk []byte) {
		p, peer := New(), New()
		p.Greet()
		for i := 0; i+1 < len(talk) && i < 64; i += 2 {
			if o := Option(talk[i+1]); o != TimingMark { // that one is a request each time, by its definition
				peer.neg.ask(int(talk[i]&1), o, talk[i]&2 != 0)
			}
		}
		for round := 0; ; round++ {
			there, back := p.Take(), peer.Take()
			if len(there) == 0 && len(back) == 0 {
				return
			}
			if round > 8 {
				t.Fatalf("still talking: %q, %q", there, back)
			}
			receiveOnly(p, back)
			receiveOnly(peer, there)
		}
	})
}

// FuzzAnswers checks that whatever a client says, it gets one answer to it at the most.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("\xff\xfd\x01\xff\xfe\x01\xff\xfb\x18\xff\xfd\x06"))
	f.Fuzz(func(t *testing.T, in []byte) {
		p := greeted(t)
		p.Feed(in)
		for _, ok := p.Next(); ok; _, ok = p.Next() {
		}
		if out := p.Take(); len(out) > 2*len(in) { // the longest, a terminal type's question, is six bytes to three
			t.Fatalf("%d bytes were answered with %d", len(in), len(out))
		}
	})
}

func receiveOnly(p *Protocol, in []byte) {
	p.Feed(in)
	for _, ok := p.Next(); ok; _, ok = p.Next() {
	}
}
