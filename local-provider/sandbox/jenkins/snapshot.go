package jenkins

import "time"

// A Build is the state of a build, for tests.
type Build struct {
	Job        string            `json:"job"`
	Number     int               `json:"number"`
	QueueID    int64             `json:"queueId"`
	Building   bool              `json:"building"`
	Result     string            `json:"result,omitempty"`
	Started    time.Time         `json:"started"`
	Ended      time.Time         `json:"ended,omitzero"`
	Parameters map[string]string `json:"parameters,omitempty"`
	// Stops are the signals that it got, in order: "stop", "term", "kill".
	Stops []string `json:"stops,omitempty"`
}

// Builds are the builds of a job that are on record, oldest first; none for a job that is not there.
func (s *Server) Builds(job string) []Build {
	var out []Build
	s.do(func() {
		it := s.root.find(job)
		if it == nil {
			return
		}
		for _, b := range it.builds {
			if !b.Vanished {
				out = append(out, b.snapshot())
			}
		}
	})
	return out
}

func (b *build) snapshot() Build {
	out := Build{
		Job: b.job.fullName(), Number: b.Number, QueueID: b.QueueID, Building: b.running(), Result: b.Result,
		Started: b.Started, Ended: b.Ended, Parameters: map[string]string{},
	}
	for _, v := range b.Parameters {
		out.Parameters[v.Name] = v.Value
	}
	for _, st := range b.Stops {
		out.Stops = append(out.Stops, st.Kind)
	}
	return out
}

// QueueLength is how many builds wait.
func (s *Server) QueueLength() int {
	n := 0
	s.do(func() { n = len(s.queue) })
	return n
}
