package question

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

const (
	defaultConsole = 50
	maxConsole     = 500
)

// console answers "openstack server console-log".
func (q *Questions) console(ctx context.Context, call command.Call) ([]string, error) {
	args := command.Values(call.Args)
	lines := int64(defaultConsole)
	if args.Has("lines") {
		lines = args.Int("lines")
	}
	if lines < 1 || lines > maxConsole {
		return nil, refuse(command.CodeUsage, fmt.Sprintf("lines is from 1 to %d.", maxConsole))
	}
	t, err := parseTarget(args.String("server"))
	if err != nil {
		return nil, err
	}
	clouds, err := q.permitted(args.String("cloud"), cloud.Operator, consoleWords, call.Who())
	if err != nil {
		return nil, err
	}
	s, silent, err := q.seen(ctx, clouds, t)
	if err != nil {
		return nil, err
	}
	seen, _ := eye(s.cloud)
	client, err := seen.Client(ctx, cloud.Compute)
	if err != nil {
		return nil, err
	}
	var said struct {
		Output string `json:"output"`
	}
	_, err = client.Post(ctx, client.ServiceURL("servers", s.ID, "action"), map[string]any{"os-getConsoleOutput": map[string]any{"length": lines}}, &said, //nolint:bodyclose // gophercloud has read and closed it
		&gophercloud.RequestOpts{OkCodes: []int{http.StatusOK}})
	if err != nil {
		return nil, cloud.While(err, "reading the console of %s", chat.OneLine(s.Name))
	}
	text := strings.Split(strings.TrimRight(chat.Clean(said.Output), "\n "), "\n")
	if len(text) == 1 && text[0] == "" {
		return append([]string{fmt.Sprintf("The console of %s at %s says nothing. It is %s.", chat.OneLine(s.Name), s.cloud.Name(), s.state())}, silent...), nil
	}
	text = text[max(0, len(text)-int(lines)):]
	text = append([]string{fmt.Sprintf("The last %s of %s's console, at %s:", chat.Count(len(text), "line"), chat.OneLine(s.Name), s.cloud.Name())}, text...)
	return append(text, silent...), nil
}
