package remote

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Chunk is a piece of a build's console.
type Chunk struct {
	Text string
	From int64 // where the text begins; later than asked for when something was skipped
	Next int64 // where to read on; offsets count bytes of Jenkins' file, which has more bytes than the text
	More bool  // the build may still write
}

// Console reads a build's console from an offset on, at most 256 KiB. What is further behind is skipped, never
// fetched: the chunk then begins, at a whole line, near the end.
func (c *Client) Console(ctx context.Context, job string, number, from int64) (Chunk, error) {
	chunk, cut, err := c.progressive(ctx, job, number, from)
	if err != nil || !cut {
		return chunk, err
	}
	start := max(from, chunk.Next-maxChunk/2)
	tail, cut, err := c.progressive(ctx, job, number, start)
	if err != nil {
		return Chunk{}, err
	}
	if cut { // it writes faster than we read: show what there is
		tail.Text = tail.Text[:strings.LastIndexByte(tail.Text, '\n')+1]
	}
	if start > from {
		_, tail.Text, _ = strings.Cut(tail.Text, "\n")
	}
	tail.From = start
	return tail, nil
}

// Tail reads the end of a build's console, at most 64 KiB, from the beginning of a line.
func (c *Client) Tail(ctx context.Context, job string, number int64) (Chunk, error) {
	const window = 64 << 10
	chunk, cut, err := c.progressive(ctx, job, number, 0)
	if err != nil || (!cut && chunk.Next <= window) {
		return chunk, err
	}
	start := max(0, chunk.Next-window)
	chunk, _, err = c.progressive(ctx, job, number, start)
	if err != nil {
		return Chunk{}, err
	}
	if start > 0 {
		_, chunk.Text, _ = strings.Cut(chunk.Text, "\n")
	}
	chunk.From = start
	return chunk, nil
}

func (c *Client) progressive(ctx context.Context, job string, number, from int64) (chunk Chunk, cut bool, err error) {
	doing := fmt.Sprintf("reading the console of %s #%d", job, number)
	got, err := c.send(ctx, http.MethodGet, ask{
		doing: doing, path: BuildPath(job, number) + "/logText", leaf: "progressiveText", limit: maxChunk,
		query: map[string]string{"start": strconv.FormatInt(from, 10)},
	})
	if err != nil {
		return Chunk{}, false, err
	}
	if got.status != http.StatusOK {
		return Chunk{}, false, refusal(doing, got)
	}
	next, err := strconv.ParseInt(got.header.Get("X-Text-Size"), 10, 64)
	if err != nil || next < 0 {
		return Chunk{}, false, &Error{Doing: doing, Fault: Strange, Status: got.status, Detail: "it does not say how long the console is"}
	}
	return Chunk{
		Text: strings.ReplaceAll(got.body, "\r\n", "\n"),
		From: from, Next: next, More: got.header.Get("X-More-Data") == "true",
	}, got.cut, nil
}
