package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
	"github.com/handsoff/handsoff/telnet-gateway/login"
	"github.com/handsoff/handsoff/telnet-gateway/terminal"
)

var (
	errGone    = errors.New("the client is gone")
	errNoise   = errors.New("the client does nothing but negotiate")
	errTooSlow = errors.New("the login took too long")
	errAbandon = errors.New("the person gave up")
)

// login lets somebody in, or sets over to what they are told.
func (s *session) login(ctx context.Context) bool {
	ctx, stop := context.WithTimeoutCause(ctx, s.door.Settings.Login.Within, errTooSlow)
	defer stop()
	err := s.settle(ctx)
	if err == nil {
		s.greet()
		err = s.dialogue(ctx)
	}
	switch {
	case err == nil:
		return s.user != ""
	case errors.Is(err, errTooSlow):
		s.over = fmt.Sprintf("No login within %s. Connect again when you are ready.", s.door.Settings.Login.Within)
	case errors.Is(err, errShutdown):
		s.over = "The telnet gateway is being stopped. Connect again in a moment."
	case errors.Is(err, errNoise):
		s.over = "This client negotiates without end. Use a telnet client, or nc."
	case errors.Is(err, errAbandon):
		s.over = "Goodbye."
	}
	return false
}

// settle gives a client a moment to say what it is. A script that sends its lines at once need not wait.
func (s *session) settle(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, s.door.Settings.Settle)
	defer stop()
	for !s.term.Settled() {
		e, err := s.await(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			s.mute = !s.term.Speaks()
			return nil
		}
		if err != nil {
			return err
		}
		if e.Kind != terminal.Changed {
			s.early = append(s.early, e)
			return nil
		}
	}
	return nil
}

// await brings the next event.
func (s *session) await(ctx context.Context) (terminal.Event, error) {
	if len(s.early) > 0 {
		e := s.early[0]
		s.early = s.early[1:]
		return e, nil
	}
	for {
		if !s.term.Congested() {
			if e, ok := s.term.Next(); ok {
				if e.Kind != terminal.Unrequested {
					return e, nil
				}
				if !s.unasked.Allow() {
					return e, errNoise
				}
				continue
			}
		}
		s.term.Flush()
		input := s.term.Input()
		if s.term.Congested() {
			input = nil
		}
		select {
		case chunk, ok := <-input:
			if !ok {
				return terminal.Event{}, errGone
			}
			s.term.Feed(chunk)
		case <-s.term.Room():
			if err := s.term.Broken(); err != nil {
				return terminal.Event{}, errGone
			}
		case <-ctx.Done():
			return terminal.Event{}, context.Cause(ctx)
		}
	}
}

func (s *session) greet() {
	if banner := strings.TrimSpace(s.door.Settings.Banner); banner != "" {
		s.term.Print(lineedit.Clean(banner), "")
	}
	s.say(s.door.Settings.Bot + " over telnet. Please log in.")
	if s.mute {
		s.say("This client does not speak telnet, so a password typed here can be seen.")
	}
}

// dialogue asks for a name and a password until they are right.
func (s *session) dialogue(ctx context.Context) error {
	for range s.door.Settings.Login.Tries {
		user, err := s.ask(ctx, "User: ", false)
		if err != nil {
			return err
		}
		password, err := s.ask(ctx, "Password: ", true)
		if err != nil {
			return err
		}
		verdict, err := s.knock(ctx, strings.TrimSpace(user), []byte(password))
		switch {
		case context.Cause(ctx) != nil:
			return context.Cause(ctx)
		case err != nil:
			s.door.Log.ErrorContext(ctx, "a login could not be checked", "error", err)
			s.over = "Logins cannot be checked right now, because something that they need is down. Try again in a minute."
			return nil
		case verdict.Locked:
			s.over = fmt.Sprintf("Too many failed logins for this user or from here. Try again in %s.", about(verdict.Wait))
			return nil
		case verdict.Welcome:
			return s.enter(ctx, strings.TrimSpace(user), verdict)
		}
		s.say("That user and password do not go together.")
	}
	s.over = "Connect again to go on trying."
	return nil
}

// ask brings one line.
func (s *session) ask(ctx context.Context, question string, secret bool) (string, error) {
	for {
		s.term.Prompt(question, secret)
		e, err := s.await(ctx)
		if err != nil {
			return "", err
		}
		switch e.Kind {
		case terminal.Line:
			return e.Text, nil
		case terminal.TooLong, terminal.NotText:
			s.say("That is not a " + strings.ToLower(strings.TrimSuffix(question, ": ")) + ".")
		case terminal.Interrupt, terminal.EndOfFile:
			return "", errAbandon
		}
	}
}

// knock tries the door, waiting out the pause after an earlier failure.
func (s *session) knock(ctx context.Context, user string, password []byte) (login.Verdict, error) {
	for told := false; ; told = true {
		v, err := s.door.Gate.Knock(ctx, user, password, s.source, s.address)
		if err != nil || v.Wait == 0 || v.Locked {
			return v, err
		}
		if v.Wait > time.Second && !told {
			s.say(fmt.Sprintf("After a failed login there is a pause: %s.", about(v.Wait)))
		}
		s.term.Flush()
		if !sleep(ctx, v.Wait) {
			return v, context.Cause(ctx)
		}
	}
}

func (s *session) enter(ctx context.Context, user string, v login.Verdict) error {
	if !s.door.welcome(s, user) {
		s.over = fmt.Sprintf("You have %d sessions already. Leave one of them first.", s.door.Settings.Sessions.PerUser)
		return s.door.Trail.Audit(ctx, login.Principal(user), "login refused", "too many sessions; telnet from "+s.address)
	}
	s.principal, s.entry = login.Principal(user), v.Print
	return nil
}

// about is a time for people.
func about(d time.Duration) string {
	switch {
	case d < 2*time.Second:
		return "a second"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Round(time.Second).Seconds()))
	}
	return fmt.Sprintf("%d minutes", int((d + time.Minute - 1).Minutes()))
}
