package irc_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]irc.Place{
		irc.ChannelAddress("oftc", "#Nova"): {Network: "oftc", Channel: "#nova"},
		irc.AccountAddress("oftc", "Ann"):   {Network: "oftc", Account: "ann"},
		irc.NickAddress("oftc", "Ann"):      {Network: "oftc", Nick: "ann"},
	} {
		if got, ok := irc.ParseAddress(address); !ok || got != want {
			t.Errorf("%s is %+v, %v", address, got, ok)
		}
	}
	for _, address := range []string{"", "irc:", "irc:oftc", "irc:oftc/", "irc:/ann", "irc:oftc/@", "telnet:ann", "irc-nick:oftc/ann"} {
		if place, ok := irc.ParseAddress(address); ok {
			t.Errorf("%q is %+v", address, place)
		}
	}
	for principal, want := range map[string]string{
		irc.Account("oftc", "Ann"): "irc:oftc/@ann", irc.Nick("oftc", "Ann"): "irc:oftc/ann", "slack:U1": "", "irc:oftc": "", "irc-op:oftc/#nova": "",
	} {
		if got, ok := irc.PersonAddress(principal); got != want || ok != (want != "") {
			t.Errorf("%s is told something at %q", principal, got)
		}
	}
}

func TestTheSection(t *testing.T) {
	t.Parallel()
	for network, want := range map[string]string{
		"name: oftc, server: irc.oftc.net":                                              "irc.oftc.net:6697 handsoff handsoff none {5 1}",
		"name: oftc, server: 'irc.oftc.net:6697', nick: hal, account: bot, sasl: plain": "irc.oftc.net:6697 hal bot plain {5 1}",
		"name: lan, server: localhost, tls: false, nickserv: true, pace: {burst: 9}":    "localhost:6667 handsoff handsoff none {9 1}",
		"name: lan, server: '[::1]:7000', tls: false, sasl: plain, channels: ['#Nova']": "[::1]:7000 handsoff handsoff plain {5 1}",
		"name: OFTC, server: x":     "networks[0].name",
		"name: oftc":                "networks[0].server",
		"name: oftc, server: 'a b'": "networks[0].server",
		"name: oftc, server: irc.oftc.net, tls: false, sasl: plain":    "networks[0].tls",
		"name: oftc, server: irc.oftc.net, tls: false, nickserv: true": "networks[0].tls",
		"name: oftc, server: localhost, tls: false, sasl: external":    "networks[0].sasl",
		"name: oftc, server: x, sasl: scram":                           "networks[0].sasl",
		"name: oftc, server: x, nick: 1up":                             "networks[0].nick",
		"name: oftc, server: x, nick: \"a\\r\\nQUIT\"":                 "networks[0].nick",
		"name: oftc, server: x, realname: \"a\\r\\nQUIT\"":             "networks[0].realname",
		"name: oftc, server: x, user: 'a b'":                           "networks[0].user",
		"name: oftc, server: x, channels: [nova]":                      "networks[0].channels",
		"name: oftc, server: x, channels: ['#nova,#neutron']":          "networks[0].channels",
		"name: oftc, server: x, channels: ['#nova', '#NOVA']":          "networks[0].channels",
		"name: oftc, server: x, pace: {burst: -1}":                     "networks[0].pace",
		"name: oftc, server: x, halfop: king":                          "networks[0].halfop",
		"name: oftc, server: x, colour: blue":                          "colour",
	} {
		file, err := config.Parse([]byte("irc: {networks: [{" + network + "}]}\n"))
		if err != nil {
			t.Fatal(network, err)
		}
		section, err := irc.Read(file)
		got := fmt.Sprint(err)
		if err == nil {
			n := section.Networks[0]
			got = fmt.Sprint(n.Server, " ", n.Nick, " ", n.Account, " ", n.SASL, " ", n.Pace)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s", network, got)
		}
	}
}

// TestWhatIsSaidOnceIsSaidOnce, answers first, and what was delivered waits no more.
func TestWhatIsSaidOnceIsSaidOnce(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		out := irc.NewOutgoing(rdb, "oftc")
		post := func(address, text, once string) {
			t.Helper()
			if err := out.Post(t.Context(), address, text, once, ""); err != nil {
				t.Fatal(err)
			}
		}
		post("irc:oftc/#a", "one", "1")
		post("irc:oftc/#a", "one", "1")
		post("irc:oftc/#a", "two", "2")
		entries, err := out.Next(t.Context(), "irc:oftc/#a", 10)
		if err != nil || len(entries) != 2 || entries[0].Text != "one" || entries[1].Text != "two" {
			t.Fatalf("%+v, %v", entries, err)
		}
		for i, left := range []int{1, 0} {
			if err := out.Delivered(t.Context(), "irc:oftc/#a", entries[i].ID); err != nil {
				t.Fatal(err)
			}
			if list, err := out.Waiting(t.Context(), 0, 10); err != nil || len(list) != left {
				t.Errorf("%v waits, %v", list, err)
			}
		}
		if again, err := out.Next(t.Context(), "irc:oftc/#a", 10); err != nil || len(again) > 0 {
			t.Errorf("%+v, %v", again, err)
		}
		post("irc:oftc/#a", "three", "3")
		rdb.Del(t.Context(), "handsoff:outbox:irc:oftc/#a")
		if err := out.Delivered(t.Context(), "irc:oftc/#a", ""); err != nil {
			t.Fatal(err)
		}
		if list, err := out.Waiting(t.Context(), 0, 10); err != nil || len(list) > 0 {
			t.Errorf("%v waits for nothing, %v", list, err)
		}
	})
}

// TestOneProcessHasANetwork, and the next one when it lets go.
func TestOneProcessHasANetwork(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		state := irc.NewState(rdb, "oftc")
		hold := func(who string) bool {
			t.Helper()
			mine, err := state.Hold(t.Context(), who, 1<<40)
			if err != nil {
				t.Fatal(err)
			}
			return mine
		}
		if !hold("a") || hold("b") || !hold("a") {
			t.Error("two have it")
		}
		if err := state.LetGo(t.Context(), "b"); err != nil || hold("b") {
			t.Errorf("somebody else let go of it: %v", err)
		}
		if err := state.LetGo(t.Context(), "a"); err != nil || !hold("b") {
			t.Errorf("nobody can have it: %v", err)
		}
	})
}

// TestWhoWasKilledIsNotConnected: a process that could not say so is known by what it has in hand no longer.
func TestWhoWasKilledIsNotConnected(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		state := irc.NewState(rdb, "oftc")
		up := func(want bool, when string) {
			t.Helper()
			if got, err := state.Up(t.Context()); err != nil || got != want {
				t.Errorf("%s: up is %v, %v", when, got, err)
			}
		}
		up(false, "never")
		if mine, err := state.Hold(t.Context(), "a", time.Hour); !mine || err != nil {
			t.Fatal(mine, err)
		}
		up(false, "before it is connected")
		if err := state.Connected(t.Context(), "padre", time.Now()); err != nil {
			t.Fatal(err)
		}
		up(true, "connected")
		if err := rdb.Del(t.Context(), "handsoff:irc:oftc:holder").Err(); err != nil { // as it expires
			t.Fatal(err)
		}
		up(false, "killed")
	})
}
