package login

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// Trail keeps the audit trail.
type Trail interface {
	// Audit records that who did act; detail never holds a secret.
	Audit(ctx context.Context, who, act, detail string) error
}

// Gate lets people in. Its methods may be called from many goroutines.
type Gate struct {
	path     string
	throttle *Throttle
	trail    Trail
	hashing  chan struct{} // one at a time: a hash takes 12 MiB, and a flood of logins must not take a multiple of it
}

// Nobody stands in the audit trail for whoever gives the name of no user.
const Nobody = "telnet:(no such user)"

// NewGate makes one. path is the users' file.
func NewGate(path string, throttle *Throttle, trail Trail) *Gate {
	return &Gate{path: path, throttle: throttle, trail: trail, hashing: make(chan struct{}, 1)}
}

// Verdict is what became of a try to log in.
type Verdict struct {
	Welcome bool
	Wait    time.Duration // how long before the next try, when it was refused without looking at the password
	Locked  bool          // that wait is a lock-out
	Print   string        // of the user's entry, see Users.Print
}

// Principal is the name by which roles, jobs and the audit trail know a user.
func Principal(user string) string { return "telnet:" + user }

// Knock checks a user and a password. An error says that it could not be done; then nobody comes in.
func (g *Gate) Knock(ctx context.Context, user string, password []byte, source, address string) (Verdict, error) {
	users, err := LoadUsers(g.path)
	if err != nil {
		return Verdict{}, err
	}
	try, err := g.throttle.Try(ctx, user, source)
	if err != nil {
		return Verdict{}, err
	}
	if try.Wait > 0 {
		return Verdict{Wait: try.Wait, Locked: try.Locked}, nil
	}
	right, err := g.check(ctx, users, user, password)
	if err != nil {
		return Verdict{}, err
	}
	if !right {
		return Verdict{}, g.refused(ctx, users, user, address, try)
	}
	if err := g.throttle.Forgive(ctx, try); err != nil {
		return Verdict{}, err
	}
	if err := g.trail.Audit(ctx, Principal(user), "login", "telnet from "+address); err != nil {
		return Verdict{}, fmt.Errorf("login: audit: %w", err)
	}
	return Verdict{Welcome: true, Print: users.Print(user)}, nil
}

// refused records a failure. What was typed as the name of nobody is not written down: people type passwords there.
func (g *Gate) refused(ctx context.Context, users *Users, user, address string, try Try) error {
	who := Nobody
	if users.Print(user) != "" {
		who = Principal(user)
	}
	detail := "telnet from " + address
	if try.Failures+1 >= g.throttle.policy.Failures {
		detail += "; locked out from now on"
	}
	if err := g.trail.Audit(ctx, who, "login refused", detail); err != nil {
		return fmt.Errorf("login: audit: %w", err)
	}
	return nil
}

func (g *Gate) check(ctx context.Context, users *Users, user string, password []byte) (bool, error) {
	select {
	case g.hashing <- struct{}{}:
	case <-ctx.Done():
		return false, fmt.Errorf("login: wait for another login: %w", context.Cause(ctx))
	}
	defer func() {
		debug.FreeOSMemory() // the hash's memory would stay with the process for minutes
		<-g.hashing
	}()
	right := users.Check(user, password[:min(len(password), mostPassword)])
	return right && len(password) <= mostPassword, nil
}

// Current gives the print of a user's entry as the file stands now.
func (g *Gate) Current(user string) (string, error) {
	users, err := LoadUsers(g.path)
	if err != nil {
		return "", err
	}
	return users.Print(user), nil
}
