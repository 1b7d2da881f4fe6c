package attend

import (
	"encoding/json"
	"time"
)

// listen hears what the keeper says until it has gone, and concludes.
func (a *Attended) listen() {
	notices := json.NewDecoder(a.conn)
	for {
		var n notice
		if err := notices.Decode(&n); err != nil {
			break
		}
		a.note(n)
	}
	a.conclude()
}

func (a *Attended) note(n notice) {
	if n.Ready {
		close(a.ready)
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	switch {
	case n.Started != 0:
		a.group = n.Started
	case n.Refused != "":
		a.refused = n.Refused
	case n.Stopping:
		a.stops = true
	case n.Sent != "":
		a.sent = append(a.sent, Sent{Signal: n.Sent, At: time.Now()})
	case n.Exited != nil:
		a.exit.Code, a.exit.Signal, a.seen = n.Exited.Code, n.Exited.Signal, true
	case n.Left != nil:
		a.exit.Left = n.Left
	case n.Stuck != nil:
		a.stuck = n.Stuck
	case n.Trouble != "":
		a.trouble(n.Trouble)
	case n.Gone:
		a.gone = true
	}
	a.wake()
}

// wake tells those who wait that something has changed. The mutex is held.
func (a *Attended) wake() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// trouble adds a sentence. The mutex is held.
func (a *Attended) trouble(sentence string) {
	if a.exit.Trouble != "" {
		a.exit.Trouble += "; "
	}
	a.exit.Trouble += sentence
}

// conclude is reached when the line broke: the keeper said that all is gone, or it died without.
func (a *Attended) conclude() {
	a.mutex.Lock()
	gone := a.gone
	a.mutex.Unlock()
	if !gone {
		a.replace()
	}
	<-a.exited
	missing := a.pipes.finish(a.limits.drain)
	_ = a.conn.Close()

	a.mutex.Lock()
	defer a.mutex.Unlock()
	if !a.seen {
		a.exit.Code = -1
	}
	if missing != nil {
		a.trouble(missing.Error())
	}
	a.wake()
	close(a.done)
}

// replace does the work of a keeper that was killed, with what this process can see.
func (a *Attended) replace() {
	_ = a.cmd.Process.Kill() // a line that broke otherwise
	<-a.exited
	a.mutex.Lock()
	if a.group != 0 && !a.seen {
		a.trouble("its keeper was killed, so nobody saw how it ended")
	}
	a.mutex.Unlock()
	for left := a.ref.end(true); len(left) > 0; left = a.ref.end(true) {
		a.mutex.Lock()
		a.stuck = commands(left, func(string) bool { return true })
		a.wake()
		a.mutex.Unlock()
		time.Sleep(beat)
	}
}
