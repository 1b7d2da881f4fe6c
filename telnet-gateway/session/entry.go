package session

import (
	"context"
	"time"
)

// checkEntry ends the session of a user whose line in the users' file was removed or changed.
func (s *session) checkEntry(ctx context.Context) {
	if time.Since(s.checked) < s.door.Settings.Recheck {
		return
	}
	s.checked = time.Now()
	s.background(ctx, func(ctx context.Context) func() {
		entry, err := s.door.Gate.Current(s.user)
		if err != nil {
			s.door.Log.WarnContext(ctx, "cannot look whether a user is still allowed in", "user", s.user, "error", err)
			return func() {}
		}
		return func() {
			if entry != s.entry {
				s.end("Your login was removed or its password changed, so this session is closed.", "entry changed")
			}
		}
	})
}
