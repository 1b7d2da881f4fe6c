package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

// TestConversations plays the scripts of testdata/conversation. In them
//
//	telnet [terminal]      connects; without a terminal's type as a client that speaks no telnet, such as nc
//	> text                 types a line
//	< text                 waits for text
//	key interrupt|end|tab  presses a key
//	hangup                 breaks the connection
//	ended                  waits until the gateway has hung up
//	starts id line         makes the bot start the job id for this line
//	job id say|progress|end text      is what notify writes for ann
//	unseen text            fails if the text was shown in this connection
//	audited text           waits for an entry of the audit trail
func TestConversations(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/conversation",
		Setup: func(env *testscript.Env) error {
			tb, ok := env.T().(testing.TB)
			if !ok {
				tb = t
			}
			env.Values[talkKey{}] = &talk{t: tb, g: start(tb, "telnet: {login: {pause: 1ms}, banner: Members only.}")}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"telnet": say((*talk).telnet), ">": say((*talk).types), "<": say((*talk).waits), "key": say((*talk).key),
			"hangup": say((*talk).hangup), "ended": say((*talk).ended), "starts": say((*talk).starts), "job": say((*talk).job),
			"unseen": say((*talk).unseen), "audited": say((*talk).audited),
		},
	})
}

type talkKey struct{}

// talk is one conversation.
type talk struct {
	t testing.TB
	g *gateway
	c *telnettest.Client
}

func say(do func(*talk, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		talk, ok := ts.Value(talkKey{}).(*talk)
		if !ok {
			ts.Fatalf("no conversation")
		}
		do(talk, args)
	}
}

func (k *talk) telnet(args []string) {
	k.c = telnettest.Dial(k.t, k.g.address, telnettest.Manner{Terminal: strings.Join(args, "")})
}

func (k *talk) types(args []string) { k.c.Type(k.t, strings.Join(args, " ")) }
func (k *talk) waits(args []string) { k.c.Expect(k.t, strings.Join(args, " ")) }
func (k *talk) hangup([]string)     { k.c.Close() }
func (k *talk) ended([]string)      { k.c.ExpectEnd(k.t) }

func (k *talk) key(args []string) {
	keys := map[string]string{"interrupt": "\x03", "end": "\x04", "tab": "\t"}
	k.c.Send(k.t, keys[args[0]])
}

func (k *talk) starts(args []string) { k.g.bot.starts(strings.Join(args[1:], " "), args[0]) }

func (k *talk) job(args []string) {
	e := outbox.Entry{Job: args[0], Kind: outbox.Kind(args[1]), Text: strings.Join(args[2:], " "), State: job.Running, Percent: -1}
	if e.Kind == outbox.End {
		e.State = job.Succeeded
	}
	k.g.tell(k.t, e)
}

func (k *talk) unseen(args []string) {
	if text := strings.Join(args, " "); strings.Contains(k.c.Text(), text) {
		k.t.Fatalf("%q was shown: %q", text, k.c.Text())
	}
}

func (k *talk) audited(args []string) {
	want := strings.Join(args, " ")
	jobtest.Eventually(k.t, "the audit entry "+want, func() bool {
		ctx, done := context.WithTimeout(context.Background(), time.Second)
		defer done()
		entries, err := k.g.store.AuditTail(ctx, 50)
		for _, e := range entries {
			if strings.HasPrefix(e.Who+" "+e.Act+" "+e.Detail, want) {
				return true
			}
		}
		return err != nil
	})
}
