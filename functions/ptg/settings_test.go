package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`ptg: {}`: "",
		`ptg: {url: "https://x.example.org/", channels: ["irc:oftc/#ptg", "slack:C1"], events: {a: {channels: ["irc:oftc/#a"]}}}`: "",
		`bot: {}`:                      "",
		`ptg: {chanels: []}`:           "chanels",
		`ptg: {url: "javascript:x"}`:   "is not an address of a page",
		`ptg: {docs: "x"}`:             "is not an address of a page",
		`ptg: {channels: [ptg]}`:       `"ptg" is not an address`,
		`ptg: {channels: ["irc:ptg"]}`: "write irc:network/#channel",
		`ptg: {announce: ["slack:*"]}`: "is not an address",
		`ptg: {channels: ["slack:C1"], events: {a: {channels: ["slack:c1"]}}}`:      "slack:C1 is a channel of a",
		`ptg: {events: {a: {channels: ["slack:C1"]}, b: {channels: ["slack:C1"]}}}`: "lines there could be about either",
	} {
		file, err := config.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s, there, err := readSettings(file)
		if want == "" {
			if err != nil || s.Organisers != "admin" || s.Status != "admin" || !s.talk().IRCOps || there != file.Has("ptg") || strings.HasSuffix(s.URL, "/") {
				t.Errorf("%s: %+v %v", text, s, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
