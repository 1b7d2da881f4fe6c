package program_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/program"
)

// A server is a stand-in for nothing.
type server struct {
	http.Handler
	err error
}

func (s *server) Err() error { return s.err }

func TestRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended, learnt := make(chan error, 1), make(chan string, 1)
	p := program.Program{
		Name: "Nothing (sandbox)", Listen: "127.0.0.1:0", Server: &server{Handler: http.NotFoundHandler()},
		Learn: func(url string) { learnt <- url },
	}
	go func() { ended <- p.Run(ctx, in) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if url := <-learnt; err != nil || line != "Nothing (sandbox) at "+url+"/\n" {
		t.Errorf("it prints %q, %v, and is at %s", line, err, url)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("a broken state")
	for want, p := range map[string]program.Program{
		"start: a broken state":    {Server: &server{err: broken}},
		"start: listen on nowhere": {Server: &server{}, Listen: "nowhere"},
	} {
		if err := p.Run(t.Context(), io.Discard); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"-x 1": "", "-x": "read the flags", "y": `unexpected argument "y"`} {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		flags.Int("x", 0, "")
		err := program.Parse(flags, strings.Fields(args), io.Discard)
		if (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
	var help bytes.Buffer
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	if err := program.Parse(flags, []string{"-help"}, &help); !errors.Is(err, flag.ErrHelp) || help.Len() == 0 {
		t.Errorf("-help: %v, %s", err, help.String())
	}
}

func TestReadToken(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	for text, want := range map[string]string{"a\nb\n": "", "\n": "is empty"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		token, err := program.ReadToken(file)
		if (want == "") != (err == nil && token == "a") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %q, %v, want %s", text, token, err, want)
		}
	}
	for file, want := range map[string]string{"": "a token is needed", "/none": "read the token"} {
		if _, err := program.ReadToken(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
	if lines, err := program.ReadLines("secrets", ""); lines != nil || err != nil {
		t.Errorf("of no file: %v, %v", lines, err)
	}
}
