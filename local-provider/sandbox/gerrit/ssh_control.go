package gerrit

// Cut ends every SSH connection at once, by a reset (hard) or in good order, and returns how many there were. New ones are
// taken.
func (s *Server) Cut(hard bool) int { return s.wire.cut(hard) }

// CutAfter lets so many bytes of events pass, over all streams together, and ends the connection of the stream that carries
// the last of them: in the middle of a line, when it falls so.
func (s *Server) CutAfter(bytes int) {
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	s.wire.cutting = &cutting{left: max(bytes, 0)}
}

// Refuse resets every new SSH connection, as a machine does on which nothing listens; those that are up stay.
func (s *Server) Refuse(on bool) {
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	s.wire.refuse = on
}

// Hang stops all SSH connections, those that come later too: nothing passes any more, and nothing ends, as when a router in
// between forgot them. False lets them go on.
func (s *Server) Hang(on bool) {
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	switch {
	case on && s.wire.thaw == nil:
		s.wire.thaw = make(chan struct{})
	case !on && s.wire.thaw != nil:
		close(s.wire.thaw)
		s.wire.thaw = nil
	}
}

// ChangeHostKey shows new connections a key that nobody has seen. False shows the first one again.
func (s *Server) ChangeHostKey(on bool) error {
	key := s.wire.first
	if on {
		var err error
		if key, _, err = newHostKey(); err != nil {
			return err
		}
	}
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	s.wire.key = key
	return nil
}

// EventsLog takes the plugin events-log out, or puts it in.
func (s *Server) EventsLog(on bool) { s.do(func() { s.logOff = !on }) }
