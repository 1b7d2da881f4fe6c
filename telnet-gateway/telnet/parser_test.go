package telnet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// transcript is what a stream means, whatever way it is split: data joined, commands in between.
func transcript(in []byte, split func(n int) int) string {
	var p parser
	var out strings.Builder
	var data []byte
	flush := func() {
		if len(data) > 0 {
			fmt.Fprintf(&out, "%q", data)
		}
		data = nil
	}
	for len(in) > 0 {
		n := split(len(in))
		chunk := in[:n]
		in = in[n:]
		for len(chunk) > 0 {
			t, taken, ok := p.next(chunk)
			chunk = chunk[taken:]
			switch {
			case !ok:
			case t.data != nil:
				data = append(data, t.data...)
			case t.command == SubBegin:
				flush()
				fmt.Fprintf(&out, "<sub %d %q>", t.option, t.sub)
			default:
				flush()
				fmt.Fprintf(&out, "<%d %d>", t.command, t.option)
			}
		}
	}
	flush()
	return out.String()
}

func whole(n int) int   { return n }
func single(_ int) int  { return 1 }
func halving(n int) int { return (n + 1) / 2 }

func TestParser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, want string }{
		"plain text":                {"hello", `"hello"`},
		"CR LF is one line's end":   {"a\r\nb", `"a\rb"`},
		"CR NUL is a CR":            {"a\r\x00b", `"a\rb"`},
		"LF alone stays":            {"a\nb", `"a\nb"`},
		"NUL is filling":            {"a\x00b", `"ab"`},
		"two ends":                  {"\r\n\r\n", `"\r\r"`},
		"CR LF LF is two ends":      {"\r\n\n", `"\r\n"`},
		"IAC IAC is a byte":         {"a\xff\xffb", `"a\xffb"`},
		"interrupt in the middle":   {"a\xff\xf4b", `"a"<244 0>"b"`},
		"negotiation":               {"\xff\xfd\x01\xff\xfc\x18", `<253 1><252 24>`},
		"command between CR and LF": {"\r\xff\xf1\n", `"\r"<241 0>`},
		"subnegotiation":            {"\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0x", `<sub 31 "\x00P\x00\x18">"x"`},
		"IAC in a subnegotiation":   {"\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0", `<sub 31 "\x00\xff\x00\x18">`},
		"forgotten end":             {"\xff\xfa\x18\x00xterm\xff\xf4y", `<244 0>"y"`},
		"too long subnegotiation":   {"\xff\xfa\x18" + string(bytes.Repeat([]byte{'x'}, 300)) + "\xff\xf0ok", `"ok"`},
		"stray SE":                  {"\xff\xf0a", `<240 0>"a"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, split := range []func(int) int{whole, single, halving} {
				if got := transcript([]byte(test.in), split); got != test.want {
					t.Errorf("parsed %q as %s, want %s", test.in, got, test.want)
				}
			}
		})
	}
}

func FuzzParserSplits(f *testing.F) {
	f.Add([]byte("a\r\nb\xff\xf4\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0"), 3)
	f.Add([]byte("\r\x00\r\xff\xff\n\xff\xfa\x18\x00vt\xff\xff\xff\xf4"), 1)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		want := transcript(bytes.Clone(in), whole)
		for _, split := range []func(int) int{single, halving, func(n int) int { return min(n, max(step, 1)) }} {
			if got := transcript(bytes.Clone(in), split); got != want {
				t.Fatalf("split another way, %q is %s, not %s", in, got, want)
			}
		}
	})
}
