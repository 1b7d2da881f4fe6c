package mask_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/mask"
)

func TestText(t *testing.T) {
	t.Parallel()
	key := "-----BEGIN KEY-----\nQUJD\r\nab\n  indented\n-----END KEY-----\n"
	for _, c := range []struct{ name, secret, text, want string }{
		{"plain", "s3cret", "the s3cret is s3cret.", "the *** is ***."},
		{"nothing of it", "s3cret", "s3cre s3crets", "s3cre ***s"},
		{"empty", "", "text", "text"},
		{"only a line break", "\n", "a\nb", "a\nb"},
		{"file", "s3cret\n", "s3cret\n", "***\n"},
		{"twice in a row", "abcd", "abcdabcd", "***"},
		{"overlapping itself", "abab", "xababab", "x***"},
		{"short", "x", "axb", "a***b"},
		{"lines", key, "a QUJD b ab c indented\n-----END KEY-----", "a *** b ab c ***\n***"},
		{"JSON", `a"b<c`, `{"p":"a\"b\u003cc"} {"p":"a\"b<c"}`, `{"p":"***"} {"p":"***"}`},
		{"Python", "pässword\U0001f511", `"p\u00e4ssword\ud83d\udd11"`, `"***"`},
		{"URL", "p@ss/wörd", "https://user:p%40ss%2Fw%C3%B6rd@host/", "https://user:***@host/"},
		{"base64", "correct horse", base64.StdEncoding.EncodeToString([]byte("correct horse")), "***"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := mask.New(c.secret).Text(c.text); got != c.want {
				t.Errorf("Text(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestSecretsThatOverlapHideEachOther(t *testing.T) {
	t.Parallel()
	m := mask.New("abcdef", "defghi", "cd")
	for text, want := range map[string]string{"abcdefghi": "***", "xcdy": "x***y", "abcdex": "ab***ex", "defgh": "defgh"} {
		if got := m.Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNilMasksNothing(t *testing.T) {
	t.Parallel()
	var m *mask.Mask
	var out bytes.Buffer
	w := m.Writer(&out)
	if _, err := io.WriteString(w, "text"); err != nil || w.Flush() != nil || out.String() != "text" || m.Text("text") != "text" {
		t.Errorf("a nil mask: %q, %v", out.String(), err)
	}
}

// Half of a secret is masked where a text was cut off in the middle of it.
func TestShortened(t *testing.T) {
	t.Parallel()
	m := mask.New("s3cret…more", "hunter2")
	for text, want := range map[string]string{
		"curl -u me:hunt… (pid 12)":          "curl -u me:***… (pid 12)",
		"curl -u me:hunter2… (pid 12)":       "curl -u me:***… (pid 12)",
		"curl -u me:hunter2 -d s3c… (pid 1)": "curl -u me:*** -d ***… (pid 1)",
		"s3cre…":                             "***…",
		"s3cret…more…":                       "***…",
		"s3cret…mor… hunt… hunter":           "***… ***… hunter",
		"a h… hu… hunter":                    "a h… hu… hunter",
		"hunter2hun…":                        "***…",
		"nothing of it…":                     "nothing of it…",
		"hunt":                               "hunt",
	} {
		if got := m.Shortened(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := (*mask.Mask)(nil).Shortened("a…"); got != "a…" {
		t.Error(got)
	}
}

// Wherever a text is cut off, no more than two letters of a secret are seen.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[a-z]{3,12}`).Draw(t, "secret")
		before := rapid.StringMatching(`[A-Z ]{0,8}`).Draw(t, "before")
		n := rapid.IntRange(3, len(secret)).Draw(t, "letters")
		if got, want := mask.New(secret).Shortened(before+secret[:n]+"… (pid 1)"), before+"***… (pid 1)"; got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func TestOnlyWhatMayBeASecretIsHeld(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := mask.New("s3cret").Writer(&out)
	for _, c := range [][2]string{{"TASK [a]\n", "TASK [a]\n"}, {"s3c", ""}, {"ret!", "***!"}, {"s3c", ""}, {"s3", "s3c"}} {
		out.Reset()
		if _, err := io.WriteString(w, c[0]); err != nil || out.String() != c[1] {
			t.Errorf("after %q: %q, want %q", c[0], out.String(), c[1])
		}
	}
	out.Reset()
	if err := w.Flush(); err != nil || out.String() != "s3" {
		t.Errorf("Flush: %q, %v", out.String(), err)
	}
}

func TestAFailingWriterIsTold(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	read, write := io.Pipe()
	_ = read.CloseWithError(full)
	if _, err := mask.New("s3cret").Writer(write).Write([]byte("text")); !errors.Is(err, full) {
		t.Errorf("Write = %v", err)
	}
}

// Whatever stands around a secret in what was encoded, base64 does not let it through.
func TestBase64OfALongerText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[a-zA-Z0-9/+?~]{12,40}`).Draw(t, "secret")
		before := rapid.StringN(0, 6, 12).Draw(t, "before")
		after := rapid.StringN(0, 6, 12).Draw(t, "after")
		for _, alphabet := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding} {
			coded := alphabet.EncodeToString([]byte(before + secret + after))
			masked := mask.New(secret).Text(coded)
			if shown := strings.TrimRight(strings.Replace(masked, mask.Stars, "", 1), "="); len(shown) > (len(before)+len(after))*4/3+4 {
				t.Fatalf("%q shows %q", coded, masked)
			}
		}
	})
}

func secrets() *rapid.Generator[[]string] {
	return rapid.SliceOfN(rapid.StringMatching(`[abc"\nö]{0,6}`), 0, 5)
}

// However a text is cut into pieces, what comes out is the same, and it is what marking every occurrence gives.
func TestStreamIsText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := secrets().Draw(t, "secrets")
		text := rapid.StringMatching(`([abc"\nö*]|abc|bca){0,60}`).Draw(t, "text")
		m := mask.New(values...)
		var out bytes.Buffer
		w := m.Writer(&out)
		for rest := []byte(text); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := marked(values, text); out.String() != want || m.Text(text) != want {
			t.Fatalf("stream %q, text %q, want %q", out.String(), m.Text(text), want)
		}
	})
}

// marked is the mask said in the simplest way: every byte of every occurrence is marked, and each run of marks is stars.
func marked(values []string, text string) string {
	hidden := make([]bool, len(text))
	for _, form := range mask.Forms(values) {
		for i := range len(text) - len(form) + 1 {
			if text[i:i+len(form)] == form {
				for j := range len(form) {
					hidden[i+j] = true
				}
			}
		}
	}
	var out strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			out.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			out.WriteString(mask.Stars)
		}
	}
	return out.String()
}

func FuzzNoFormPasses(f *testing.F) {
	f.Add("s3cret", "a ", " b", uint(3))
	f.Add("line one\nline two\n", "", "\n", uint(1))
	f.Add("\"\\\x00\xff", "x", "", uint(2))
	f.Fuzz(func(t *testing.T, secret, before, after string, piece uint) {
		core := strings.TrimRight(secret, "\r\n")
		if strings.Trim(core, "*") == "" || strings.Contains(before+after, core) {
			return
		}
		m := mask.New(secret)
		quoted, err := json.Marshal(core)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{core, string(quoted[1 : len(quoted)-1]), url.QueryEscape(core)} {
			var out bytes.Buffer
			w := m.Writer(&out)
			rest := []byte(before + "\x01" + form + "\x01" + after)
			for size := int(piece%7) + 1; len(rest) > 0; rest = rest[min(size, len(rest)):] {
				if _, err := w.Write(rest[:min(size, len(rest))]); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil || strings.Contains(out.String(), "\x01"+form+"\x01") {
				t.Errorf("%q passes as %q: %v", form, out.String(), err)
			}
		}
	})
}

func BenchmarkStream(b *testing.B) {
	w := mask.New("s3cret-number-one", strings.Repeat("another line of a key\n", 50)).Writer(io.Discard)
	text := []byte(strings.Repeat("TASK [nova : install] changed: [host-17] => all is well\n", 1170))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_, _ = w.Write(text)
	}
}
