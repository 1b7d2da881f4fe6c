package jenkins

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestTimeSpan(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 ms", 99 * time.Millisecond: "99 ms", 120 * time.Millisecond: "0.12 sec", 4*time.Second + 930*time.Millisecond: "4.9 sec",
		5 * time.Second: "5 sec", 59*time.Second + 999*time.Millisecond: "59 sec", 65 * time.Second: "1 min 5 sec",
		11*time.Minute + 5*time.Second: "11 min", 2*time.Hour + 3*time.Minute: "2 hr 3 min", 25 * time.Hour: "1 day 1 hr",
		49 * time.Hour: "2 days 1 hr", 240 * time.Hour: "10 days",
	} {
		if got := timeSpan(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"5": 5 * time.Second, "0.5": 500 * time.Millisecond, "2s": 2 * time.Second, "2m": 2 * time.Minute, "1h": time.Hour,
		"x": 0, "-1": 0, "1e300": 0, "NaN": 0, "": 0,
	} {
		if got := seconds(text); got != want {
			t.Errorf("sleep %q takes %v, want %v", text, got, want)
		}
	}
}

func TestSummaries(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]parameterValue{
		"a=b":                          {Class: "hudson.model.StringParameterValue", Name: "a", Value: "b"},
		"a=****":                       {Class: "hudson.model.PasswordParameterValue", Name: "a", Secret: true},
		"a=demo/slow #3":               {Class: "hudson.model.RunParameterValue", Name: "a", Value: "demo/slow#3"},
		"(FileParameterValue) a='b.c'": {Class: "hudson.model.FileParameterValue", Name: "a", Value: "b.c"},
	} {
		if got := v.summary(); got != want {
			t.Errorf("%+v is summed up as %q, want %q", v, got, want)
		}
	}
}

// FuzzConfig checks that no configuration upsets the parser, and that a setting that is set can be read back.
func FuzzConfig(f *testing.F) {
	for _, job := range demoJobs() {
		f.Add([]byte(job.config()), "text")
	}
	f.Add([]byte("<?xml version='1.1'?><project><disabled/><x><disabled>y</disabled></x></project>"), "<&>")
	f.Add([]byte("\ufeff<project/>"), "")
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		root, config, err := parseConfig(raw)
		if err != nil {
			return
		}
		(&item{name: "x", parent: &item{}}).configure(root, config)
		changed, _, err := parseConfig(setText(config, root, "description", text))
		if err != nil {
			return // such as a root in a namespace of its own
		}
		if got := changed.text("description"); got != text && printable(text) && root.XMLName.Space == "" {
			t.Errorf("a description %q is read back as %q from %q", text, got, raw)
		}
	})
}

// printable says whether XML can hold a text as it is.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\ufffd' || r == '\ufffe' || r == '\uffff' })
}

// FuzzPlan checks that whatever a job's script says, its plan goes forward and its console has the size that it says.
func FuzzPlan(f *testing.F) {
	for name := range recipes {
		f.Add("# sandbox: "+name, "3", true)
	}
	f.Add("echo 'a'\nsleep 1e9\nexit 1", "x", false)
	f.Add("input message: \"${params.seconds}?\"\nerror('x')", "x", true)
	f.Fuzz(func(t *testing.T, script, value string, pipeline bool) {
		job := &item{name: "job", parent: &item{}, kind: freestyleRoot}
		if pipeline {
			job.kind = pipelineRoot
		}
		start := time.Unix(1_700_000_000, 0)
		b := &build{job: job, Number: 1, Script: script, Started: start, Causes: []cause{{User: "demo"}}}
		b.Parameters = []parameterValue{{Name: "seconds", Value: value}, {Name: "megabytes", Value: "1"}}
		plan := newPlan(b)
		last := time.Duration(0)
		for _, s := range plan.steps {
			if s.at < last || (plan.end >= 0 && s.at > plan.end) {
				t.Fatalf("a step at %v after one at %v, the end is at %v", s.at, last, plan.end)
			}
			last = s.at
		}
		if plan.end > longest {
			t.Fatalf("the plan ends after %v", plan.end)
		}
		text := b.console(start.Add(longest))
		var out strings.Builder
		if err := text.writeFrom(&out, 0); err != nil || int64(out.Len()) != text.size() {
			t.Fatalf("the console has %d bytes, its size is said to be %d, %v", out.Len(), text.size(), err)
		}
	})
}

// FuzzServe checks that no request upsets the server.
func FuzzServe(f *testing.F) {
	const kind = "application/x-www-form-urlencoded"
	f.Add("GET", "/api/json?tree=jobs[name]{0,1}", "", "")
	f.Add("POST", "/job/demo/job/typed/buildWithParameters", kind, "CHOICE=large&RUN=a%23b")
	f.Add("POST", "/job/demo/job/typed/build", kind, `json={"parameter":[{"name":"FILE","file":"x"},{"name":"RUN"}]}`)
	f.Add("POST", "/createItem?name=x", "text/xml", "<project/>")
	f.Add("POST", "/createView?name=x", "text/xml", "<hudson.model.ListView/>")
	f.Add("POST", "/computer/doCreateItem?name=x", kind, `json={"numExecutors":"3"}`)
	f.Add("POST", "/job/demo/job/typed/build", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{}\r\n--x--")
	f.Add("GET", "/view/all/job/demo/view/All/job/slow/lastBuild/logText/progressiveText?start=9", "", "")
	f.Add("POST", "/queue/item/1/cancelQueue", "", "")
	f.Fuzz(func(t *testing.T, method, target, kind, body string) {
		server := New(Options{Token: "t", Frozen: true, QuietPeriod: -1})
		defer server.Close()
		path, query, _ := strings.Cut(target, "?")
		for range 2 { // the second time there may be a build
			rq := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", strings.NewReader(body))
			rq.Method, rq.URL.Path, rq.URL.RawQuery = method, path, query
			rq.Header.Set("Content-Type", kind)
			rq.SetBasicAuth("demo", "t")
			w := httptest.NewRecorder()
			server.ServeHTTP(w, rq)
			if w.Code < 200 || w.Code > 599 {
				t.Fatalf("%s %s: %d", method, target, w.Code)
			}
		}
		server.Advance(time.Hour)
	})
}
