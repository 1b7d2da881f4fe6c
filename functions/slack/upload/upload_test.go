package upload_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/functions/slack/upload"
	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

func TestLines(t *testing.T) {
	t.Parallel()
	f := &upload.File{Name: "deploy.txt"}
	got, err := upload.Lines(f, []byte("\ufeff# a list\r\n\r\n  jenkins build demo/slow\t# no comment \r\njobs\rwhoami\n   #x\n"))
	want := []upload.Line{{Number: 3, Text: "jenkins build demo/slow\t# no comment"}, {Number: 4, Text: "jobs"}, {Number: 5, Text: "whoami"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for text, want := range map[string]string{
		"":                                  "deploy.txt has no command in it.",
		"# only\n\n":                        "deploy.txt has no command in it.",
		"a\nb\x1b[2J\n":                     "Line 2 of deploy.txt has characters that cannot be seen",
		"a\x00b":                            "Line 1 of deploy.txt has characters that cannot be seen",
		"\xff\xfea\x00":                     "deploy.txt is not UTF-8 text",
		strings.Repeat("a\n", 201):          "deploy.txt has more than 200 commands",
		strings.Repeat("#", 64<<10) + "\na": "deploy.txt has more than 65536 bytes",
	} {
		_, err := upload.Lines(f, []byte(text))
		if no := upload.Unreadable(""); !errors.As(err, &no) || !strings.HasPrefix(string(no), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if lines, err := upload.Lines(f, []byte(strings.Repeat("a\n#\n", 200))); err != nil || len(lines) != 200 {
		t.Error(len(lines), err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"name":"a.txt","mimetype":"text/plain","size":10,"mode":"hosted"}`:      "",
		`{"name":"a","mimetype":"","mode":"snippet"}`:                             "",
		`{"name":"a","mimetype":"application/octet-stream"}`:                      "",
		`{"name":"cat.png","mimetype":"image/png","size":10}`:                     "cat.png is no text but image/png.",
		`{"name":"a.pdf","mimetype":"application/pdf","size":10}`:                 "a.pdf is no text but application/pdf.",
		`{"name":"a.txt","mimetype":"text/plain","size":65537}`:                   "a.txt has 65537 bytes, and I read 65536 at most",
		`{"name":"a.txt","mimetype":"text/plain","is_external":true}`:             "a.txt is only a link",
		`{"name":"plan","mimetype":"application/vnd.slack-docs","mode":"canvas"}`: "plan is only a link or a canvas",
		`{"mode":"tombstone"}`: "Slack no longer has the file",
		`{"name":"` + strings.Repeat("x", 300) + `\n","mimetype":"image/png"}`: strings.Repeat("x", 79) + "… is no text",
	} {
		f, err := upload.ReadFile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Unfit(); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q", text, got)
		}
	}
	if _, err := upload.ReadFile([]byte("[]")); err == nil {
		t.Error("a list was taken as a file")
	}
}

func TestTheTokenGoesToSlackOnly(t *testing.T) {
	t.Parallel()
	const api = "http://127.0.0.1:8082/api/"
	for address, want := range map[string]bool{
		"https://files.slack.com/files-pri/T1-F1/download/a.txt": true,
		"https://files.slack-gov.com/files-pri/x":                true,
		"http://127.0.0.1:8082/files/F1":                         true,
		"http://files.slack.com/files-pri/x":                     false,
		"https://files.slack.com:8443/x":                         false,
		"https://files.slack.com.evil.example/x":                 false,
		"https://files.slack.com@evil.example/x":                 false,
		"https://u@files.slack.com/x":                            false,
		"http://127.0.0.1:8083/files/F1":                         false,
		"https://127.0.0.1:8082/files/F1":                        false,
		"https://evil.example/x":                                 false,
		"":                                                       false,
		"/files":                                                 false,
	} {
		if got := upload.Trusted(address, api); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if upload.Trusted("", "") {
		t.Error("no address is trusted where there is no API")
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	f := &upload.File{Name: "<deploy>.txt"}
	lines := []upload.Line{
		{Number: 2, Text: "jenkins build demo/slow"},
		{Number: 10, Text: "dance ```", Wrong: "I do not know “dance”."},
	}
	got := upload.Show(f, lines)
	want := "One line of &lt;deploy&gt;.txt cannot be done, so nothing was started. Mend it and upload the file again.\n" +
		"```\n  2 ✓ jenkins build demo/slow\n 10 ✗ dance `\u200b`\u200b`\n      I do not know “dance”.\n```"
	if len(got) != 1 || words(got[0].Blocks) != want {
		t.Errorf("have %d\n%s\nwant\n%s", len(got), words(got[0].Blocks), want)
	}
	lines[1].Wrong = ""
	if got := upload.Show(f, lines)[0].Text; got != "&lt;deploy&gt;.txt has 2 commands, and all of them can be done. They wait for your word, then run in order; the first failure stops them." {
		t.Error(got)
	}
}

func words(blocks []goslack.Block) string {
	var all []string
	for _, b := range blocks {
		if s, ok := b.(*goslack.SectionBlock); ok {
			all = append(all, s.Text.Text)
		}
	}
	return strings.Join(all, "\n")
}

// FuzzUpload: whatever a file holds, each of its commands is shown or the file is refused with a sentence, and Slack takes
// what is shown.
func FuzzUpload(f *testing.F) {
	f.Add([]byte("# x\njenkins build demo/slow\r\n\r\ndance <!channel> ```\n"), "a.txt", "no &", true)
	f.Add([]byte(strings.Repeat("<&>`\n", 300)), "", "", false)
	f.Add([]byte(strings.Repeat("x<&>`", 1000)+"\n"), "\n", strings.Repeat("long ", 100), true)
	f.Fuzz(func(t *testing.T, text []byte, name, reason string, bad bool) {
		file := &upload.File{Name: name}
		lines, err := upload.Lines(file, text)
		if err != nil {
			if no := upload.Unreadable(""); !errors.As(err, &no) || no == "" {
				t.Fatal(err)
			}
			return
		}
		if bad {
			lines[len(lines)-1].Wrong = reason
		}
		messages := upload.Show(file, lines)
		if len(messages) > 20 {
			t.Fatal(len(messages), "messages")
		}
		all := ""
		for _, m := range messages {
			if err := slacktest.CheckMessage(m.Blocks, m.Text); err != nil {
				t.Fatal(err)
			}
			all += words(m.Blocks) + "\n"
		}
		for _, l := range lines {
			if !strings.Contains(all, fmt.Sprintf("%3d ", l.Number)) {
				t.Fatalf("line %d is not in %s", l.Number, all)
			}
		}
		if strings.Contains(all, "<!") || strings.Contains(all, "<@") {
			t.Fatal(all)
		}
	})
}
