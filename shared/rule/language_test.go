package rule_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

// someEnv is an event that the tables below ask about.
func someEnv(t testing.TB) *rule.Env {
	t.Helper()
	e := &event.Event{
		ID: "e1", Topic: "github.push", Source: "github", Subject: "github:acme/app", At: time.Date(2026, 3, 1, 2, 3, 4, 0, time.UTC),
		Author: event.Author{Name: "ann", Principal: "github:1"},
		Payload: []byte(`{"text":"Fix it\n\nBecause","sha":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","n":3,"big":9007199254740993,"half":0.5,"yes":true,
			"none":null,"list":["a","b","a"],"mixed":[1,"x",null,true],"labels":[{"name":"ci"},{"name":"doc"}],"map":{"k":"v","a":1},
			"event":"mine","len":"a name","json":"{\"a\":[1]}","empty":"","a-b":1}`),
	}
	env, err := rule.ForEvent(e, map[string]any{"remembered": map[string]any{"nova-main": map[string]any{"value": "abc"}}})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

type list = []any

func TestExpressions(t *testing.T) {
	t.Parallel()
	env := someEnv(t)
	for source, want := range map[string]any{
		// what is missing is nothing, and no error
		`nope`:                      nil,
		`nope.a.b[3].c`:             nil,
		`text.a`:                    nil,
		`list[9]`:                   nil,
		`list[-1]`:                  "a",
		`list["a"]`:                 nil,
		`none.a`:                    nil,
		`!nope`:                     true,
		`not nope.x`:                true,
		`nope && yes`:               false,
		`yes && nope`:               false,
		`yes && text`:               true,
		`nope or nope.x`:            false,
		`yes and !nope or nope`:     true,
		`nope > 3`:                  false,
		`nope < 3`:                  false,
		`nope == nil`:               true,
		`nope != "x"`:               true,
		`nope contains "x"`:         false,
		`nope not contains "x"`:     true,
		`nope matches "x"`:          false,
		`nope startsWith "x"`:       false,
		`"x" in nope`:               false,
		`any(nope, .x)`:             false,
		`all(nope, .x)`:             true,
		`none(nope, .x)`:            true,
		`filter(nope, .x)`:          list{},
		`map(nope, .x)`:             list{},
		`count(nope)`:               0,
		`len(nope)`:                 0,
		`lower(nope)`:               "",
		`split(nope, ",")`:          list{},
		`join(nope, ",")`:           "",
		`replace(nope, "a", "b")`:   "",
		`first(nope)`:               nil,
		`keys(nope)`:                list{},
		`nope[1:2]`:                 list{},
		`nope + "x"`:                "x",
		`"x" + nope`:                "x",
		`nope ?? "d"`:               "d",
		`nope ?: "d"`:               "d",
		`empty ?: "d"`:              "d",
		`nope?.x?.y`:                nil,
		`nope ? 1 : 2`:              2,
		`if nope {1} else {2}`:      2,
		`short(nope)`:               "",
		`first_line(nope)`:          "",
		`remembered["other"].value`: nil,
		`fromJSON(nope)`:            nil,
		`max(nope, 3)`:              3,
		// names
		`event.topic`:                   "github.push",
		`event.author.name`:             "ann",
		`payload.event`:                 "mine",
		`payload["a-b"]`:                1,
		`payload.len`:                   "a name",
		`remembered["nova-main"].value`: "abc",
		`event.at.hour`:                 2,
		`event.at.weekday`:              "Sunday",
		// values
		`n + 1`:                      4,
		`n * half`:                   1.5,
		`big`:                        9007199254740993,
		`n == 3.0`:                   true,
		`"#" + n`:                    "#3",
		`n + "#"`:                    "3#",
		`half + half`:                1.0,
		`"a" < "b"`:                  true,
		`list == ["a", "b", "a"]`:    true,
		`map == {"a": 1, "k": "v"}`:  true,
		`labels[1].name`:             "doc",
		`any(labels, .name == "ci")`: true,
		`all(labels, {.name != ""})`: true,
		`map(labels, .name)`:         list{"ci", "doc"},
		`filter(labels, .name startsWith "d")[0].name`:   "doc",
		`find(labels, .name == "doc").name`:              "doc",
		`find(labels, .nope)`:                            nil,
		`count(labels, .name == "ci")`:                   1,
		`reduce(1..4, #acc + #, 0)`:                      10,
		`sum(map(1..3, # * 2))`:                          12,
		`"ci" in map(labels, .name)`:                     true,
		`"k" in map`:                                     true,
		`list contains "b"`:                              true,
		`text contains "Fix"`:                            true,
		`text matches "^Fix.*"`:                          true,
		`text not matches "(?i)because$"`:                false,
		`uniq(list)`:                                     list{"a", "b"},
		`sort(list)`:                                     list{"a", "a", "b"},
		`reverse(list)`:                                  list{"a", "b", "a"},
		`concat(list, nope, [1])`:                        list{"a", "b", "a", 1},
		`take(list, 2)`:                                  list{"a", "b"},
		`list[1:]`:                                       list{"b", "a"},
		`sha[:3]`:                                        "611",
		`sortBy(labels, .name, "desc")[0].name`:          "doc",
		`first(list) + last(list)`:                       "aa",
		`short(sha)`:                                     "6113728f",
		`first_line(text)`:                               "Fix it",
		`split("a,b", ",")`:                              list{"a", "b"},
		`join(mixed, "-")`:                               "1-x--true",
		`string(list)`:                                   "a, b, a",
		`string(map)`:                                    `{"a":1,"k":"v"}`,
		`toJSON(mixed)`:                                  `[1,"x",null,true]`,
		`fromJSON(json).a[0]`:                            1,
		`text | first_line() | upper()`:                  "FIX IT",
		`replace(text, "\n", " ")`:                       "Fix it  Because",
		`min(list) + max("a", "c")`:                      "ac",
		`min([3, 1, 2])`:                                 1,
		`type(n)`:                                        "int",
		`date("2026-03-01") < event.at`:                  true,
		`event.at - date("2026-03-01") < duration("3h")`: true,
		`let x = labels[0]; x.name + x.name`:             "cici",
		`1; 2`:                                           2,
	} {
		template, err := rule.ParseTemplate("{{" + source + "}}")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := template.Value(env)
		if l, ok := got.([]int); ok && len(l) == 0 {
			got = list{}
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, %v; want %#v", source, got, err, want)
		}
	}
}

func TestWhatCannotBeWorkedOutIsSaid(t *testing.T) {
	t.Parallel()
	env := someEnv(t)
	for source, says := range map[string]string{
		`text > 3`:               "a text and a number cannot be compared",
		`map + 1`:                "a map and a number cannot be added",
		`n contains "x"`:         "that compares texts, not a number with a text",
		`"x" in n`:               "in looks into a list or a map, not into a number",
		`any(n, .x)`:             "that needs a list, not a number",
		`lower(n)`:               "that needs a text, not a number",
		`len(n)`:                 "len counts what a list, a map or a text holds, not a number",
		`n matches "x"`:          "matches looks at a text, not at a number",
		`short(n)`:               "short takes a commit, not a number",
		`short(sha, 3)`:          "short takes one argument",
		`join(list, ",", 1)`:     "join takes 1 to 2 arguments",
		`split(text, "")`:        "not empty",
		`replace(text, "", "x")`: "not empty",
		`fromJSON(text)`:         "not JSON",
		`nope - 1`:               "invalid operation",
		`date("yesterday")`:      "invalid date",
	} {
		template, err := rule.ParseTemplate("{{" + source + "}}")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := template.Value(env); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s is %v, %v; want %s", source, got, err, says)
		}
	}
	for source, says := range map[string]string{
		``: "empty", `1 +`: "unexpected token", `$env`: "$env", `nope()`: "there is no function nope", `text.upper()`: "only functions can be called",
		`env("X")`: "there is no function env", `fromPairs(list)`: "there is no function", `groupBy(list, #)`: "there is no function",
		strings.Repeat("1+", 600) + "1": "maximum allowed nodes", strings.Repeat("x", 20_000): "at most", strings.Repeat("a ? /**/ : ", 20) + "a": "more than 8 times",
	} {
		if _, err := rule.ParseCondition(source); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v; want %s", source, err, says)
		}
	}
}

// No expression works for ever, or makes more than fits, whatever the payload is: GitHub sends up to 25 megabytes.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"long":"` + strings.Repeat("a", 4<<20) + `","list":[`)
	b.WriteString(strings.Repeat(`{"a":"b"},`, 300_000) + `{}]}`)
	env, err := rule.ForEvent(&event.Event{Topic: "github.push", Payload: []byte(b.String())}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{
		`all(list, all(list, all(list, true)))`,
		`any(list, {any(list, {.a == "c"})})`,
		`reduce(1..90, #acc + #acc, "aaaa")`,
		`reduce(1..90, concat(#acc, #acc), list)`,
		`reduce(1..90, [#acc, #acc], 1) == reduce(1..90, [#acc, #acc], 1)`,
		`toJSON(reduce(1..90, [#acc, #acc], 1))`,
		`string(reduce(1..90, [#acc, #acc], 1))`,
		`reduce(1..90, [#acc, #acc], 1) in [reduce(1..90, [#acc, #acc], 1)]`,
		`any(1..100000, long matches "(a*)*(b|c|d)*e")`,
		`any(1..100000, long contains "b")`,
		`replace(long, "a", long)`,
		`replace("aaaa", "a", long)`,
		`join(map(1..100000, long))`,
		`long + long`,
		`split(long, "a")`,
		`uniq(map(1..150000, #))`,
		`map(1..100000000, #)`,
		`toJSON(payload)`,
		`fromJSON(long)`,
		`any(1..100000, upper(long) == "")`,
		`any(1..100000, sort(list) == [])`,
	} {
		template, err := rule.ParseTemplate("{{" + source + "}}")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if _, err := template.Text(env); err == nil {
			t.Errorf("%s has no bound", source)
		} else if text := err.Error(); !strings.Contains(text, "too much work") && !strings.Contains(text, "megabyte") &&
			!strings.Contains(text, "memory budget") && !strings.Contains(text, "invalid operation") && !strings.Contains(text, "not JSON") {
			t.Errorf("%s: %s", source, text)
		}
	}
	for _, source := range []string{`long matches "b"`, `any(list, .a == "c")`, `len(list) > 3`, `count(list[:1000], .a == "b") == 1000`} {
		if c, err := rule.ParseCondition(source); err != nil {
			t.Error(err)
		} else if _, err := c.Holds(env); err != nil {
			t.Errorf("%s is too much: %v", source, err)
		}
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	env := someEnv(t)
	for source, want := range map[string]string{
		``:                            "",
		`plain } text {`:              "plain } text {",
		`a {{ n }} b {{nope}} c`:      "a 3 b  c",
		`{{ "}}" }}{{ '}}' }}`:        "}}}}",
		"{{ `}}` }}":                  "}}",
		`{{ "\"}}" }}`:                `"}}`,
		`{{ {"a": {"b": 1}}.a.b }}`:   "1",
		`{{ {"a": {"b": 1}} }}`:       `{"a":{"b":1}}`,
		`{{ 1 /* }} */ }}`:            "1",
		`{{ any(list, {# == "b"}) }}`: "true",
		`{{ list }}`:                  "a, b, a",
		`{{ half }} {{ big }}`:        "0.5 9007199254740993",
		`{{ event.at }}`:              "2026-03-01 02:03:04 UTC",
		`{{ duration("90s") }}`:       "1m30s",
		`{{ "{{" }} {{ "{{ n }}" }}`:  "{{ {{ n }}",
	} {
		template, err := rule.ParseTemplate(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := template.Text(env); err != nil || got != want || template.String() != source {
			t.Errorf("%s is %q, %v; want %q", source, got, err, want)
		}
	}
	for _, source := range []string{`{{`, `{{ n`, `{{ "}}`, `{{ n }`, `{{ }}`, `{{ n }} {{ n +}}`, `{{ { }}`} {
		if _, err := rule.ParseTemplate(source); err == nil {
			t.Errorf("%s is a template", source)
		}
	}
}

// What stands in a hole ends where expr ends it: any text in quotes comes out as it is, whatever braces it has.
func TestAHoleEndsWhereItsExpressionEnds(t *testing.T) {
	t.Parallel()
	env := rule.NewEnv(nil)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a{}"'\\ /*]{0,12}`).Draw(t, "text")
		before := rapid.StringMatching(`[a}"' ]{0,4}`).Draw(t, "before")
		after := rapid.StringMatching(`[a}"' ]{0,4}`).Draw(t, "after")
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		if rapid.Bool().Draw(t, "single") {
			quoted = `'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + `'`
		}
		if after != "" && after[0] == '}' {
			after = "a" + after
		}
		template, err := rule.ParseTemplate(before + "{{" + quoted + " }}" + after)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := template.Text(env); err != nil || got != before+text+after {
			t.Fatalf("%q gives %q, %v", template, got, err)
		}
	})
}
