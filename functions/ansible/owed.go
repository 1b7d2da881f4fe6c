package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/ara"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/lua"
)

const (
	// endFor is for how long a job whose run is over usually waits for ARA.
	endFor = 6 * time.Second
	// owedFor is for how long an ending is kept that ARA could not be told.
	owedFor = 14 * 24 * time.Hour
	// tendFor bounds one look at all that ARA is owed.
	tendFor = 30 * time.Second
)

// owedKey is a hash: the endings that ARA could not be told, each under its job and start, as JSON.
const owedKey = job.Prefix + "ansible:owed"

var owedKeys = []string{owedKey, job.TendedKey}

//go:embed script/*.lua
var scripts embed.FS

var (
	oweScript    = lua.Load(scripts, "owe")
	settleScript = lua.Load(scripts, "settle")
)

// ending is how ARA's record of a start is to end. ansible-playbook tells ARA so itself, unless it was stopped, died, or found
// nobody there.
type ending struct {
	Job     string    `json:"job"`
	Try     int       `json:"try"`
	Path    string    `json:"path"`
	Began   time.Time `json:"began"`
	Record  int64     `json:"record,omitempty"` // when it is known
	Status  string    `json:"status"`           // of the record, when it does not know its end yet
	Ended   time.Time `json:"ended"`
	Closing *closing  `json:"closing,omitempty"` // why ansible-playbook could not come to its end

	over bool   // the record is known to have ended
	rest string // what people are told of what could not be written
}

// closing is kept with a record that ansible-playbook did not come to end itself.
type closing struct {
	Label  string    `json:"label"` // "cancelled", "interrupted", "failed"
	By     string    `json:"by,omitempty"`
	Why    string    `json:"why,omitempty"`
	Job    string    `json:"job"`
	At     time.Time `json:"at"`
	Signal string    `json:"signal,omitempty"`
}

func (e *ending) labels() []string {
	if e.Closing == nil {
		return ours(e.Job)
	}
	return ours(e.Job, e.Closing.Label)
}

func (e *ending) field() string { return e.Job + ":" + strconv.Itoa(e.Try) }

// closeRecord ends the record of a start that ansible-playbook did not end itself. What it returns is told to people: ARA does
// not know yet. ARA is never a run's failure.
func (r *runner) closeRecord(ctx context.Context, at *course, c closing) string {
	c.At = r.now().UTC().Truncate(time.Second)
	e, err := r.end(ctx, c.Job, at, ara.Failed, &c)
	switch {
	case err == nil:
		return ""
	case e.over:
		return fmt.Sprintf("ARA's record of it has ended, but why is not in it: %v%s", err, e.rest)
	}
	return fmt.Sprintf("ARA's record of it still says running, because it could not be closed: %v%s", err, e.rest)
}

// settleRecord sees that the record of a start that ended by itself has ended too: ARA may have been away when ansible-playbook
// told it. What it returns is told to people.
func (r *runner) settleRecord(ctx context.Context, id string, at *course, good bool) string {
	status := ara.Failed
	if good {
		status = ara.Completed
	}
	e, err := r.end(ctx, id, at, status, nil)
	switch {
	case err != nil:
		return fmt.Sprintf("%v; its record of this run is not complete%s.", err, e.rest)
	case r.ara != nil && at.Online && at.Record == 0:
		return "ARA has no record of this run: it went away as the run began, or nothing was run."
	}
	return ""
}

// end has ARA's record of the start under way end. What ARA cannot be told is owed to it.
func (r *runner) end(ctx context.Context, id string, at *course, status string, why *closing) (*ending, error) {
	if r.ara == nil || !at.Online {
		return nil, nil
	}
	e := &ending{
		Job: id, Try: at.Try, Path: at.Path, Began: at.Began, Record: at.Record, Status: status, Ended: r.now().UTC(), Closing: why,
	}
	err := r.persist(ctx, func(ctx context.Context) error { return r.write(ctx, e) })
	at.Record = e.Record
	if err == nil {
		return e, nil
	}
	r.log.WarnContext(ctx, "end ARA's record", "record", e.Record, "error", err)
	if inVain(err) {
		return e, err
	}
	if fault := r.owe(context.WithoutCancel(ctx), e); fault != nil {
		r.log.ErrorContext(ctx, "keep the end of ARA's record for later", "record", e.Record, "error", fault)
		return e, err
	}
	e.rest = "; it will be told once it answers"
	return e, err
}

// write has the record of an ending end, once it is found. A start without one needs none.
func (c *capability) write(ctx context.Context, e *ending) error {
	found, err := c.recordFor(ctx, e)
	if err != nil || found == nil {
		return err
	}
	e.Record = found.ID
	e.over = found.Over()
	switch {
	case !e.over:
		err = c.ara.End(ctx, found, e.Status, e.Ended, e.labels()...)
		e.over = err == nil
	case e.Closing != nil || len(found.Labels) == 0: // ARA's callback tries once to give a record its labels
		err = c.ara.Label(ctx, found, e.labels()...)
	}
	if err != nil || e.Closing == nil {
		return err
	}
	return c.ara.Record(ctx, found.ID, "handsoff", e.Closing)
}

func (c *capability) recordFor(ctx context.Context, e *ending) (*ara.Playbook, error) {
	if e.Record != 0 {
		return c.ara.Playbook(ctx, e.Record)
	}
	return c.ara.Find(ctx, e.Path, jobLabel(e.Job), e.Began.Add(-skew), e.Ended.Add(skew))
}

// persist calls do until it succeeds, for as long as a job waits for a record to be ended.
func (c *capability) persist(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.endFor)
	defer cancel()
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		err := do(ctx)
		if err == nil || inVain(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// inVain tells of an answer of ARA that will be the same the next time. A password may be mended, and a crowd may pass.
func inVain(err error) bool {
	fault, ok := errors.AsType[*ara.Error](err)
	if !ok {
		return false
	}
	switch fault.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return fault.Status >= 400 && fault.Status < 500
}

// unheard tells that nobody answers.
func unheard(err error) bool {
	fault, ok := errors.AsType[*ara.Error](err)
	return ok && fault.Status == 0
}

// owe keeps an ending until ARA answers. The clock has the function look, for as long as it owes something.
func (c *capability) owe(ctx context.Context, e *ending) error {
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("an ending: %w", err)
	}
	if err := oweScript.Run(ctx, c.redis, owedKeys, e.field(), text).Err(); err != nil {
		return fmt.Errorf("keep what ARA is owed: %w", err)
	}
	return nil
}

// tend tells ARA what it is owed. While it does not answer, all stays as it is.
func (c *capability) tend(ctx context.Context, _ string) error {
	owed, err := c.redis.HGetAll(ctx, owedKey).Result()
	if err != nil {
		return fmt.Errorf("read what ARA is owed: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, tendFor)
	defer cancel()
	for field, text := range owed {
		if err := c.pay(ctx, text); err != nil {
			c.log.WarnContext(ctx, "ARA is still owed the end of a record", "start", field, "owed", len(owed), "error", err)
			if unheard(err) || ctx.Err() != nil {
				return nil // the clock comes again
			}
			continue
		}
		if err := settleScript.Run(ctx, c.redis, owedKeys, field, text).Err(); err != nil {
			return fmt.Errorf("forget what ARA was owed: %w", err)
		}
	}
	return nil
}

// pay tells ARA of one ending. One that it will never take, or that it has missed for too long, is let go.
func (c *capability) pay(ctx context.Context, text string) error {
	var e ending
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		c.log.ErrorContext(ctx, "what ARA is owed cannot be read; it is let go", "error", err)
		return nil
	}
	if c.ara == nil {
		c.log.WarnContext(ctx, "ARA is no longer configured; the end of a record is let go", "job", e.Job, "record", e.Record)
		return nil
	}
	err := c.write(ctx, &e)
	switch {
	case err == nil:
		c.log.InfoContext(ctx, "ARA was told the end of a record", "job", e.Job, "record", e.Record)
	case inVain(err), c.now().Sub(e.Ended) > owedFor:
		c.log.WarnContext(ctx, "the end of ARA's record is let go", "job", e.Job, "record", e.Record, "error", err)
	default:
		return err
	}
	return nil
}
