package jenkins_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestProgressiveText(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "10")
	const path = demo + "slow/1/logText/progressiveText"
	var text strings.Builder
	offset, rounds := "0", 0
	for more := true; more; rounds++ {
		got := r.want(200, r.get(path+"?start="+offset))
		text.WriteString(got.text)
		offset, more = got.Header.Get("X-Text-Size"), got.Header.Get("X-More-Data") == "true"
		if got.Header.Get("Content-Type") != "text/plain;charset=UTF-8" || offset != strconv.Itoa(text.Len()) {
			t.Fatalf("after %d bytes X-Text-Size is %s, type %s", text.Len(), offset, got.Header.Get("Content-Type"))
		}
		r.jenkins.Advance(2 * time.Second)
	}
	whole := r.want(200, r.get(demo+"slow/1/consoleText")).text
	if text.String() != whole || rounds < 6 {
		t.Errorf("in %d parts:\n%s\nas a whole:\n%s", rounds, text.String(), whole)
	}
	for _, line := range []string{
		"Started by user demo\n", "Building on the built-in node in workspace /var/jenkins_home/workspace/demo/slow\n",
		" 50% done, 5s of 10s\n", "100% done, 10s of 10s\nFinished: SUCCESS\n",
	} {
		if !strings.Contains(whole, line) {
			t.Errorf("no %q in\n%s", line, whole)
		}
	}
	if got := r.get(path + "?start=999999"); got.text != whole { // past the end Jenkins begins again
		t.Errorf("from past the end: %q", got.text)
	}
	if got := r.get(path + "?start=" + offset); got.text != "" || got.Header.Get("X-Text-Size") != offset {
		t.Errorf("from the end: %q, size %s", got.text, got.Header.Get("X-Text-Size"))
	}
	posted := r.send(http.MethodPost, path, "start="+strconv.Itoa(len(whole)-9), "Content-Type", "application/x-www-form-urlencoded")
	if posted.text != " SUCCESS\n" {
		t.Errorf("by POST: %q", posted.text)
	}
	r.want(500, r.get(path+"?start=x"))
	r.want(404, r.get(demo+"slow/1/logText/other"))
	if got := r.get(demo + "slow/1/logText/progressiveHtml"); !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
		t.Errorf("HTML is %s", got.Header.Get("Content-Type"))
	}
}

func TestConsoles(t *testing.T) {
	t.Parallel()
	for job, lines := range map[string][]string{
		"fail": {
			"error: 'teapot' undeclared", "make: *** [Makefile:17: build/main.o] Error 1\n",
			"Build step 'Execute shell' marked build as failure\nFinished: FAILURE\n",
		},
		"results":  {"\nHowdy pardner, I heard you wanted some results: {\"image\": \"", "Finished: SUCCESS\n"},
		"unstable": {"changed build result to UNSTABLE\nFinished: UNSTABLE\n"},
		"typed":    {"STRING=one line\n", "PASSWORD=****\n", "EXTENDED=green\n"},
	} {
		t.Run(job, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.start(job)
			r.jenkins.Advance(time.Minute)
			text := r.get(demo + job + "/1/consoleText").text
			for _, line := range lines {
				if !strings.Contains(text, line) {
					t.Errorf("no %q in\n%s", line, text)
				}
			}
		})
	}
}

func TestShellOfAnotherJob(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.want(200, r.postXML("/createItem?name=mine", strings.Replace(freestyle, "$WHO", "$JOB_NAME #$BUILD_NUMBER", 1)))
	r.want(201, r.post("/job/mine/build?delay=0sec"))
	r.jenkins.Advance(2 * time.Second)
	r.check(r.json("/job/mine/1/api/json"), map[string]any{"building": true})
	r.jenkins.Advance(2 * time.Second)
	r.check(r.json("/job/mine/1/api/json"), map[string]any{"result": "FAILURE", "duration": 3030.0})
	if text := r.get("/job/mine/1/consoleText").text; !strings.HasSuffix(text, "+ echo hello mine #1\nhello mine #1\n+ sleep 3\n"+
		"+ exit 1\nBuild step 'Execute shell' marked build as failure\nFinished: FAILURE\n") {
		t.Errorf("console:\n%s", text)
	}
}

func TestBigConsole(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("big", "megabytes", "3")
	r.jenkins.Advance(time.Minute)
	size, err := strconv.Atoi(r.send(http.MethodHead, demo+"big/1/logText/progressiveText", "").Header.Get("X-Text-Size"))
	if err != nil || size < 3_000_000 || size > 3_001_000 {
		t.Fatalf("the console has %d bytes, %v", size, err)
	}
	whole := r.get(demo + "big/1/consoleText").text
	if len(whole) != size || !strings.Contains(whole, "000029999 the quick") || strings.Contains(whole, "000030000 ") {
		t.Errorf("the console has %d bytes, its size is said to be %d", len(whole), size)
	}
	for _, from := range []int{0, 1, 250, 251, 1_000_050, size - 1, size} {
		if got := r.get(demo + "big/1/logText/progressiveText?start=" + strconv.Itoa(from)).text; got != whole[from:] {
			t.Errorf("from %d: %d bytes, want %d", from, len(got), len(whole)-from)
		}
	}
}

// TestConsoleIsNotBuffered reads the beginning of a console of a gigabyte and goes away.
func TestConsoleIsNotBuffered(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("big", "megabytes", "1000")
	r.jenkins.Advance(time.Minute)
	rq, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+demo+"big/1/consoleText", nil)
	if err != nil {
		t.Fatal(err)
	}
	rq.SetBasicAuth(user, token)
	rsp, err := r.client.Do(rq)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, rsp.Body, 1000); err != nil {
		t.Error(err)
	}
	if err := rsp.Body.Close(); err != nil {
		t.Error(err)
	}
	r.want(200, r.get(demo+"big/1/api/json"))
}
