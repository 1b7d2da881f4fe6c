package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
)

// The crowd of the memory test.
const (
	crowdChannels = 20
	crowdPeople   = 500 // in each channel, nobody in two
)

// crowd is a server that tells of many people: it plays its part to whoever connects.
func crowd(tb testing.TB) (port int) {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", irctest.Address(0))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go play(conn)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func play(conn net.Conn) {
	defer conn.Close()
	out := bufio.NewWriter(conn)
	for lines := bufio.NewScanner(conn); lines.Scan(); out.Flush() {
		words := strings.Fields(lines.Text())
		switch words[0] {
		case "CAP":
			switch words[1] {
			case "LS":
				fmt.Fprint(out, "CAP * LS :multi-prefix account-tag account-notify extended-join message-tags server-time batch\r\n")
			case "REQ":
				fmt.Fprintf(out, "CAP * ACK :%s\r\n", strings.TrimPrefix(strings.Join(words[2:], " "), ":"))
			default:
				fmt.Fprint(out, ":irc 001 handsoff :hi\r\n:irc 005 handsoff WHOX PREFIX=(ov)@+ :are supported\r\n:irc 376 handsoff :end\r\n")
			}
		case "JOIN":
			for channel := range strings.SplitSeq(words[1], ",") {
				names(out, channel)
			}
		case "WHO":
			for i := range crowdPeople {
				fmt.Fprintf(out, ":irc 354 handsoff 152 %s account-of-%d\r\n", person(words[1], i), i)
			}
			fmt.Fprintf(out, ":irc 315 handsoff %s :End\r\n", words[1])
		case "PING":
			fmt.Fprintf(out, ":irc PONG irc %s\r\n", words[1])
		}
	}
}

func person(channel string, i int) string { return fmt.Sprintf("somebody-%s-%d", channel[1:], i) }

func names(out io.Writer, channel string) {
	fmt.Fprintf(out, ":handsoff!handsoff@host.example.org JOIN %s\r\n", channel)
	for i := 0; i < crowdPeople; i += 10 {
		var list []string
		for n := i; n < i+10; n++ {
			list = append(list, "+"+person(channel, n))
		}
		fmt.Fprintf(out, ":irc 353 handsoff = %s :%s\r\n", channel, strings.Join(list, " "))
	}
	fmt.Fprintf(out, ":irc 366 handsoff %s :End\r\n", channel)
}

// TestACrowdTakesLittleMemory: a gateway of its own in twenty channels of five hundred people.
func TestACrowdTakesLittleMemory(t *testing.T) {
	t.Parallel()
	if raceEnabled {
		t.Skip("the race detector takes memory of its own")
	}
	server := &irctest.Server{Plain: crowd(t)}
	w := newWorld(t)
	channels := make([]string, crowdChannels)
	for i := range channels {
		channels[i] = strconv.Quote(fmt.Sprintf("#channel-%d", i))
	}
	w.configure(w.network("test", server, "channels: ["+strings.Join(channels, ", ")+"]"))
	gateway := w.process()
	for i := range crowdChannels {
		w.joined("test", fmt.Sprintf("#channel-%d", i))
	}
	w.says("irc:test/@account-of-499", "known by the last WHO")
	w.eventually("that it is said", func() bool { return w.rdb.ZCard(context.Background(), "handsoff:irc:test:waiting").Val() == 0 })
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", gateway.Process.Pid))
	if err != nil {
		t.Skipf("%s does not tell what a process takes: %v", runtime.GOOS, err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d KiB with %d channels of %d people", kilobytes, crowdChannels, crowdPeople)
	if most := 25 << 10; kilobytes > most {
		t.Errorf("it takes %d KiB", kilobytes)
	}
}
