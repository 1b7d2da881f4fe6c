package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/gerrit-listener/intake"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/inbox"
)

const (
	eventRate = 5000 // a second
	eventsFor = 20 * time.Second
	events    = eventRate * int(eventsFor/time.Second)
	// changes is how many are open. Events of one change are dealt with one after the other.
	changes = 300
	// glimpse is how often the backlog is looked at.
	glimpse = 100 * time.Millisecond
)

// backlog is how many events were accepted and not dealt with, as time went by.
type backlog struct {
	box     *inbox.Inbox
	samples []int64
}

// watch looks until ctx ends.
func (b *backlog) watch(ctx context.Context) {
	ticker := time.NewTicker(glimpse)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if n, err := b.box.Waiting(ctx); err == nil {
				b.samples = append(b.samples, n)
			}
		}
	}
}

// highest is the highest of all.
func (b *backlog) highest() int64 {
	var most int64
	for _, n := range b.samples {
		most = max(most, n)
	}
	return most
}

// grows reports whether the last quarter is higher on average than the second by more than a quarter of a second's events.
func (b *backlog) grows() bool {
	quarter := len(b.samples) / 4
	return mean(b.samples[3*quarter:]) > mean(b.samples[quarter:2*quarter])+eventRate/4
}

func mean(list []int64) float64 {
	var sum int64
	for _, n := range list {
		sum += n
	}
	return float64(sum) / float64(max(len(list), 1))
}

// measureGerrit has the sandbox's Gerrit tell of many comments for a while: over SSH to gerrit-listener, into the inbox of the
// function event, and through its rules.
func (s *system) measureGerrit(ctx context.Context, t *table) error {
	if err := s.openChanges(ctx); err != nil {
		return err
	}
	err := s.sustain(ctx, t, "from the sandbox's Gerrit by SSH", func(ctx context.Context) error {
		return s.gerrit(ctx, "burst", map[string]int{"events": events, "rate": eventRate})
	})
	if err != nil {
		return err
	}
	// A Gerrit of one's own does not take our processors away: without it, and with what the listener does but for SSH.
	lines, err := s.recorded(ctx)
	if err != nil {
		return err
	}
	return s.sustain(ctx, t, "from lines that were recorded", func(ctx context.Context) error { return s.replay(ctx, lines) })
}

// recorded are lines of the sandbox's, as they came over the stream.
func (s *system) recorded(ctx context.Context) ([][]byte, error) {
	answer, err := s.askGerrit(ctx, http.MethodGet, "events?after="+strconv.Itoa(events-1000), nil)
	if err != nil {
		return nil, err
	}
	var told []struct {
		Line string `json:"line"`
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	var lines [][]byte
	for _, one := range told {
		if strings.Contains(one.Line, commentBegins) {
			lines = append(lines, []byte(one.Line))
		}
	}
	if len(lines) == 0 {
		return nil, errors.New("bench: the sandbox's Gerrit remembers nothing of its burst")
	}
	return lines, nil
}

// commentBegins is in each comment of a burst.
const commentBegins = "burst "

// replay puts lines in as the listener does, each made different from all others, at a steady rate: all that have come since
// it looked last, up to as many as it takes at once.
func (s *system) replay(ctx context.Context, lines [][]byte) error {
	const batch = 500
	server := &gerrit.Server{Name: "recorded", Overlap: 2 * time.Minute}
	in := &intake.Intake{Server: server, Box: event.Box(s.rdb), Redis: s.rdb, Log: slog.New(slog.DiscardHandler)}
	began := time.Now()
	for n := 0; n < events; {
		time.Sleep(time.Until(began.Add(time.Duration(n+1) * time.Second / eventRate)))
		come := min(int(time.Since(began)*eventRate/time.Second), events, n+batch)
		list := make([]gerrit.Told, 0, come-n)
		for i := n; i < come; i++ {
			line := bytes.Replace(lines[i%len(lines)], []byte(commentBegins), fmt.Appendf(nil, "%s%d ", commentBegins, i), 1)
			e, means, err := server.Parse(line)
			if err != nil {
				return err
			}
			list = append(list, gerrit.Told{Event: e, Means: means})
		}
		if _, err := in.Take(ctx, list, true); err != nil {
			return err
		}
		n = come
	}
	return nil
}

// sustain has a source tell of events, and adds whether they were dealt with as fast as they came.
func (s *system) sustain(ctx context.Context, t *table, source string, tell func(context.Context) error) error {
	box := event.Box(s.rdb)
	before, err := processorTimes(s.dir)
	if err != nil {
		return err
	}
	b := &backlog{box: box}
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); b.watch(watching) }()
	began := time.Now()
	err = tell(ctx)
	told := time.Since(began)
	stop()
	<-watched
	if err != nil {
		return err
	}
	used, err := processorTimes(s.dir)
	if err != nil {
		return err
	}
	if err := emptied(ctx, box); err != nil {
		return err
	}
	drained := time.Since(began) - told
	rate := float64(events) / told.Seconds()
	met := rate >= 0.98*eventRate && !b.grows()
	t.add(fmt.Sprintf("Gerrit's events against %d rules, %s", rules, source),
		fmt.Sprintf("%.0f/s; at most %d waited, none %.1f s after the last; cores: %s", rate, b.highest(), drained.Seconds(), shares(before, used, told)),
		fmt.Sprintf("%d/s for %.0f s, and no growing backlog", eventRate, eventsFor.Seconds()), met)
	return nil
}

// emptied waits until every event is dealt with.
func emptied(ctx context.Context, box *inbox.Inbox) error {
	const most = 2 * time.Minute
	for began := time.Now(); time.Since(began) < most; time.Sleep(20 * time.Millisecond) {
		n, err := box.Waiting(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
	return fmt.Errorf("bench: events still wait after %s", most)
}

// openChanges makes the changes that are commented on, once the stream is listened to, and lets their events go through.
func (s *system) openChanges(ctx context.Context) error {
	if err := s.listening(ctx); err != nil {
		return err
	}
	for i := range changes {
		project := []string{"openstack/nova", "openstack/neutron", "acme/app"}[i%3]
		upload := map[string]any{"project": project, "subject": fmt.Sprint("Change ", i), "body": strings.Repeat("What it is for. ", 20)}
		if err := s.gerrit(ctx, "people/ann/push", map[string]any{"upload": upload}); err != nil {
			return err
		}
	}
	time.Sleep(time.Second) // the last of their events is on its way
	return emptied(ctx, event.Box(s.rdb))
}

// listening waits until gerrit-listener hears the stream.
func (s *system) listening(ctx context.Context) error {
	for range 300 {
		var status struct {
			Streams int `json:"streams"`
		}
		answer, err := s.askGerrit(ctx, http.MethodGet, "status", nil)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(answer, &status); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		if status.Streams > 0 {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("bench: nobody listens to the sandbox's Gerrit")
}

// gerrit orders something of the sandbox's Gerrit.
func (s *system) gerrit(ctx context.Context, order string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	_, err = s.askGerrit(ctx, http.MethodPost, order, text)
	return err
}

func (s *system) askGerrit(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	password, err := home.Home(s.dir).ReadSecret(home.SecretGerrit)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, s.ports.GerritURL()+"/sandbox/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+password)
	patient := &http.Client{Timeout: 5 * time.Minute}
	answer, err := patient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("bench: the sandbox's Gerrit answered %s to %s: %s", answer.Status, path, bytes.TrimSpace(text))
	}
	return text, nil
}
