package slack

import "fmt"

// What an administrator of the workspace does, and time: no person needs to be played for it. Channels are given by id
// or name, users by id or name.

// Revoke makes every call fail with a code: "token_revoked" when empty, or such as "account_inactive", "token_expired".
func (s *Server) Revoke(code string) {
	if code == "" {
		code = "token_revoked"
	}
	s.do(func() { s.revoked = code })
}

// Restore makes the token good again.
func (s *Server) Restore() { s.do(func() { s.revoked = "" }) }

// Limit switches rate limits on or off.
func (s *Server) Limit(on bool) { s.do(func() { s.options.Unlimited = !on }) }

// Kick takes a user out of a channel; the bot when user is empty.
func (s *Server) Kick(channel, user string) error {
	return s.inChannel(channel, func(c *Channel) error {
		u := s.bot
		if user != "" {
			u = s.user(user)
		}
		if u == nil || !s.leave(c, u.ID) {
			return fmt.Errorf("%w: %q is no member of #%s", ErrNoSuch, user, c.Name)
		}
		return nil
	})
}

// Archive puts a channel away, or takes it back.
func (s *Server) Archive(channel string, away bool) error {
	return s.inChannel(channel, func(c *Channel) error {
		s.archive(c, c.Creator, away)
		return nil
	})
}

// Erase deletes anybody's message, as an administrator may.
func (s *Server) Erase(channel, ts string) error {
	return s.inChannel(channel, func(c *Channel) error {
		m := c.message(ts)
		if m == nil {
			return fmt.Errorf("%w: no message %s in #%s", ErrNoSuch, ts, c.Name)
		}
		s.remove(c, m, c.Creator)
		return nil
	})
}

// ChangeUser changes somebody, such as to a guest or to nobody, and the app is told. The id stays.
func (s *Server) ChangeUser(user string, change func(*User)) (err error) {
	s.do(func() {
		u := s.user(user)
		if u == nil {
			err = fmt.Errorf("%w: nobody is called %q", ErrNoSuch, user)
			return
		}
		changed := *u
		change(&changed)
		changed.ID = u.ID
		s.addUser(&changed)
	})
	return err
}

func (s *Server) inChannel(channel string, do func(*Channel) error) (err error) {
	s.do(func() {
		c := s.channel(channel)
		if c == nil {
			err = fmt.Errorf("%w: no channel %q", ErrNoSuch, channel)
			return
		}
		err = do(c)
	})
	return err
}
