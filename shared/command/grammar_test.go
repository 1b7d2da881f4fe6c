package command

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// declared is a catalogue with every kind of argument.
var declared = map[string]string{
	"jenkins": `
- words: jenkins build
  summary: Start a build and follow it
  role: operator
  args: [{name: job, help: which job}]
  extra: the job's parameters
- words: jenkins console
  summary: Show a build's console
  role: viewer
  needs: [jenkins]
  args:
    - {name: job}
    - {name: build, type: int}
    - {name: lines, type: int, default: 20}
    - {name: colour, type: choice, choices: [red, green, Dark Blue], optional: true}
- words: jenkins restart
  summary: Restart Jenkins
  role: admin
  args: [{name: safe, type: bool, default: true}]
  lock: jenkins/{safe}
  signoff: {need: 1, unless: safe, within: 10m}
  limit: 30m
`,
	"jobs": `
- {words: job, summary: Show a job, role: viewer, args: [{name: id}]}
- {words: job list, also: [jobs], summary: List jobs, role: viewer}
- {words: log, summary: Show a job's output, role: viewer, args: [{name: id}, {name: lines, type: int, default: 20}]}
- {words: cancel, summary: Stop a job, role: viewer, args: [{name: id}, {name: reason, type: rest, optional: true}]}
- {words: approve, summary: Sign a job off, role: viewer, args: [{name: id}]}
- {words: status, summary: Show how I am, role: anyone}
- {words: jobs secret, summary: Not for the list, role: anyone, hidden: true}
`,
	"test": `
- words: wait
  summary: Wait for a while
  role: viewer
  args:
    - {name: for, type: duration}
    - {name: for-whom, type: list, optional: true}
    - {name: password, secret: true, optional: true}
    - {name: note, type: rest, default: no note}
`,
}

func catalogue(tb testing.TB) *Catalogue {
	tb.Helper()
	c := NewCatalogue(declared)
	if faults := c.Faults(); len(faults) > 0 {
		tb.Fatal(faults)
	}
	return c
}

func TestParse(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	type args = map[string]any
	extra := func(pairs map[string]string, a args) args { a[ExtraArg] = pairs; return a }
	for line, want := range map[string]args{
		"jenkins build demo/slow":                              {"job": "demo/slow"},
		"  JENKINS\t build\u00a0demo/slow \r\n":                {"job": "demo/slow"},
		"jenkins build job=demo/slow":                          {"job": "demo/slow"},
		`jenkins build "demo/slow"`:                            {"job": "demo/slow"},
		"jenkins build “demo/slow one”":                        {"job": "demo/slow one"},
		"jenkins build ‘demo’":                                 {"job": "demo"},
		`jenkins build "it’s"`:                                 {"job": "it’s"},
		`jenkins build demo\ slow`:                             {"job": "demo slow"},
		`jenkins build "a\"b\\c\d"`:                            {"job": `a"b\c\d`},
		`jenkins build 'a\b'`:                                  {"job": `a\b`},
		"jenkins build ''":                                     {"job": ""},
		"jenkins build `id` X=$HOME;&|<>()#":                   extra(map[string]string{"X": "$HOME;&|<>()#"}, args{"job": "`id`"}),
		"jenkins build #ptg seconds=30":                        extra(map[string]string{"seconds": "30"}, args{"job": "#ptg"}),
		"jenkins build SECONDS='a b' x=a=b JOB=y demo":         extra(map[string]string{"SECONDS": "a b", "x": "a=b", "JOB": "y"}, args{"job": "demo"}),
		"jenkins build http://x?y=1":                           {"job": "http://x?y=1"},
		"jenkins build 'a=b'":                                  {"job": "a=b"},
		"jenkins build -- a=b":                                 {"job": "a=b"},
		"jenkins build -- --force":                             {"job": "--force"},
		"jenkins build '--force'":                              {"job": "--force"},
		"jenkins build -":                                      {"job": "-"},
		"jenkins console demo -3":                              {"job": "demo", "build": int64(-3), "lines": int64(20)},
		"jenkins console lines=5 demo 12":                      {"job": "demo", "build": int64(12), "lines": int64(5)},
		"jenkins console demo 12 5 dark\\ blue":                {"job": "demo", "build": int64(12), "lines": int64(5), "colour": "Dark Blue"},
		"jenkins console demo 12 COLOUR=GREEN":                 {"job": "demo", "build": int64(12), "lines": int64(20), "colour": "green"},
		"jenkins restart":                                      {"safe": true},
		"jenkins restart off":                                  {"safe": false},
		"jenkins restart safe=N":                               {"safe": false},
		"job k3f7":                                             {"id": "k3f7"},
		"job 'list'":                                           {"id": "list"},
		"job list":                                             {},
		"jobs":                                                 {},
		"cancel k3f7":                                          {"id": "k3f7"},
		"cancel k3f7 it's  broken --now a=b \"x":               {"id": "k3f7", "reason": `it's  broken --now a=b "x`},
		"cancel k3f7 'it is broken'":                           {"id": "k3f7", "reason": "it is broken"},
		"cancel k3f7 'it is' broken":                           {"id": "k3f7", "reason": "'it is' broken"},
		"cancel k3f7 reason=it's broken":                       {"id": "k3f7", "reason": "it's broken"},
		"cancel k3f7 -- reason=x":                              {"id": "k3f7", "reason": "reason=x"},
		"cancel reason=x k3f7":                                 nil,
		"wait 1h30m":                                           {"for": "1h30m", "note": "no note"},
		"wait 90":                                              {"for": "1m30s", "note": "no note"},
		"wait for=2d for-whom=ann,bob,,\" carl\" note=a, b\nc": {"for": "2d", "for-whom": []string{"ann", "bob", "carl"}, "note": "a, b\nc"},
		"wait 1w '' x all the rest":                            {"for": "1w", "for-whom": []string{}, "password": "x", "note": "all the rest"},
	} {
		p, err := c.Parse(line)
		switch {
		case want == nil && err == nil:
			t.Errorf("%q: %v, want an error", line, p.Args)
		case want == nil:
		case err != nil:
			t.Errorf("%q: %v", line, err)
		case !reflect.DeepEqual(p.Args, want):
			t.Errorf("%q: %#v, want %#v", line, p.Args, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, test := range []struct{ line, text, try string }{
		{"", "That is empty; type help to see what I can do.", ""},
		{" \u200b\n", "That is empty; type help to see what I can do.", ""},
		{"dance", "I do not know “dance”; type help to see what I can do.", ""},
		{"jenkins", "“jenkins” is only the beginning of a command; help jenkins lists them all.", "jenkins build"},
		{"Jenkins biuld demo/slow seconds=30", "I do not know “jenkins biuld”.", "jenkins build demo/slow seconds=30"},
		{"jenkins polka", "I do not know “jenkins polka”; type help jenkins to see what I can do there.", "jenkins build"},
		{"Jenkins help", "I do not know “jenkins help”.", "help Jenkins"},
		{"tea --help", "I do not know “tea --help”.", "help tea"},
		{
			"cancel --help",
			"“--help” looks like an option, and I know none: an argument is written name=value. In quotes it is plain text.",
			"help cancel",
		},
		{"STOP K3F7 it hangs", "I do not know “stop k3f7”.", "cancel K3F7 it hangs"},
		{"kill acaz", "I do not know “kill acaz”.", "cancel acaz"},
		{"acaz stop", "I do not know “acaz stop”.", "@acaz stop"},
		{"console acaz", "I do not know “console acaz”.", "log acaz|jenkins console acaz"},
		{"stop jenkins", "I do not know “stop jenkins”; type help to see what I can do.", ""},
		{"acaz", "I do not know “acaz”; type help to see what I can do.", ""},
		{"Console", "“console” is about a job: say it in the job's thread, or as @<id> console; jobs lists them.", "jenkins console"},
		{"restart jenkins no", "I do not know “restart jenkins”.", "jenkins restart no"},
		{"build jenkins demo/slow  a=1", "I do not know “build jenkins”.", "jenkins build demo/slow a=1"},
		{"show jobs", "I do not know “show jobs”.", "jobs"},
		{"please cancel k3f7 it hangs", "I do not know “please cancel”.", "cancel k3f7 it hangs"},
		{"'job' list", "I do not know “'job' list”.", "job list"},
		{"jenkins build", "jenkins build needs <job> (which job).", ""},
		{"jenkins console", "jenkins console needs <job> and <build>.", ""},
		{"jenkins console a 1 2 red more", "jenkins console does not take “more”. Text with spaces goes in quotes.", ""},
		{"job list more", "job list does not take “more”.", ""},
		{"jenkins console a b", "build must be a whole number, not “b”.", ""},
		{"jenkins console a 9007199254740993", "build must be a whole number, not “9007199254740993”.", ""},
		{"jenkins console a 1 colour=rde", "colour must be red, green or Dark Blue, not “rde”.", "jenkins console a 1 colour=red"},
		{"jenkins console a 1 20 drak-blue", "colour must be red, green or Dark Blue, not “drak-blue”.", "jenkins console a 1 20 'Dark Blue'"},
		{"jenkins console a 1 lnes=5", "jenkins console has no argument “lnes”. In quotes it is plain text.", "jenkins console a 1 lines=5"},
		{"jenkins console a 1 zzz=5", "jenkins console has no argument “zzz”. In quotes it is plain text.", ""},
		{"jenkins console a job=b 1", "job is given twice.", ""},
		{"jenkins console a 1 lines=5 lines=6", "lines is given twice.", ""},
		{"jenkins build a x=1 x=2", "x is given twice.", ""},
		{
			"jenkins console a 1 --lines=5",
			"“--lines=5” looks like an option, and I know none: an argument is written name=value. In quotes it is plain text.",
			"jenkins console a 1 lines=5",
		},
		{
			"jenkins restart —safe",
			"“—safe” looks like an option, and I know none: an argument is written name=value. In quotes it is plain text.",
			"jenkins restart safe=yes",
		},
		{"jenkins build -f", "“-f” looks like an option, and I know none: an argument is written name=value. In quotes it is plain text.", ""},
		{"jenkins restart maybe", "safe must be yes or no, not “maybe”.", ""},
		{"jenkins build it's", `The quote ' before “s” is never closed; close it, or write \' if it is meant as a letter.`, ""},
		{`jenkins build "a'`, `The quote " before “a'” is never closed; close it, or write \" if it is meant as a letter.`, ""},
		{`jenkins build a\`, `The line ends in a backslash; a backslash itself is written \\ or '\'.`, ""},
		{"wait -5", "for must be a time such as 90s, 1h30m or 2d, not “-5”.", ""},
		{"wait 1x", "for must be a time such as 90s, 1h30m or 2d, not “1x”.", ""},
		{"jenkins build \xff", "That has bytes that are not UTF-8; send it again as UTF-8 text.", ""},
		{"jenkins build \x1b[2J", "That has the control character U+001B; send it again without.", ""},
		{"jenkins build a\u202eb", "That has the control character U+202E; send it again without.", ""},
		{
			"jenkins build " + strings.Repeat("x", 1<<20),
			"That is 1048590 bytes, and a command has at most 16384; put the long part into a file or an address.", "",
		},
	} {
		_, err := c.Parse(test.line)
		var m *Mistake
		if !errors.As(err, &m) {
			t.Errorf("%.80q: %v, want a mistake", test.line, err)
			continue
		}
		if m.Text != test.text {
			t.Errorf("%.80q\n said %s\n want %s", test.line, m.Text, test.text)
		}
		if got := strings.Join(m.Suggestions, "|"); !strings.HasPrefix(got, test.try) || (test.try == "") != (got == "") {
			t.Errorf("%.80q suggests %q, want %q", test.line, got, test.try)
		}
	}
}

func TestMistakeAsText(t *testing.T) {
	t.Parallel()
	_, err := catalogue(t).Parse("jenkins console a 1 colour=gren")
	var m *Mistake
	if !errors.As(err, &m) {
		t.Fatal(err)
	}
	const want = `colour must be red, green or Dark Blue, not “gren”.
Usage: jenkins console <job> <build> [lines=20] [colour:red|green|Dark Blue]
Try:   jenkins console a 1 colour=green`
	if got := m.Answer().String(); got != want {
		t.Errorf("said %s", got)
	}
}

func TestLineMasksSecrets(t *testing.T) {
	t.Parallel()
	p, err := catalogue(t).Parse("wait 5 password='open sesame' note=a\nb")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Line(), "wait 5s password=*** note=a b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	type args = map[string]any
	for _, test := range []struct {
		words   string
		give    args
		want    args
		mistake string
	}{
		{"jenkins build", args{"job": "x' y=1 --z"}, args{"job": "x' y=1 --z"}, ""},
		{"Jenkins  Build", args{"job": 12.0, "extra": args{"n": 1.5, "b": true}}, args{"job": "12", "extra": map[string]string{"n": "1.5", "b": "true"}}, ""},
		{"jenkins console", args{"job": "a", "build": "7", "lines": nil}, args{"job": "a", "build": int64(7), "lines": int64(20)}, ""},
		{"jenkins console", args{"job": "a", "build": 7.0}, args{"job": "a", "build": int64(7), "lines": int64(20)}, ""},
		{"wait", args{"for": 90.0, "for-whom": []any{"a,b", 1.0}}, args{"for": "1m30s", "for-whom": []string{"a,b", "1"}, "note": "no note"}, ""},
		{"jenkins console", args{"job": "a", "build": 7.5}, nil, "build must be a whole number, not “7.5”."},
		{"jenkins console", args{"job": []any{"a"}, "build": 7}, nil, "job must be a single value."},
		{"jenkins console", args{"job": "a"}, nil, "jenkins console needs <build>."},
		{"jenkins console", args{"job": "a", "build": 7, "Lines": 1}, nil, "jenkins console has no argument “Lines”."},
		{"jenkins build", args{"job": "a\x1b"}, nil, "That has the control character U+001B; send it again without."},
		{"jenkins build", args{"job": strings.Repeat("x", maxValue+1)}, nil, "job has 65537 bytes; it may have 65536."},
		{"jenkins build", args{"job": "a", "extra": "b"}, nil, "extra must be a list of names and values."},
		{"jenkins build", args{"job": "a", "extra": args{"b": args{}}}, nil, "“b” is not a pair of a name and a single value."},
		{"jenkins build", args{"job": "a", "extra": args{"job": "b"}}, nil, "job is an argument of its own, not an extra one."},
		{"jenkins build now", nil, nil, "I do not know “jenkins build”."},
	} {
		d, err := c.Find(test.words)
		var p *Parsed
		if err == nil {
			p, err = d.Adopt(test.give)
		}
		switch {
		case test.mistake != "":
			if err == nil || err.Error() != test.mistake {
				t.Errorf("%s %v: %v, want %s", test.words, test.give, err, test.mistake)
			}
		case err != nil:
			t.Errorf("%s %v: %v", test.words, test.give, err)
		case !reflect.DeepEqual(p.Args, test.want):
			t.Errorf("%s %v: %#v", test.words, test.give, p.Args)
		}
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for line, signoff := range map[string]bool{"jenkins restart": false, "jenkins restart no": true} {
		p, err := c.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		r := p.Request()
		if (r.Signoff != nil) != signoff || r.Function != "jenkins" || r.Command != "jenkins restart" || r.Limit.Minutes() != 30 {
			t.Errorf("%s: %+v", line, r)
		}
		if want := "jenkins/" + Values(p.Args).String("safe"); r.Lock != want {
			t.Errorf("%s: lock %s, want %s", line, r.Lock, want)
		}
	}
}
