package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// sharing is a message with files.
func sharing(user, channel, text string, files ...string) string {
	kind := "channel"
	if strings.HasPrefix(channel, "D") {
		kind = "im"
	}
	return fmt.Sprintf(`{"type":"message","subtype":"file_share","channel":%q,"channel_type":%q,"user":%q,"ts":"1700000000.000300","text":%q,"files":[%s]}`,
		channel, kind, user, text, strings.Join(files, ","))
}

func aFile(address, more string) string {
	return fmt.Sprintf(`{"id":"F1","name":"deploy.txt","mimetype":"text/plain","mode":"hosted","size":9,"url_private_download":%q%s}`, address, more)
}

// judges has the desk find fault with lines that begin with "bad", and make a job of a batch.
func (h *hall) judges() {
	h.desk.answer = func(e command.Envelope) command.Answer {
		switch {
		case e.Check && strings.HasPrefix(e.Text, "bad"):
			return command.Answer{Text: "I do not know that.", Problem: &command.Problem{Code: command.CodeUnknown, Suggestions: []string{"good"}}}
		case e.Check:
			return command.Answer{Text: "may be done: " + strings.ReplaceAll(e.Text, "hush", "***")}
		}
		return command.Answer{Text: "k3f7 waits", Job: "k3f7", Accepted: true}
	}
}

func TestAFileBecomesABatch(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.judges()
	address := h.slack.keepsFile("F1", "# first\ngood one\n\nother password=hush\n")
	h.event("Ev1", sharing("U0ANN", "D0ANN", "", aFile(address, "")))
	h.event("Ev2", sharing("U0ANN", "D0ANN", "", aFile(address, ""))) // Slack tells again
	h.settles()
	list := h.desk.envelopes()
	if len(list) != 3 || !list[0].Check || list[0].Text != "good one" || list[0].Principal != "slack:U0ANN" || !list[1].Check || list[1].ID == list[0].ID {
		t.Fatalf("%+v", list)
	}
	e := list[2]
	lines := command.Values(e.Args).List("lines")
	if e.Check || e.Command != "batch" || e.Args["name"] != "deploy.txt" || !slices.Equal(lines, []string{"good one", "other password=hush"}) ||
		e.ID != "slack message D0ANN 1700000000.000300" || e.Watch[0] != "slack:D0ANN" {
		t.Errorf("%+v", e)
	}
	h.slack.mu.Lock()
	shown := h.slack.posts[0].blocks
	h.slack.mu.Unlock()
	if !strings.Contains(shown, `  2 ✓ good one\n  4 ✓ other password=***`) || strings.Contains(shown, "hush") {
		t.Error(shown)
	}
	h.wants("Message D0ANN  deploy.txt has 2 commands, and all of them can be done. They wait for your word, then run in order; the first failure stops them.")
}

func TestABadLineMakesNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.judges()
	address := h.slack.keepsFile("F1", "good\nbad one\n")
	h.event("Ev1", sharing("U0EVE", "C0OPS", "<@U0BOT> please", aFile(address, "")))
	h.settles()
	for _, e := range h.desk.envelopes() {
		if !e.Check || e.Principal != "slack:U0EVE" {
			t.Errorf("%+v", e)
		}
	}
	h.slack.mu.Lock()
	shown := h.slack.posts[0].blocks
	h.slack.mu.Unlock()
	if !strings.Contains(shown, `  2 ✗ bad one\n      I do not know that. Try: good`) {
		t.Error(shown)
	}
	h.wants("Message C0OPS/1700000000.000300  One line of deploy.txt cannot be done, so nothing was started. Mend it and upload the file again.")
}

func TestFilesThatAreNotRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files func(h *hall) []string
		want  string
	}{
		"two":        {func(*hall) []string { return []string{`{}`, `{}`} }, "These are 2 files, and I take one at a time, so that it is clear what runs after what."},
		"a picture":  {func(*hall) []string { return []string{`{"name":"cat.png","mimetype":"image/png"}`} }, "cat.png is no text but image/png."},
		"elsewhere":  {func(*hall) []string { return []string{aFile("https://evil.example/F1", "")} }, "deploy.txt is not kept by Slack"},
		"not for us": {func(h *hall) []string { return []string{aFile(h.slack.URL+"/files/F9", "")} }, "Slack does not let me read deploy.txt"},
		"too large": {
			func(h *hall) []string {
				return []string{aFile(h.slack.keepsFile("F1", strings.Repeat("x", 70<<10)), "")}
			},
			"deploy.txt has more than 65536 bytes: split it.",
		},
		"empty": {func(h *hall) []string { return []string{aFile(h.slack.keepsFile("F1", "# x"), "")} }, "deploy.txt has no command in it."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, jobtest.Redis(t).Client(t))
			h.event("Ev1", sharing("U0ANN", "D0ANN", "", test.files(h)...))
			h.settles()
			if got := h.slack.said(); len(got) != 1 || !strings.HasPrefix(got[0], "Message D0ANN  "+test.want) {
				t.Errorf("%q", got)
			}
			if list := h.desk.envelopes(); len(list) != 0 {
				t.Errorf("%+v", list)
			}
		})
	}
}

func TestAFileOfASharedChannel(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.judges()
	h.slack.keepsFile("F7", "good\n")
	h.event("Ev1", sharing("U0ANN", "D0ANN", "", `{"id":"F7","file_access":"check_file_info"}`))
	h.wants("Message D0ANN  shared.txt has one command, and it can be done. It waits for your word.")
}

func TestAFileAmongPeopleIsTheirs(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	address := h.slack.keepsFile("F1", "good\n")
	h.event("Ev1", sharing("U0ANN", "C0OPS", "look at this", aFile(address, "")))
	h.event("Ev2", strings.Replace(sharing("U0ANN", "C0OPS", "hey <@U0BOT> look", aFile(address, "")), "000300", "000301", 1))
	h.settles()
	if list := h.desk.envelopes(); len(list) != 0 || len(h.slack.said()) != 1 { // the hint how to ask
		t.Errorf("%+v", list)
	}
}

// TestWordsWithAPictureAreWords: a picture is no file of commands, so what is said with it is what is meant.
func TestWordsWithAPictureAreWords(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	const picture = `{"id":"F1","name":"cat.png","mimetype":"image/png"}`
	h.event("Ev1", sharing("U0ANN", "C0OPS", "<@U0BOT> cancel k3f7", picture, picture))
	h.wants("Message C0OPS/1700000000.000300  You said cancel k3f7")
	h.event("Ev2", strings.Replace(sharing("U0ANN", "D0ANN", "jobs", picture), "000300", "000301", 1))
	h.wants("Message D0ANN  You said jobs")
}

// TestAnUploadIsTriedAgain: what is shown for good is not shown twice, and one job is made.
func TestAnUploadIsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.judges()
	answer := h.desk.answer
	checks, handedIn := 0, 0
	h.desk.answer = func(e command.Envelope) command.Answer {
		if e.Check {
			if checks++; checks == 2 { // the first time, the list cannot be posted
				h.desk.faults = append(h.desk.faults, http.StatusUnauthorized) // the key is just being changed
			}
		} else {
			handedIn++
		}
		return answer(e)
	}
	h.slack.fails("chat.postMessage", "internal_error")
	address := h.slack.keepsFile("F1", "good\n")
	h.event("Ev1", sharing("U0ANN", "D0ANN", "", aFile(address, "")))
	h.wants("Message D0ANN  deploy.txt has one command, and it can be done. It waits for your word.")
	if checks != 2 || handedIn != 1 || len(h.desk.faults) != 0 {
		t.Errorf("checked %d times, handed in %d times", checks, handedIn)
	}
}

func TestNoMoreThanAFileMayHaveIsRead(t *testing.T) {
	t.Parallel()
	var f limitedFile
	for range 16 {
		if _, err := f.Write(make([]byte, 4<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Write(make([]byte, 4<<10)); !errors.Is(err, errLarge) || f.Len() != 64<<10 {
		t.Error(f.Len(), err)
	}
}
