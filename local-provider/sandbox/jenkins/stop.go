package jenkins

import "time"

// impatience is how long after an interruption Jenkins offers the next harsher signal of a pipeline.
const impatience = 15 * time.Second

// signal asks a build to end. It returns before anything has: a build takes its time to die, may end by itself in the
// meantime with a result of its own, and may not care for a mild signal at all.
func (s *Server) signal(b *build, kind, by string) {
	if !b.running() {
		return
	}
	b.Stops = append(b.Stops, stop{Kind: kind, At: s.now, By: by})
	defer s.touchBuild(b)
	if kind == signalKill {
		b.say(s.now, "Hard kill!\n")
		s.finish(b, aborted, "")
		s.settle()
		return
	}
	if b.job.isPipeline() {
		s.interruptPipeline(b, kind, by)
	}
	if harsh(kind) < harsh(b.plan.obeys) {
		return
	}
	if dies := s.now.Add(s.options.StopTakes); b.dies.IsZero() || dies.Before(b.dies) {
		b.dies = dies
	}
}

// interruptPipeline prints what a pipeline prints when it is interrupted.
func (s *Server) interruptPipeline(b *build, kind, by string) {
	if kind == signalTerm {
		b.say(s.now, "Terminating sleep\n")
		b.say(s.now.Add(impatience), "Click here to forcibly kill entire build\n")
		return
	}
	b.say(s.now, "Aborted by "+by+"\n")
	b.say(s.now.Add(impatience), "Click here to forcibly terminate running steps\n")
}

// die ends a build whose abort has taken effect.
func (s *Server) die(b *build) {
	tail := "[Pipeline] End of Pipeline\n"
	if !b.job.isPipeline() {
		tail = "Build was aborted\n"
		for _, by := range b.stoppers() {
			tail += "Aborted by " + by + "\n"
		}
	}
	s.finish(b, aborted, tail)
}

// stoppers are the users who asked for the end, each once.
func (b *build) stoppers() []string {
	var out []string
	seen := map[string]bool{}
	for _, st := range b.Stops {
		if st.By != "" && !seen[st.By] {
			out, seen[st.By] = append(out, st.By), true
		}
	}
	return out
}
