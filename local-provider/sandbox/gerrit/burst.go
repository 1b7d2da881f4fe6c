package gerrit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// A Burst is many events in a short time.
type Burst struct {
	// Events is how many.
	Events int `json:"events"`
	// Rate is how many in a second; as fast as they are read when zero.
	Rate int `json:"rate"`
	// Lossy does not wait for slow readers: what has no room is dropped, as Gerrit does it. Otherwise events wait for room.
	Lossy bool `json:"lossy"`
}

// Burst tells of comments on the open changes, each different from the others, which leave no trace in the changes. It
// returns when all were told.
func (s *Server) Burst(ctx context.Context, b Burst) error {
	start := time.Now()
	for sent := 0; sent < b.Events; {
		n := min(batch, s.options.StreamQueue, b.Events-sent)
		if !b.Lossy {
			if err := s.awaitRoom(ctx, n); err != nil {
				return err
			}
		}
		var err error
		s.do(func() { err = s.chatter(sent, n, b.Events) })
		if err != nil {
			return err
		}
		sent += n
		if b.Rate > 0 {
			due := start.Add(time.Duration(sent) * time.Second / time.Duration(b.Rate))
			if !fault.Pause(ctx, time.Until(due), s.done) {
				return context.Cause(ctx)
			}
		}
	}
	return nil
}

// chatter tells of n comments.
func (s *Server) chatter(first, n, all int) error {
	var open []*Change
	for _, number := range sortedKeys(s.changes) {
		if c := s.changes[number]; c.Status == StatusNew {
			open = append(open, c)
		}
	}
	if len(open) == 0 {
		return conflict("there is no open change that a burst could be about")
	}
	jenkins := s.account("jenkins")
	p := &Person{s: s, id: jenkins.ID}
	for i := first; i < first+n; i++ {
		c := open[i%len(open)]
		s.tellOn(c, c.Current(), "comment-added", &event{
			Author: s.accountAttr(p.id), Approvals: p.approvals(c, p.votes(c)),
			Comment: fmt.Sprintf("Patch Set %d:\n\nburst %s: %d of %d", c.Current().Number, randomHex(4), i+1, all),
		})
	}
	return nil
}

// awaitRoom waits until every stream has room for n events.
func (s *Server) awaitRoom(ctx context.Context, n int) error {
	for {
		s.mu.Lock()
		full, changed := false, s.changed
		for st := range s.streams {
			full = full || cap(st.queue)-len(st.queue) < n
		}
		s.mu.Unlock()
		if !full {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.done:
			return nil
		}
	}
}

// Emit tells of an event as it stands: one JSON object, which is logged for the project and change that it names. It may be
// one that this Gerrit would never make.
func (s *Server) Emit(line []byte) error {
	var head struct {
		Type    string `json:"type"`
		Project any    `json:"project"`
		Change  struct {
			Number  any    `json:"number"`
			Project string `json:"project"`
		} `json:"change"`
		RefUpdate struct {
			Project string `json:"project"`
		} `json:"refUpdate"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return badRequest("an event must be one JSON object: %v", err)
	}
	r := &record{Type: head.Type, Project: head.Change.Project, Line: oneLine(line)}
	if r.Project == "" {
		r.Project = head.RefUpdate.Project
	}
	if name, ok := head.Project.(string); ok && r.Project == "" {
		r.Project = name
	}
	if n, ok := head.Change.Number.(float64); ok {
		r.Change = int(n)
	}
	s.do(func() {
		r.At = s.clock.Now().UTC().Truncate(time.Millisecond)
		s.untold = append(s.untold, r)
	})
	return nil
}

// oneLine is JSON without the ends of lines between its parts.
func oneLine(text []byte) string {
	var v json.RawMessage
	if json.Unmarshal(text, &v) != nil {
		return string(text)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return string(text)
	}
	return string(out)
}

// Replicate tells of what the replication plugin does when a branch has moved: noise that a listener drops.
func (s *Server) Replicate(project, ref string) {
	s.do(func() {
		const node = "replica.example.com"
		s.emit(&event{
			Type: "ref-replication-scheduled", Project: project, Ref: ref, TargetNode: node, TargetURI: "ssh://" + node + "/" + project + ".git",
		}, nil, project)
		s.emit(&event{
			Type: "ref-replicated", Project: project, Ref: ref, TargetNode: node, TargetURI: "ssh://" + node + "/" + project + ".git",
			State: "succeeded", RefStatus: "OK",
		}, nil, project)
		s.emit(&event{Type: "ref-replication-done", Project: project, Ref: ref, NodesCount: 1}, nil, project)
	})
}
