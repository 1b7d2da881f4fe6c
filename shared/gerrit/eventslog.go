package gerrit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// eventsLogForm is how the plugin events-log reads times; it knows no zone but its machine's.
	eventsLogForm = "2006-01-02 15:04:05"
	// eventsLogTime bounds one of its answers, what is done with each line included.
	eventsLogTime = 5 * time.Minute
	// MaxLine bounds an event, in bytes. Six times as much, which is what escaping can make of it, still goes into an inbox.
	MaxLine = 4 << 20
)

// HasEventsLog reports whether the plugin events-log is installed.
func (c *Client) HasEventsLog(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, c.server.Timeout)
	defer cancel()
	res, err := c.send(ctx, ask{doing: "look for the plugin events-log", path: "plugins/events-log/"})
	if KindOf(err) == Gone {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, res.Body.Close() // nothing was read
}

// EventsLog gives the plugin's events between two times to each, oldest first, as lines of JSON like those of the stream. A
// line is each's own. What happened at the times themselves is among them. The plugin answers 5,000 events at most, or as
// many as its configuration says: the caller asks again from the last event's time until nothing new comes.
func (c *Client) EventsLog(ctx context.Context, from, to time.Time, each func(line []byte) error) error {
	ctx, cancel := context.WithTimeout(ctx, eventsLogTime)
	defer cancel()
	zone := c.server.zone
	if zone == nil {
		zone = time.UTC
	}
	at := func(t time.Time) string { return url.QueryEscape(t.In(zone).Format(eventsLogForm)) }
	// The semicolon is the plugin's own, and older versions of it know no other separator.
	a := ask{doing: "read the plugin events-log", path: fmt.Sprintf("plugins/events-log/events/?t1=%s;t2=%s", at(from), at(to))}
	res, err := c.send(ctx, a)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // only read
	if res.StatusCode != http.StatusOK {
		return c.fault(a, Down, "it gave an answer that is not the plugin's")
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, MaxLine)
	whole := false
	lines.Split(func(data []byte, end bool) (int, []byte, error) {
		n, token, err := bufio.ScanLines(data, end)
		whole = n == 0 || data[n-1] == '\n'
		return n, token, err
	})
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "":
			continue
		case line[0] != '{':
			return c.fault(a, Down, "it gave an answer that is not the plugin's")
		case !whole:
			return c.broken(ctx, a, io.ErrUnexpectedEOF)
		}
		if err := each([]byte(line)); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return c.fault(a, Invalid, "one of its events is larger than we read")
	}
	if lines.Err() != nil {
		return c.broken(ctx, a, lines.Err())
	}
	return nil
}
