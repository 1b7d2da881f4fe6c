package session

import (
	"context"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

// Who mistypes is shown how it is typed: what was wrong stands out, the usage and the suggestions are plain.
func TestMistakeShowsTheUsage(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.bot.on("jenkins buld", func(context.Context) (command.Answer, error) {
		return command.Answer{Text: "I do not know that.", Problem: &command.Problem{
			Code: command.CodeUnknown, Usage: "jenkins build <job>", Suggestions: []string{"jenkins build demo/slow"},
		}}, nil
	})
	c := p.enter(t, "ann", telnettest.Manner{Terminal: "xterm"})
	c.Type(t, "jenkins buld")
	c.Expect(t, "I do not know that.")
	c.Expect(t, "\r\nUsage: jenkins build <job>\r\nTry:   jenkins build demo/slow\r\n")
	if strings.Contains(c.Text(), "\uFFFD") {
		t.Errorf("colours came through as text: %q", c.Text())
	}
}
