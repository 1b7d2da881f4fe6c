package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
)

// course is how far a run has come, its job's checkpoint.
type course struct {
	Try     int              `json:"try,omitempty"`     // starts of ansible-playbook, from 1
	Retries int              `json:"retries,omitempty"` // of these, those for hosts that had failed
	Ref     *attend.Ref      `json:"ref,omitempty"`     // the program under way, or the one that was when its function died
	Began   time.Time        `json:"began,omitzero"`    // when it did, by the clock of its machine
	At      place            `json:"at,omitzero"`       // where it was
	Only    []string         `json:"only,omitempty"`    // the hosts of this start; all when empty
	Hosts   map[string]tally `json:"hosts,omitempty"`   // what hosts came to in earlier starts, as many as are kept
	More    int              `json:"more,omitempty"`    // how many else there were
	Next    time.Time        `json:"next,omitzero"`     // when the next start is due
	Commit  string           `json:"commit,omitempty"`  // of the playbook's repository
	Path    string           `json:"path,omitempty"`    // the playbook's, by which ARA knows its record too
	Online  bool             `json:"online,omitempty"`  // recorded by the ARA server
	Record  int64            `json:"record,omitempty"`  // ARA's, of this start
	Records []int64          `json:"records,omitempty"` // of the earlier ones
	Missed  time.Time        `json:"missed,omitzero"`   // since when a program is looked for where it cannot be seen
	Dead    int              `json:"dead,omitempty"`    // starts whose function died
	Told    bool             `json:"told,omitempty"`    // people know how this run is recorded
	Final   *final           `json:"final,omitempty"`   // how the run ended: nothing is to be started any more
}

// final is how a run ended, kept before the job is: whoever dies between the two must not be followed by another start.
type final struct {
	Good   bool    `json:"good,omitempty"`
	Reason string  `json:"reason,omitempty"` // why it failed
	Result *result `json:"result,omitempty"`
}

func (f *final) outcome() job.Outcome {
	if f.Good {
		return job.Done(f.Result)
	}
	return job.Fail(f.Reason, f.Result)
}

// effect is the name under which the engine remembers that ansible-playbook was begun.
func (c *course) effect() string { return fmt.Sprintf("start %d", c.Try) }

// A checkpoint holds a mebibyte. Of many hosts the fate of these is kept, those that ended badly first.
const (
	keptHosts = 2000
	keptNames = 256 << 10 // bytes of their names, as JSON
)

// note keeps what hosts came to.
func (c *course) note(hosts map[string]tally) {
	if c.Hosts == nil {
		c.Hosts = map[string]tally{}
	}
	names := sorted(hosts)
	slices.SortStableFunc(names, func(a, b string) int { return rank(hosts[a]) - rank(hosts[b]) })
	size, left := 0, 0
	for name := range c.Hosts {
		size += weight([]string{name})
	}
	for _, name := range names {
		if _, known := c.Hosts[name]; !known {
			more := weight([]string{name})
			if len(c.Hosts) >= keptHosts || size+more > keptNames {
				left++
				continue
			}
			size += more
		}
		c.Hosts[name] = hosts[name]
	}
	c.More = max(c.More, left)
}

func rank(t tally) int {
	if t.bad() {
		return 0
	}
	return 1
}

// weight is how many bytes names take as JSON.
func weight(names []string) int {
	text, err := json.Marshal(names)
	if err != nil { // names always can be
		return keptNames
	}
	return len(text)
}

// over notes that a start is behind us.
func (c *course) over(hosts map[string]tally) {
	c.note(hosts)
	if c.Record != 0 {
		c.Records = append(c.Records, c.Record)
	}
	c.Ref, c.Record, c.At, c.Missed = nil, 0, place{}, time.Time{}
}
