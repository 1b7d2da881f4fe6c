package jenkins

import "time"

// pastAge is how long ago the earlier build was.
const pastAge = time.Hour

// addPast gives demo/slow an earlier build, from which Jenkins guesses how long the next one will take. Nobody who counts
// the builds that were started sees it.
func (s *Server) addPast(folder *item) {
	job := folder.child("slow")
	s.nextQueueID++
	b := &build{
		job: job, Number: job.next, QueueID: s.nextQueueID, Causes: []cause{{User: s.options.User}}, HasParams: true,
		Script: job.spec.script, Started: s.now.Add(-pastAge), executor: -1,
	}
	for _, d := range job.spec.parameters {
		if v, ok := s.fallbackValue(d); ok {
			b.Parameters = append(b.Parameters, v)
		}
	}
	whole := newPlan(b)
	b.Ended, b.Duration, b.Result = b.Started.Add(whole.end), whole.end, whole.result
	b.say(b.Ended, whole.tail+"Finished: "+whole.result+"\n")
	job.next++
	job.builds = append(job.builds, b)
	s.touchBuild(b)
	s.touchItem(job)
	s.touchState()
}
