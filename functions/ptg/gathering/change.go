package gathering

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Result is what became of a change.
type Result struct {
	Reply    string
	Version  int64 // after it
	Sets     []Set // what it set; none when nothing had to be
	Repeated bool  // it was made before, by a call with the same key; Reply and Sets are those of then
}

// mostTries is how often an edit is begun again because somebody was faster.
const mostTries = 200

// Change edits a gathering. It calls edit with a draft of what is there, possibly several times, as others may be faster; edit
// must do nothing but change the draft. Its error is returned as it is, and nothing is done then. Said is the line that asked
// for the change, for the log. Key is the id of what asked for it: within a day, another call with the same one does nothing
// and returns what the first did; an empty one is nobody's.
func (s *Store) Change(ctx context.Context, id string, by Author, said, key string, edit func(*Draft) (string, error)) (Result, error) {
	for range mostTries {
		seen, err := s.look(ctx, id, key)
		if err != nil {
			return Result{}, err
		}
		if seen.did != "" {
			return s.repeated(ctx, id, seen.did)
		}
		d := NewDraft(seen.g, by, seen.now)
		reply, err := edit(d)
		if err == nil {
			err = d.err
		}
		if err != nil {
			return Result{}, err
		}
		result, again, err := s.apply(ctx, d, said, key, reply)
		if err != nil || !again {
			return result, err
		}
	}
	return Result{}, fmt.Errorf("gathering %s: changed by others %d times while it was to be changed", id, mostTries)
}

// apply makes the change that a draft is. It reports that it must be begun again when somebody was faster.
func (s *Store) apply(ctx context.Context, d *Draft, said, key, reply string) (r Result, again bool, err error) {
	sets := d.Changes()
	if len(sets) == 0 && key == "" {
		return Result{Reply: reply, Version: d.base.Version}, false, nil
	}
	args, err := s.args(d, sets, said, key, reply)
	if err != nil {
		return r, false, err
	}
	keys := []string{stateKey(d.ID), logKey(d.ID), didKey(d.ID, key), listKey}
	answer, err := changeScript.Run(ctx, s.rdb, keys, args...).StringSlice()
	switch {
	case err != nil:
		return r, false, fmt.Errorf("gathering %s: change it: %w", d.ID, err)
	case answer[0] == "stale":
		return r, true, nil
	case answer[0] == "again":
		r, err = s.repeated(ctx, d.ID, answer[1])
		return r, false, err
	}
	r = Result{Reply: reply, Sets: sets}
	if r.Version, err = strconv.ParseInt(answer[1], 10, 64); err != nil {
		return r, false, fmt.Errorf("gathering %s: its version: %w", d.ID, err)
	}
	if len(sets) > 0 && r.Version == d.base.Version+1 {
		if err := d.stamp(answer[1], answer[2]); err == nil {
			s.keep(d.Gathering)
		}
	}
	return r, false, nil
}

// args are those of the script, as its header says.
func (s *Store) args(d *Draft, sets []Set, said, key, reply string) ([]any, error) {
	text, err := json.Marshal(sets)
	if err != nil {
		return nil, fmt.Errorf("gathering %s: write what is set: %w", d.ID, err)
	}
	info, err := d.listed(sets)
	if err != nil {
		return nil, err
	}
	ms, must, known := int64(0), "", 0
	if s.clock != nil {
		ms = s.clock().UnixMilli()
	}
	if d.whole || info != "" { // how it is listed is made of several fields
		must = strconv.FormatInt(d.base.Version, 10)
	}
	if key != "" {
		known = didFor
	}
	args := []any{
		ms, must, d.By.Principal, d.By.Name, said, text, d.undoes, reply, known,
		d.ID, info, s.every, snapshotKey(d.ID),
	}
	for _, one := range sets {
		args = append(args, one.Field, one.Before, one.After, "set")
	}
	for name := range d.relies {
		args = append(args, name, d.base.fields[name], "", "rely")
	}
	return args, nil
}

// repeated is what became of a change that was made before.
func (s *Store) repeated(ctx context.Context, id, did string) (Result, error) {
	version, rest, _ := strings.Cut(did, " ")
	count, reply, _ := strings.Cut(rest, " ")
	r := Result{Reply: reply, Repeated: true}
	var err error
	if r.Version, err = strconv.ParseInt(version, 10, 64); err != nil {
		return Result{}, fmt.Errorf("gathering %s: what became of a change: %w", id, err)
	}
	if count == "0" {
		return r, nil
	}
	c, err := s.Find(ctx, id, r.Version)
	if err != nil {
		return Result{}, err
	}
	r.Sets = c.Sets
	return r, nil
}
