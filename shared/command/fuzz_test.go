package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/shlex"
	"pgregory.net/rapid"
)

// What parses, printed back, parses to the same; nothing panics; every error is a sentence of one line.
func FuzzParse(f *testing.F) {
	for _, line := range []string{
		"jenkins build demo/slow seconds=30 'A B'=c", "cancel k3f7 it's broken", "wait for=1.5h for-whom=a,b password=x note='x", "job 'list'",
		"jenkins console a 1 --lines=3", "wait 5 -- “x” ’y", "jenkins build x _='\\''\"\\", "wait 5\u200b\u00a0reason=\\ x", "jobs\r\n",
	} {
		f.Add(line)
	}
	c := NewCatalogue(declared)
	f.Fuzz(func(t *testing.T, line string) {
		p, err := c.Parse(line)
		if err != nil {
			wantMistake(t, err)
			return
		}
		if strings.ContainsAny(p.Line(), "\n\r\t") {
			t.Errorf("%q becomes %q", line, p.Line())
		}
		written := p.write(false)
		again, err := c.Parse(written)
		if len(written) > MaxText {
			return // quoting may make it longer than a command may be
		}
		if err != nil || again.Command != p.Command || !reflect.DeepEqual(again.Args, p.Args) {
			t.Errorf("%q\n parses to %#v\n written %q\n again %#v, %v", line, p, written, again, err)
		}
	})
}

func wantMistake(t *testing.T, err error) {
	t.Helper()
	var m *Mistake
	if !errors.As(err, &m) || m.Text == "" || m.Code == "" || strings.ContainsAny(m.Text+m.Usage, "\n\r\x1b") {
		t.Errorf("%#v is no mistake of one line", err)
	}
}

// A strange annotation is a fault and never a panic, and whatever is taken can be shown and used.
func FuzzAnnotation(f *testing.F) {
	for _, text := range declared {
		f.Add(text)
	}
	f.Add("- {words: a, summary: b, role: c, args: [{name: x, type: list, default: [1, 2]}], lock: '{x}'}")
	f.Add("- &a {words: a, summary: b, role: c, args: [*a]}")
	f.Add("&a [*a, *a]")
	reader := Reader{Roles: nobody{}, Configured: func(string) bool { return false }}
	f.Fuzz(func(t *testing.T, text string) {
		c := NewCatalogue(map[string]string{"f": text})
		for _, d := range c.Commands() {
			if help, err := c.Help(d.Words, reader); err != nil || help == "" {
				t.Errorf("help %q: %q %v", d.Words, help, err)
			}
			if found, err := c.Find(d.Words); err != nil || found != d {
				t.Errorf("%q is not found: %v", d.Words, err)
			}
			if p, err := d.Adopt(nil); err == nil {
				p.Request()
			} else {
				wantMistake(t, err)
			}
		}
		for _, fault := range c.Faults() {
			if strings.ContainsAny(fault.String(), "\n\x1b") {
				t.Errorf("%q", fault)
			}
		}
	})
}

// nobody gives no role to anybody.
type nobody struct{}

func (nobody) RolesOf(...string) []string             { return nil }
func (nobody) Grant(string, ...string) (string, bool) { return "", false }
func (nobody) Who(string) []string                    { return nil }

// An envelope that is taken comes back the same.
func FuzzEnvelope(f *testing.F) {
	f.Add([]byte(`{"id":"1","nonce":"2","time":"2026-01-02T03:04:05Z","principal":"telnet:ann","text":"help","watch":["telnet:ann"]}`))
	f.Add([]byte(`{"id":"1","nonce":"2","command":"job","args":{"id":"k3f7","n":[1,{"a":null}]},"job":"k3f7","cause":["rule:x"]}`))
	f.Add([]byte(`{"id":"1","nonce":"2","text":"ok","principal":"slack:U1","groups":["slack-group:S1"],"overheard":true,"check":true}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := DecodeEnvelope(body)
		if err != nil {
			if !errors.Is(err, ErrEnvelope) {
				t.Error(err)
			}
			return
		}
		text, err := json.Marshal(e)
		if err != nil {
			return // a time beyond the year 9999 is read but not written
		}
		again, err := DecodeEnvelope(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !e.Time.Equal(again.Time) {
			t.Errorf("%v became %v", e.Time, again.Time)
		}
		e.Time = again.Time
		first, _ := json.Marshal(e)
		second, _ := json.Marshal(again)
		if !bytes.Equal(first, second) {
			t.Errorf("%s became %s", first, second)
		}
	})
}

// anyText is text of every sort: plain, with all that means something to the grammar, and with anything else.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOf(rapid.RuneFrom([]rune("ab=' \"\\-‘’“”\u00a0\u200b@#;&|<>$`\n\t*,—"))),
		rapid.String(),
		rapid.SampledFrom([]string{"list", "job list", "--", "--force", "id=x", "reason=x", "x; cancel k3f7", "' 'list", "it’s", "“list”"}),
	)
}

// Whatever text is quoted, it is one argument: never a second one, never a name=value, never part of a command's words.
func TestQuotedTextIsOneArgument(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text")
		for _, words := range []string{"job", "jenkins build", "job id=", "log -- "} {
			line := words + " " + Quote(text)
			if strings.HasSuffix(words, "=") {
				line = words + Quote(text)
			}
			p, err := c.Parse(line)
			tidied, bad := Tidy("x" + text + "x") // white space at the ends is the text's own
			if bad != nil {
				if err == nil {
					t.Fatalf("%q was taken", line)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			want := strings.TrimSuffix(strings.TrimPrefix(tidied, "x"), "x")
			name := p.Command.Args[0].Name
			if got := Values(p.Args).String(name); got != want || !strings.HasPrefix(words, p.Command.Words) || len(p.Args) > 2 {
				t.Fatalf("%q parses as %s %#v", line, p.Command.Words, p.Args)
			}
		}
	})
}

// Arguments that come as values, whatever text they are, are the same when the command is written and read again.
func TestWrittenValuesComeBack(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(c.Commands()).Draw(t, "command")
		args := make(map[string]any)
		for i := range d.Args {
			switch a := &d.Args[i]; a.kind() {
			case TypeInt:
				args[a.Name] = rapid.Int64Range(-MaxInt, MaxInt).Draw(t, a.Name)
			case TypeBool:
				args[a.Name] = rapid.Bool().Draw(t, a.Name)
			case TypeDuration:
				args[a.Name] = FormatDuration(timeOf(rapid.Int64Range(0, int64(MaxDuration)).Draw(t, a.Name)))
			case TypeChoice:
				args[a.Name] = rapid.SampledFrom(a.Choices).Draw(t, a.Name)
			case TypeList:
				args[a.Name] = rapid.SliceOf(rapid.StringMatching(`[a-z '"=]*`)).Draw(t, a.Name)
			default:
				args[a.Name] = anyText().Draw(t, a.Name)
			}
		}
		if d.Extra != "" {
			args[ExtraArg] = rapid.MapOfN(rapid.StringMatching(`[A-Z_][a-z0-9_.-]*`), anyText(), 1, 3).Draw(t, "extra")
		}
		p, err := d.Adopt(args)
		if err != nil {
			return // control characters
		}
		written := p.write(false)
		again, err := c.Parse(written)
		if err != nil || again.Command != d || !reflect.DeepEqual(again.Args, p.Args) {
			t.Fatalf("%#v\n written %q\n again %#v, %v", p.Args, written, again, err)
		}
	})
}

// On what both know, words are those that the shell's rules give.
func TestWordsAreTheShells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringOf(rapid.RuneFrom([]rune("abc '\"=\t\n;&|é"))).Draw(t, "line")
		want, wrong := shlex.Split(line)
		var got []string
		var err error
		for s := (scanner{line: line}); err == nil && !s.done(); {
			var w word
			if w, err = s.next(); err == nil {
				got = append(got, w.text)
			}
		}
		if (err != nil) != (wrong != nil) || err == nil && len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %q %v, the shell %q %v", line, got, err, want, wrong)
		}
	})
}
