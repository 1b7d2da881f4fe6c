package blockkit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack/blockkit"
)

// names makes ids that can be foretold.
func names() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("id%d", n) }
}

// problems checks blocks and returns what is wrong, one a line.
func problems(t *testing.T, surface blockkit.Surface, blocks string) string {
	t.Helper()
	got, err := blockkit.Blocks([]byte(blocks), surface, names())
	if err != nil {
		t.Fatalf("%s: %v", blocks, err)
	}
	return strings.Join(got.Problems, "\n")
}

func x(n int) string { return strings.Repeat("é", n) }

// many is a JSON array of n equal items.
func many(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

func plain(text string) string { return `{"type":"plain_text","text":"` + text + `"}` }

// options are n options that differ.
func options(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`{"text":%s,"value":"v%d"}`, plain("o"), i))
	}
	return "[" + strings.Join(out, ",") + "]"
}

// in puts an element into the block where it belongs.
func in(block, element string) string {
	switch block {
	case "actions":
		return `[{"type":"actions","elements":[` + element + `]}]`
	case "input":
		return `[{"type":"input","label":` + plain("l") + `,"element":` + element + `}]`
	case "context_actions":
		return `[{"type":"context_actions","elements":[` + element + `]}]`
	}
	return `[{"type":"section","text":` + plain("t") + `,"accessory":` + element + `}]`
}

// element is an element with a type and further fields.
func element(kind, more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"type":"` + kind + `"` + more + `}`
}

// least is what an element of each type needs.
var least = map[string]string{
	"button": `"text":` + plain("b"), "workflow_button": `"text":` + plain("b") + `,"workflow":{"trigger":{"url":"https://slack.com/x"}}`,
	"overflow": `"options":` + options(1), "checkboxes": `"options":` + options(1), "radio_buttons": `"options":` + options(1),
	"image": `"image_url":"https://example.com/x.png","alt_text":"x"`, "static_select": `"options":` + options(1),
	"multi_static_select": `"options":` + options(1), "external_select": "", "multi_external_select": "", "users_select": "",
	"multi_users_select": "", "channels_select": "", "multi_channels_select": "", "conversations_select": "",
	"multi_conversations_select": "", "datepicker": "", "timepicker": "", "datetimepicker": "", "plain_text_input": "",
	"email_text_input": "", "url_text_input": "", "number_input": `"is_decimal_allowed":false`, "rich_text_input": "",
	"file_input": "", "feedback_buttons": `"positive_button":{"text":` + plain("+") + `,"value":"1"},"negative_button":{"text":` + plain("-") + `,"value":"0"}`,
	"icon_button": `"icon":"trash","text":` + plain("b"),
}

// TestWhereElementsMayStand tries every element in every block that holds elements.
func TestWhereElementsMayStand(t *testing.T) {
	t.Parallel()
	allowed := map[string]string{
		"button": "section actions", "workflow_button": "section actions", "overflow": "section actions", "image": "section",
		"checkboxes": "section actions input", "radio_buttons": "section actions input", "datepicker": "section actions input",
		"timepicker": "section actions input", "datetimepicker": "actions input", "static_select": "section actions input",
		"external_select": "section actions input", "users_select": "section actions input", "channels_select": "section actions input",
		"conversations_select": "section actions input", "multi_static_select": "section input", "multi_external_select": "section input",
		"multi_users_select": "section input", "multi_channels_select": "section input", "multi_conversations_select": "section input",
		"plain_text_input": "input", "email_text_input": "input", "url_text_input": "input", "number_input": "input",
		"rich_text_input": "input", "file_input": "", "feedback_buttons": "context_actions", "icon_button": "context_actions",
	}
	if len(allowed) != len(least) {
		t.Fatalf("%d elements, %d places", len(least), len(allowed))
	}
	for kind, more := range least {
		for _, block := range []string{"section", "actions", "input", "context_actions"} {
			want := strings.Contains(" "+allowed[kind]+" ", " "+block+" ")
			if got := problems(t, blockkit.Message, in(block, element(kind, more))); (got == "") != want {
				t.Errorf("%s in %s: %q, allowed is %v", kind, block, got, want)
			}
		}
	}
	if got := problems(t, blockkit.Modal, in("input", element("file_input", ""))); got != "" {
		t.Errorf("a file in a modal: %s", got)
	}
	if got := problems(t, blockkit.Modal, in("context_actions", element("icon_button", least["icon_button"]))); !strings.Contains(got, "unsupported type: context_actions") {
		t.Errorf("context_actions in a modal: %q", got)
	}
}

// TestRequiredFields leaves out each field that an element needs.
func TestRequiredFields(t *testing.T) {
	t.Parallel()
	for kind, more := range least {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(element(kind, more)), &fields); err != nil {
			t.Fatal(kind, err)
		}
		for name := range fields {
			without := map[string]json.RawMessage{}
			for k, v := range fields {
				if k != name {
					without[k] = v
				}
			}
			text, err := json.Marshal(without)
			if err != nil {
				t.Fatal(err)
			}
			place := "section"
			for _, p := range []string{"section", "actions", "input", "context_actions"} {
				if problems(t, blockkit.Modal, in(p, element(kind, more))) == "" || problems(t, blockkit.Message, in(p, element(kind, more))) == "" {
					place = p
				}
			}
			if got := problems(t, blockkit.Message, in(place, string(text))); got == "" {
				t.Errorf("%s without %s is taken", kind, name)
			}
		}
	}
}

// TestLimits tries each limit and one more.
func TestLimits(t *testing.T) {
	t.Parallel()
	section := func(text string) string { return `[{"type":"section","text":{"type":"mrkdwn","text":"` + text + `"}}]` }
	for _, c := range []struct {
		name string
		most int
		make func(n int) string
		over string // in Slack's words
	}{
		{"blocks", 50, func(n int) string { return many(n, `{"type":"divider"}`) }, "no more than 50 items allowed [json-pointer:/blocks]"},
		{"section", 3000, func(n int) string { return section(x(n)) }, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"fields", 10, func(n int) string { return `[{"type":"section","fields":` + many(n, plain("f")) + `}]` }, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"field", 2000, func(n int) string { return `[{"type":"section","fields":[` + plain(x(n)) + `]}]` }, "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		{"header", 150, func(n int) string { return `[{"type":"header","text":` + plain(x(n)) + `}]` }, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"block_id", 255, func(n int) string { return `[{"type":"divider","block_id":"` + x(n) + `"}]` }, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
		{"actions", 25, func(n int) string {
			return `[{"type":"actions","elements":` + many(n, element("button", least["button"])) + `}]`
		}, "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
		{"context", 10, func(n int) string { return `[{"type":"context","elements":` + many(n, plain("c")) + `}]` }, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		{"button text", 75, func(n int) string { return in("", element("button", `"text":`+plain(x(n)))) }, "must be less than 76 characters [json-pointer:/blocks/0/accessory/text/text]"},
		{"button value", 2000, func(n int) string { return in("", element("button", least["button"]+`,"value":"`+x(n)+`"`)) }, "must be less than 2001 characters [json-pointer:/blocks/0/accessory/value]"},
		{"button url", 3000, func(n int) string {
			return in("", element("button", least["button"]+`,"url":"https://a.b/`+strings.Repeat("x", n-12)+`"`))
		}, "must be less than 3001 characters [json-pointer:/blocks/0/accessory/url]"},
		{"action_id", 255, func(n int) string { return in("", element("button", least["button"]+`,"action_id":"`+x(n)+`"`)) }, "must be less than 256 characters [json-pointer:/blocks/0/accessory/action_id]"},
		{"options", 100, func(n int) string { return in("", element("static_select", `"options":`+options(n))) }, "no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]"},
		{"option groups", 100, func(n int) string {
			var groups []string
			for i := range n {
				groups = append(groups, fmt.Sprintf(`{"label":%s,"options":[{"text":%s,"value":"%d"}]}`, plain("g"), plain("o"), i))
			}
			return in("", element("static_select", `"option_groups":[`+strings.Join(groups, ",")+`]`))
		}, "no more than 100 items allowed [json-pointer:/blocks/0/accessory/option_groups]"},
		{"option text", 75, func(n int) string {
			return in("", element("static_select", `"options":[{"text":`+plain(x(n))+`,"value":"v"}]`))
		}, "must be less than 76 characters [json-pointer:/blocks/0/accessory/options/0/text/text]"},
		{"option value", 150, func(n int) string {
			return in("", element("static_select", `"options":[{"text":`+plain("o")+`,"value":"`+x(n)+`"}]`))
		}, "must be less than 151 characters [json-pointer:/blocks/0/accessory/options/0/value]"},
		{"overflow", 5, func(n int) string { return in("", element("overflow", `"options":`+options(n))) }, "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]"},
		{"checkboxes", 10, func(n int) string { return in("", element("checkboxes", `"options":`+options(n))) }, "no more than 10 items allowed [json-pointer:/blocks/0/accessory/options]"},
		{"radio buttons", 10, func(n int) string { return in("", element("radio_buttons", `"options":`+options(n))) }, "no more than 10 items allowed [json-pointer:/blocks/0/accessory/options]"},
		{"placeholder", 150, func(n int) string { return in("input", element("plain_text_input", `"placeholder":`+plain(x(n)))) }, "must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]"},
		{"label", 2000, func(n int) string {
			return `[{"type":"input","label":` + plain(x(n)) + `,"element":{"type":"plain_text_input"}}]`
		}, "must be less than 2001 characters [json-pointer:/blocks/0/label/text]"},
		{"alt_text", 2000, func(n int) string { return `[{"type":"image","image_url":"https://a.b/c","alt_text":"` + x(n) + `"}]` }, "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"},
		{"markdown", 12000, func(n int) string { return `[{"type":"markdown","text":"` + x(n) + `"}]` }, "must be less than 12001 characters [json-pointer:/blocks/0/text]"},
		{"confirm title", 100, func(n int) string { return confirming(x(n), "t", "y") }, "must be less than 101 characters [json-pointer:/blocks/0/accessory/confirm/title/text]"},
		{"confirm text", 300, func(n int) string { return confirming("t", x(n), "y") }, "must be less than 301 characters [json-pointer:/blocks/0/accessory/confirm/text/text]"},
		{"confirm yes", 30, func(n int) string { return confirming("t", "t", x(n)) }, "must be less than 31 characters [json-pointer:/blocks/0/accessory/confirm/confirm/text]"},
		{"max_length", 3000, func(n int) string { return in("input", element("plain_text_input", fmt.Sprintf(`"max_length":%d`, n))) }, "must be less than 3001 [json-pointer:/blocks/0/element/max_length]"},
		{"table rows", 100, func(n int) string {
			return `[{"type":"table","rows":` + many(n, `[{"type":"raw_text","text":"x"}]`) + `}]`
		}, "no more than 100 items allowed [json-pointer:/blocks/0/rows]"},
		{"table cells", 20, func(n int) string {
			return `[{"type":"table","rows":[` + many(n, `{"type":"raw_text","text":"x"}`) + `]}]`
		}, "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"},
	} {
		if got := problems(t, blockkit.Message, c.make(c.most)); got != "" {
			t.Errorf("%s: %d are refused: %s", c.name, c.most, got)
		}
		if got := problems(t, blockkit.Message, c.make(c.most+1)); !strings.Contains(got+"\n", c.over+"\n") {
			t.Errorf("%s: %d: %s\nwant %s", c.name, c.most+1, got, c.over)
		}
	}
}

func confirming(title, text, yes string) string {
	return in("", element("button", least["button"]+`,"confirm":{"title":`+plain(title)+`,"text":`+plain(text)+`,"confirm":`+plain(yes)+`,"deny":`+plain("n")+`}`))
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	for blocks, want := range map[string]string{
		`[{}]`:                                                    "missing required field: type [json-pointer:/blocks/0]",
		`[{"type":"nothing"}]`:                                    "unsupported type: nothing [json-pointer:/blocks/0/type]",
		`[{"type":"call","call_id":"R1"}]`:                        "unsupported type: call [json-pointer:/blocks/0/type]",
		`[{"type":"section"}]`:                                    "missing required field: text or fields [json-pointer:/blocks/0]",
		`[{"type":"divider","color":"red"}]`:                      "invalid additional property: color [json-pointer:/blocks/0]",
		`[{"type":"header","text":"bare"}]`:                       "must provide an object [json-pointer:/blocks/0/text]",
		`[{"type":"header","text":` + plain("") + `}]`:            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
		`[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`: "must be a valid enum value [json-pointer:/blocks/0/text/type]",
		`[{"type":"context","elements":[]}]`:                      "no less than 1 items allowed [json-pointer:/blocks/0/elements]",
		`[{"type":"context","elements":[` + element("button", least["button"]) + `]}]`:                                             "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
		`[{"type":"image","alt_text":"x"}]`:                                                                                        "must provide exactly one of image_url, slack_file [json-pointer:/blocks/0]",
		`[{"type":"image","alt_text":"x","image_url":"nowhere"}]`:                                                                  "invalid url: nowhere [json-pointer:/blocks/0/image_url]",
		`[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`:                                                    "duplicate block_id: a [json-pointer:/blocks/1/block_id]",
		`[{"type":"actions","elements":` + many(2, element("button", least["button"]+`,"action_id":"a"`)) + `}]`:                   "duplicate action_id: a [json-pointer:/blocks/0/elements/1/action_id]",
		in("", element("button", least["button"]+`,"style":"blue"`)):                                                               "must be a valid enum value [json-pointer:/blocks/0/accessory/style]",
		in("", element("button", least["button"]+`,"value":7`)):                                                                    "must provide a string [json-pointer:/blocks/0/accessory/value]",
		in("", element("static_select", "")):                                                                                       "must provide exactly one of options, option_groups [json-pointer:/blocks/0/accessory]",
		in("", element("static_select", `"options":`+options(2)+`,"initial_option":{"text":`+plain("o")+`,"value":"other"}`)):      "must match one of the options [json-pointer:/blocks/0/accessory/initial_option]",
		in("", element("checkboxes", `"options":`+options(2)+`,"initial_options":[{"text":`+plain("o")+`,"value":"other"}]`)):      "must match one of the options [json-pointer:/blocks/0/accessory/initial_options]",
		in("", element("multi_static_select", `"options":`+options(3)+`,"initial_options":`+options(2)+`,"max_selected_items":1`)): "no more than 1 items allowed [json-pointer:/blocks/0/accessory/initial_options]",
		in("", element("static_select", `"options":[`+strings.Trim(options(1), "[]")+`,`+strings.Trim(options(1), "[]")+`]`)):      "duplicate value: v0 [json-pointer:/blocks/0/accessory/options]",
		in("", element("static_select", `"options":[{"text":{"type":"mrkdwn","text":"x"},"value":"v"}]`)):                          "must be a valid enum value [json-pointer:/blocks/0/accessory/options/0/text/type]",
		in("", element("static_select", `"options":[{"text":`+plain("o")+`,"value":"v","url":"https://a.b/"}]`)):                   "invalid additional property: url [json-pointer:/blocks/0/accessory/options/0]",
		in("", element("datepicker", `"initial_date":"tomorrow"`)):                                                                 "must be a valid date [json-pointer:/blocks/0/accessory/initial_date]",
		in("", element("timepicker", `"initial_time":"24:00"`)):                                                                    "must be a valid time [json-pointer:/blocks/0/accessory/initial_time]",
		in("", element("conversations_select", `"response_url_enabled":true`)):                                                     "response_url_enabled is only available in modals [json-pointer:/blocks/0/accessory/response_url_enabled]",
		in("input", element("number_input", `"is_decimal_allowed":true,"min_value":"few"`)):                                        "must be a valid number [json-pointer:/blocks/0/element/min_value]",
		in("input", element("plain_text_input", `"min_length":5,"max_length":2`)):                                                  "must be less than 3 [json-pointer:/blocks/0/element/min_length]",
		in("input", element("plain_text_input", `"max_length":2,"initial_value":"abc"`)):                                           "must be less than 3 characters [json-pointer:/blocks/0/element/initial_value]",
		in("input", element("plain_text_input", `"focus_on_load":true`))[:1] + strings.Trim(strings.Repeat(","+strings.Trim(in("input", element("plain_text_input", `"focus_on_load":true`)), "[]"), 2), ",") + "]": "only one element can have focus_on_load [json-pointer:/blocks/1/element/focus_on_load]",
		`[{"type":"markdown","text":"` + x(7000) + `"},{"type":"markdown","text":"` + x(5001) + `"}]`:                                                                                                               "all markdown blocks together must be less than 12001 characters [json-pointer:/blocks/1/text]",
		`[{"type":"rich_text","elements":[{"type":"text","text":"x"}]}]`:                                                                                                                                            "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
		`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"all"}]}]}]`:                                                                                          "must be a valid enum value [json-pointer:/blocks/0/elements/0/elements/0/range]",
		`[{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]},{"type":"table","rows":[[{"type":"raw_text","text":"x"}]]}]`:                                                                                   "only one table is allowed [json-pointer:/blocks/1]",
		`[{"type":"table","rows":[[{"type":"raw_text","text":"` + x(6000) + `"},{"type":"raw_text","text":"` + x(6000) + `"}]]}]`:                                                                                   "must be less than 10001 characters [json-pointer:/blocks/0/rows]",
	} {
		if got := problems(t, blockkit.Message, blocks); !strings.Contains(got+"\n", want+"\n") {
			t.Errorf("%.300s\n%q, want %q", blocks, got, want)
		}
	}
	if got := problems(t, blockkit.Message, many(50, `{"type":"nothing"}`)); strings.Count(got, "\n") != 19 {
		t.Errorf("%d problems are told", strings.Count(got, "\n")+1)
	}
	for _, bad := range []string{``, `{}`, `[1]`, `[{}`, `[] []`, `null`} {
		if _, err := blockkit.Blocks([]byte(bad), blockkit.Message, names()); !errors.Is(err, blockkit.ErrFormat) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestWhatIsTaken(t *testing.T) {
	t.Parallel()
	for _, blocks := range []string{
		`[]`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x","style":{"bold":true}},{"type":"link","url":"https://a.b/"},{"type":"user","user_id":"U1"},{"type":"emoji","name":"wave"}]},
		  {"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[]}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"x"}]}]}]`,
		`[{"type":"video","title":` + plain("t") + `,"video_url":"https://a.b/c","thumbnail_url":"https://a.b/c","alt_text":"x"}]`,
		`[{"type":"image","slack_file":{"id":"F1"},"alt_text":"x","title":` + plain("t") + `}]`,
		`[{"type":"context","elements":[{"type":"image","image_url":"https://a.b/c","alt_text":"x"},{"type":"mrkdwn","text":"x","verbatim":true}]}]`,
		in("", element("static_select", `"options":`+options(2)+`,"initial_option":{"value":"v1","text":`+plain("o")+`}`)),
		in("", element("overflow", `"options":[{"text":`+plain("o")+`,"value":"v","url":"https://a.b/"}]`)),
		in("", element("checkboxes", `"options":[{"text":{"type":"mrkdwn","text":"*o*"},"value":"v"}]`)),
		in("", element("conversations_select", `"filter":{"include":["public"],"exclude_bot_users":true}`)),
		in("actions", element("datetimepicker", `"initial_date_time":1700000000`)),
		`[{"type":"table","column_settings":[null,{"align":"right"}],"rows":[[{"type":"raw_text","text":"x"},{"type":"rich_text","elements":[]}]]}]`,
	} {
		if got := problems(t, blockkit.Message, blocks); got != "" {
			t.Errorf("%s\n%s", blocks, got)
		}
	}
}

func TestIdsAreFilledIn(t *testing.T) {
	t.Parallel()
	blocks := `[{"type":"actions","block_id":"mine","elements":[` + element("button", least["button"]) + `,` + element("button", least["button"]+`,"action_id":"yes"`) +
		`]},{"type":"context","elements":[` + plain("c") + `]},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[]}]}]`
	got, err := blockkit.Blocks([]byte(blocks), blockkit.Message, names())
	if err != nil || got.Problems != nil {
		t.Fatal(got.Problems, err)
	}
	want := `[{"block_id":"mine","elements":[{"action_id":"id1","text":{"text":"b","type":"plain_text"},"type":"button"},` +
		`{"action_id":"yes","text":{"text":"b","type":"plain_text"},"type":"button"}],"type":"actions"},` +
		`{"block_id":"id2","elements":[{"text":"c","type":"plain_text"}],"type":"context"},` +
		`{"block_id":"id3","elements":[{"elements":[],"type":"rich_text_section"}],"type":"rich_text"}]`
	if string(got.JSON) != want || got.Text != 3 {
		t.Errorf("%d characters\n%s\nwant\n%s", got.Text, got.JSON, want)
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	modal := func(more string) string { return `{"type":"modal","title":` + plain("Run") + `,` + more + `}` }
	input := strings.Trim(in("input", element("plain_text_input", "")), "[]")
	for view, want := range map[string]string{
		modal(`"blocks":[]`): "",
		modal(`"blocks":` + many(100, `{"type":"divider"}`)):      "",
		modal(`"blocks":` + many(101, `{"type":"divider"}`)):      "no more than 100 items allowed [json-pointer:/view/blocks]",
		modal(`"blocks":[` + input + `]`):                         "missing required field: submit [json-pointer:/view]",
		modal(`"blocks":[` + input + `],"submit":` + plain("Go")): "",
		modal(`"blocks":[],"submit":` + plain(x(25))):             "must be less than 25 characters [json-pointer:/view/submit/text]",
		modal(`"blocks":[],"close":null`):                         "",
		modal(`"blocks":[],"private_metadata":"` + x(3001) + `"`): "must be less than 3001 characters [json-pointer:/view/private_metadata]",
		modal(`"blocks":[],"callback_id":"` + x(256) + `"`):       "must be less than 256 characters [json-pointer:/view/callback_id]",
		modal(`"blocks":[],"colour":"red"`):                       "invalid additional property: colour [json-pointer:/view]",
		modal(`"blocks":[{"type":"markdown","text":"x"}]`):        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
		`{"type":"modal","blocks":[]}`:                            "missing required field: title [json-pointer:/view]",
		`{"type":"home","blocks":[]}`:                             "",
		`{"type":"home","blocks":[` + input + `]}`:                "",
		`{"type":"home","title":` + plain("x") + `,"blocks":[]}`:  "invalid additional property: title [json-pointer:/view]",
		`{"type":"tab","blocks":[]}`:                              "unsupported type: tab [json-pointer:/view/type]",
		`{"blocks":[]}`:                                           "missing required field: type [json-pointer:/view]",
		modal(`"blocks":[` + strings.Trim(in("", element("channels_select", `"response_url_enabled":true`)), "[]") + `]`): "",
	} {
		got, err := blockkit.View([]byte(view), names())
		if text := strings.Join(got.Problems, "\n"); text != want || err != nil {
			t.Errorf("%.200s\n%q, want %q, %v", view, text, want, err)
		}
	}
	if _, err := blockkit.View([]byte(strings.Repeat(" ", 250_001)), names()); !errors.Is(err, blockkit.ErrLarge) {
		t.Errorf("a large view: %v", err)
	}
	for _, bad := range []string{"", "[]", "{"} {
		if _, err := blockkit.View([]byte(bad), names()); !errors.Is(err, blockkit.ErrFormat) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestSuggestedOptions(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"options":[]}`:                   "",
		`{"options":` + options(100) + `}`: "",
		`{"options":` + options(101) + `}`: "no more than 100 items allowed [json-pointer:/options]",
		`{"option_groups":[{"label":` + plain("g") + `,"options":` + options(1) + `}]}`: "",
		`{}`:   "must provide exactly one of options, option_groups [json-pointer:]",
		`x`:    "must provide an object",
		`[{}]`: "must provide an object [json-pointer:]",
	} {
		if got := strings.Join(blockkit.OptionsProblems([]byte(answer)), "\n"); got != want {
			t.Errorf("%.100s: %q, want %q", answer, got, want)
		}
	}
}

// FuzzBlocks: whatever is sent is taken or refused with a reason, and what was taken is taken again, unchanged.
func FuzzBlocks(f *testing.F) {
	for kind, more := range least {
		for _, block := range []string{"section", "actions", "input"} {
			f.Add(in(block, element(kind, more)))
		}
	}
	f.Add(confirming("a", "b", "c"))
	f.Add(`[{"type":"table","rows":[[{"type":"raw_number","value":1.5}]]}]`)
	f.Fuzz(func(t *testing.T, blocks string) {
		got, err := blockkit.Blocks([]byte(blocks), blockkit.Message, names())
		if (err == nil) == (got.Problems == nil && got.JSON == nil) {
			t.Fatalf("%+v, %v", got, err)
		}
		if got.JSON == nil {
			return
		}
		again, err := blockkit.Blocks(got.JSON, blockkit.Message, names())
		if err != nil || again.Problems != nil || string(again.JSON) != string(got.JSON) {
			t.Fatalf("taken: %s\nthen %s %v %v", got.JSON, again.JSON, again.Problems, err)
		}
	})
}
