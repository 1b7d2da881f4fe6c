package main

import (
	"encoding/json"
	"testing"

	"github.com/handsoff/handsoff/shared/slack"
)

// us is who the bot is in these tests.
var us = slack.Self{UserID: "U0BOT", BotID: "B0BOT", TeamID: "T0HOME"}

// TestWhichMessagesAreCommands is the table of what is heard how.
func TestWhichMessagesAreCommands(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event string
		want  heed
		text  string
	}{
		"talk in a channel":           {`"text":"jobs"`, ignored, ""},
		"a mention first":             {`"text":"<@U0BOT> jobs"`, asked, "jobs"},
		"a mention with a colon":      {`"text":"<@U0BOT>: jenkins build demo/slow"`, asked, "jenkins build demo/slow"},
		"a mention with a label":      {`"text":"<@U0BOT|handsoff>, jobs"`, asked, "jobs"},
		"a mention on the next line":  {`"text":"look at this\n<@U0BOT> jobs"`, asked, "jobs"},
		"only a mention":              {`"text":"<@U0BOT>"`, asked, ""},
		"a mention in the middle":     {`"text":"hey <@U0BOT> jobs please"`, misplaced, "hey slack:U0BOT jobs please"},
		"somebody else's mention":     {`"text":"<@U0BOB> jobs"`, ignored, ""},
		"entities":                    {`"text":"<@U0BOT> echo a &amp; b"`, asked, "echo a & b"},
		"app_mention":                 {`"type":"app_mention","text":"<@U0BOT> jobs"`, asked, "jobs"},
		"app_mention of an edit":      {`"type":"app_mention","edited":{"user":"U0ANN","ts":"2.0"},"text":"<@U0BOT> jobs"`, ignored, ""},
		"a direct message":            {`"channel":"D0ANN","channel_type":"im","text":"jobs"`, asked, "jobs"},
		"a direct one with a mention": {`"channel":"D0ANN","channel_type":"im","text":"<@U0BOT> jobs"`, asked, "jobs"},
		"a direct one, named inside":  {`"channel":"D0ANN","channel_type":"im","text":"hey <@U0BOT> jobs"`, asked, "hey slack:U0BOT jobs"},
		"a direct one that is empty":  {`"channel":"D0ANN","channel_type":"im","text":" "`, ignored, ""},
		"a reply":                     {`"text":"stop","thread_ts":"0.000900"`, overheard, "stop"},
		"a reply shown in channel":    {`"text":"stop","thread_ts":"0.000900","subtype":"thread_broadcast"`, overheard, "stop"},
		"a reply that names the bot":  {`"text":"<@U0BOT> stop","thread_ts":"0.000900"`, asked, "stop"},
		"a reply that names it late":  {`"text":"now <@U0BOT> stop","thread_ts":"0.000900"`, misplaced, "now slack:U0BOT stop"},
		"an empty reply":              {`"text":"","thread_ts":"0.000900"`, ignored, ""},
		"the root of a thread":        {`"text":"stop","thread_ts":"1.000000"`, ignored, ""},
		"a direct reply":              {`"channel":"D0ANN","channel_type":"im","text":"stop","thread_ts":"0.000900"`, asked, "stop"},
		"a mark":                      {`"text":"#nova now Cells &amp; cells"`, marked, "#nova now Cells & cells"},
		"a channel's link":            {`"text":"<#C0NOVA|nova> now Cells"`, marked, "#nova now Cells"},
		"a link without its name":     {`"text":"<#C0NOVA|> now Cells"`, marked, "#C0NOVA now Cells"},
		"a mark and somebody":         {`"text":"#nova now <@U0BOT> and I"`, marked, "#nova now slack:U0BOT and I"},
		"a mark in a thread":          {`"text":"+in #nova","thread_ts":"0.000900"`, marked, "+in #nova"},
		"a mark in a private group":   {`"channel":"G0OPS","channel_type":"mpim","text":"~list"`, marked, "~list"},
		"a mark of another bot":       {`"user":"U0CI","bot_id":"B0CI","text":"#nova now x"`, ignored, ""},
		"a direct mark":               {`"channel":"D0ANN","channel_type":"im","text":"#nova now x"`, asked, "#nova now x"},
		"a vote":                      {`"text":"+1"`, ignored, ""},
		"the number of an issue":      {`"text":"#1234 is mine"`, ignored, ""},
		"in a private group":          {`"channel":"G0OPS","channel_type":"mpim","text":"jobs"`, ignored, ""},
		"our own message":             {`"user":"U0BOT","bot_id":"B0BOT","text":"<@U0BOT> jobs"`, ignored, ""},
		"our own without its user":    {`"user":"","bot_id":"B0BOT","text":"<@U0BOT> jobs"`, ignored, ""},
		"our own direct message":      {`"user":"U0BOT","channel":"D0ANN","channel_type":"im","text":"jobs"`, ignored, ""},
		"another bot's mention":       {`"user":"U0CI","bot_id":"B0CI","text":"<@U0BOT> jobs"`, automatic, "jobs"},
		"another bot's talk":          {`"user":"U0CI","bot_id":"B0CI","text":"hey <@U0BOT> jobs"`, ignored, ""},
		"another bot's reply":         {`"user":"U0CI","bot_id":"B0CI","text":"stop","thread_ts":"0.000900"`, ignored, ""},
		"a bot's direct message":      {`"user":"U0CI","bot_id":"B0CI","channel":"D0X","channel_type":"im","text":"jobs"`, automatic, "jobs"},
		"slackbot":                    {`"user":"USLACKBOT","channel":"D0X","channel_type":"im","text":"jobs"`, automatic, "jobs"},
		"of nobody":                   {`"user":"","text":"<@U0BOT> jobs"`, automatic, "jobs"},
		"an integration of old":       {`"subtype":"bot_message","bot_id":"B0CI","text":"<@U0BOT> jobs"`, ignored, ""},
		"somebody joins":              {`"subtype":"channel_join","text":"<@U0BOT> has joined"`, ignored, ""},
		"/me":                         {`"subtype":"me_message","text":"<@U0BOT> jobs"`, ignored, ""},
		"with a file":                 {`"subtype":"file_share","files":[{"id":"F1"}],"text":"<@U0BOT> batch"`, asked, "batch"},
		"an edit":                     {`"subtype":"message_changed","message":{"user":"U0ANN","text":"<@U0BOT> jobs"}`, ignored, ""},
		"a deletion":                  {`"subtype":"message_deleted","previous_message":{"user":"U0ANN","text":"<@U0BOT> jobs"}`, ignored, ""},
		"another kind of event":       {`"type":"reaction_added","text":"<@U0BOT> jobs"`, ignored, ""},
	} {
		got, text := heedOf(aMessage(t, c.event), us)
		if got != c.want || got != ignored && text != c.text {
			t.Errorf("%s: taken as %d, %q; want %d, %q", name, got, text, c.want, c.text)
		}
	}
}

// aMessage is one in #ops by ann, with fields of its own.
func aMessage(tb testing.TB, fields string) *message {
	tb.Helper()
	m := message{Type: "message", Channel: "C0OPS", ChannelType: "channel", User: "U0ANN", TS: "1.000000"}
	if err := json.Unmarshal([]byte("{"+fields+"}"), &m); err != nil {
		tb.Fatal(err)
	}
	return &m
}

// TestWhatIsDroppedAtTheDoor: what is idle would never have been taken for anything.
func TestWhatIsDroppedAtTheDoor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		event string
		idle  bool
	}{
		"talk":                     {`"text":"jobs"`, true},
		"talk about somebody":      {`"text":"ask <@U0BOB>"`, false},
		"a mention":                {`"text":"<@U0BOT> jobs"`, false},
		"a direct message":         {`"channel":"D0ANN","channel_type":"im","text":"jobs"`, false},
		"a reply":                  {`"text":"stop","thread_ts":"0.000900"`, false},
		"a picture":                {`"text":"look","subtype":"file_share","files":[{}]`, true},
		"a picture in a thread":    {`"text":"","subtype":"file_share","files":[{}],"thread_ts":"0.000900"`, true},
		"a word with a picture":    {`"text":"stop","subtype":"file_share","files":[{}],"thread_ts":"0.000900"`, false},
		"a file for us":            {`"text":"<@U0BOT>","subtype":"file_share","files":[{}]`, false},
		"a direct file":            {`"channel":"D0ANN","channel_type":"im","text":"","subtype":"file_share","files":[{}]`, false},
		"a mark":                   {`"text":" #nova now x"`, false},
		"a link of a channel":      {`"text":"<#C0NOVA|nova> now x"`, false},
		"code":                     {`"text":"` + "`#nova now x`" + `"`, false},
		"a link in talk":           {`"text":"see <#C0NOVA|nova>"`, true},
		"a vote":                   {`"text":"+1"`, true},
		"a picture with a mark":    {`"text":"#nova now x","subtype":"file_share","files":[{}]`, false},
		"another bot's mark":       {`"bot_id":"B0CI","text":"#nova now x"`, true},
		"a bot's talk":             {`"bot_id":"B0CI","text":"done"`, true},
		"a bot's reply":            {`"bot_id":"B0CI","text":"done","thread_ts":"0.000900"`, true},
		"a bot's mention":          {`"bot_id":"B0CI","text":"<@U0BOT> jobs"`, false},
		"somebody joins":           {`"subtype":"channel_join","text":"<@U0BOT> has joined"`, true},
		"an edit":                  {`"subtype":"message_changed","message":{"text":"b"},"previous_message":{"text":"a"}`, false},
		"a preview of a link":      {`"subtype":"message_changed","message":{"text":"a"},"previous_message":{"text":"a"}`, true},
		"an edit of ours":          {`"subtype":"message_changed","message":{"text":"b","bot_id":"B0BOT"},"previous_message":{"text":"a","bot_id":"B0BOT"}`, true},
		"a deletion":               {`"subtype":"message_deleted","previous_message":{"text":"a"}`, false},
		"a deletion of ours":       {`"subtype":"message_deleted","previous_message":{"text":"a","bot_id":"B0BOT"}`, true},
		"a deletion of who knows":  {`"subtype":"message_deleted"`, true},
		"app_mention":              {`"type":"app_mention","text":"<@U0BOT> jobs"`, false},
		"app_mention by an edit":   {`"type":"app_mention","edited":{},"text":"<@U0BOT> jobs"`, true},
		"another kind of an event": {`"type":"user_change"`, false},
	} {
		m := aMessage(t, c.event)
		if m.idle() != c.idle {
			t.Errorf("%s: idle is %v", name, m.idle())
		}
		if taken, _ := heedOf(m, us); c.idle && taken != ignored && taken != overheard {
			t.Errorf("%s: dropped, and would have been taken as %d", name, taken)
		}
	}
}
