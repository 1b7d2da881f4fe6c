package job

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// decode reads a record's fields. A field that cannot be read is an error: a record is never shown half.
func decode(fields map[string]string) (*Job, error) {
	d := decoder{fields: fields}
	j := &Job{
		ID: d.text("id"), Function: d.text("function"), Command: d.text("command"), Text: d.text("text"),
		Principal: d.text("principal"), State: State(d.text("state")),
		Progress: Progress{
			Percent: d.number("percent"), ETA: d.time("eta"),
			Step: d.number("step"), Steps: d.number("steps"), Line: d.text("line"),
		},
		Checkpoint: d.raw("checkpoint"), Result: d.raw("result"), Error: d.text("error"),
		Attempt: d.number("attempt"), Fence: int64(d.number("fence")), Worker: d.text("worker"),
		Parent: d.text("parent"), Closes: d.text("closing") != "", RetryOf: d.text("retry_of"), Retried: d.number("retried"),
		Lock: d.text("lock"), Behind: d.text("behind"), Key: d.text("key"), Trace: d.text("trace"), Version: int64(d.number("version")),
		Limit: time.Duration(d.number("limit")) * time.Millisecond,
		Lease: d.time("lease"), Wake: d.time("wake"), Deadline: d.time("deadline"),
		Created: d.time("created"), Started: d.time("started"), Changed: d.time("changed"), Finished: d.time("finished"),
	}
	d.json("args", &j.Args)
	d.json("groups", &j.Groups)
	d.json("origin", &j.Origin)
	d.json("why", &j.Why)
	d.json("links", &j.Links)
	d.json("parts", &j.Parts)
	d.json("offers", &j.Offers)
	j.Signoff = d.signoff()
	j.Cancel = d.cancel()
	j.Receipt = d.receipt(j.Cancel, j.Finished)
	if d.err != nil {
		return nil, fmt.Errorf("job %s: %w", j.ID, d.err)
	}
	return j, nil
}

type decoder struct {
	fields map[string]string
	err    error
}

func (d *decoder) text(name string) string { return d.fields[name] }

func (d *decoder) raw(name string) json.RawMessage {
	if d.fields[name] == "" {
		return nil
	}
	return json.RawMessage(d.fields[name])
}

func (d *decoder) number(name string) int {
	if d.fields[name] == "" {
		return 0
	}
	n, err := strconv.ParseFloat(d.fields[name], 64) // Lua writes large numbers as 1.7e+12
	d.keep(name, err)
	return int(n)
}

func (d *decoder) time(name string) time.Time {
	if n := d.number(name); n != 0 {
		return time.UnixMilli(int64(n)).UTC()
	}
	return time.Time{}
}

func (d *decoder) json(name string, into any) {
	if d.fields[name] != "" {
		d.keep(name, json.Unmarshal([]byte(d.fields[name]), into))
	}
}

func (d *decoder) keep(name string, err error) {
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("field %s: %w", name, err)
	}
}

func (d *decoder) signoff() *Signoff {
	if d.fields["signoff"] == "" {
		return nil
	}
	var s Signoff
	d.json("signoff", &s)
	s.Until = d.time("until")
	var words []struct {
		Principal string  `json:"principal"`
		At        float64 `json:"at"`
		Forced    bool    `json:"forced"`
	}
	d.json("approved", &words)
	for _, w := range words {
		s.Approved = append(s.Approved, Approval{w.Principal, time.UnixMilli(int64(w.At)).UTC(), w.Forced})
	}
	return &s
}

func (d *decoder) cancel() *CancelRequest {
	if d.fields["cancel_at"] == "" {
		return nil
	}
	asked := &CancelRequest{
		By: d.text("cancel_by"), Reason: d.text("cancel_reason"),
		At: d.time("cancel_at"), Signal: d.time("cancel_signal"),
	}
	d.json("cancel_groups", &asked.Groups)
	return asked
}

func (d *decoder) receipt(asked *CancelRequest, finished time.Time) *Receipt {
	if asked == nil || d.fields["evidence"] == "" {
		return nil
	}
	r := &Receipt{
		By: asked.By, Reason: asked.Reason, Asked: asked.At, Signalled: asked.Signal,
		Confirmed: finished, Evidence: d.text("evidence"),
	}
	d.json("left", &r.Left)
	return r
}
