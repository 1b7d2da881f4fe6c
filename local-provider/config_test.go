package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wrong := write("wrong.yml", "telnet:\n  idel: 3m\nschedules:\n  - {name: a, cron: '@daily', run: tea brew}\n")
	odd := write("odd, and 100%.yml", "harbour: {}\n")
	right := write("right.yml", "bot: {name: x}\n")
	tea := write("tea.yml", "version: 1.0\nprovider: {name: openfaas}\nfunctions:\n  tea:\n    lang: go\n    handler: ./tea\n    image: ${TAG}\n"+
		"    annotations:\n      handsoff.dev/commands: '[{words: tea brew, summary: Brew tea, role: operator, needs: [harbour]}]'\n")
	all := filepath.Join("..", "stack.yml")
	for _, c := range []struct {
		name, want, fails string
		args              []string
	}{
		{"right", "", "", []string{right}},
		{
			"wrong, without a stack", wrong + ":2:3: telnet.idel: there is no such key; perhaps you meant idle\n", "there is one mistake",
			[]string{wrong, right},
		},
		{
			"wrong, and nobody brews tea", wrong + ":2:3: telnet.idel: there is no such key; perhaps you meant idle\n" +
				wrong + ":4:5: schedules a: there is no command tea brew just now\n", "there are 2 mistakes",
			[]string{"-stack", all, wrong},
		},
		{
			"somebody brews tea", wrong + ":2:3: telnet.idel: there is no such key; perhaps you meant idle\n", "there is one mistake",
			[]string{"-stack", all, "-stack", tea, wrong, odd},
		},
		{
			"at GitHub", "::error file=" + wrong + ",line=2,col=3,title=configuration::telnet.idel: there is no such key; perhaps you meant idle\n" +
				"::warning file=" + filepath.Join(dir, "odd%2C and 100%25.yml") +
				",line=1,col=1,title=configuration::harbour: no function is known to read this section; one of your own may\n",
			"there is one mistake",
			[]string{"-format", "github", wrong, odd},
		},
		{"no file", "", "no such file", []string{filepath.Join(dir, "none.yml")}},
		{"no such format", "", "-format is text or github", []string{"-format", "xml", right}},
		{"no stack", "", "no such file", []string{"-stack", filepath.Join(dir, "none.yml"), right}},
		{"nothing to do", "", "say which files", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out, hint bytes.Buffer
			err := run(context.Background(), append([]string{"config", "check"}, c.args...), nil, &out, &hint)
			if out.String() != c.want {
				t.Errorf("it says\n%s\nand should say\n%s", out.String(), c.want)
			}
			if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("it ends with %v, and should with %q", err, c.fails)
			}
		})
	}
}

// What is made of data is made anew when the data change: make docs.
func TestReferencesAreUpToDate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out, hint bytes.Buffer
	if err := run(context.Background(), []string{"docs", "-out", dir, "-stack", filepath.Join("..", "stack.yml")}, nil, &out, &hint); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"configuration.md", "commands-reference.md"} {
		made, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		kept, err := os.ReadFile(filepath.Join("..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, kept) {
			t.Errorf("docs/%s is not what stack.yml and the schema say now: run make docs", name)
		}
	}
}
