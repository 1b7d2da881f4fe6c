package session

import (
	"fmt"
	"time"

	"github.com/handsoff/handsoff/telnet-gateway/login"
)

// Settings are the section "telnet" of the configuration.
type Settings struct {
	Idle     time.Duration `yaml:"idle"`     // how long a session may be without a key press; 10 minutes when 0
	Sessions Sessions      `yaml:"sessions"` //
	Banner   string        `yaml:"banner"`   // shown before the login, for notices
	Colour   string        `yaml:"colour"`   // "auto" (by the terminal's type) when empty, or "never"
	Login    Login         `yaml:"login"`    //

	Bot     string `yaml:"-"` // the bot's name
	Version string `yaml:"-"` //

	Settle   time.Duration `yaml:"-"` // how long a new client may take to say what it is; 500 ms when 0
	Patience time.Duration `yaml:"-"` // how long a typed line is tried; 2 minutes when 0
	Slow     time.Duration `yaml:"-"` // after how long without an answer the person is told; 3 s when 0
	Grace    time.Duration `yaml:"-"` // how long an answer is awaited when the process ends; 3 s when 0
	Twice    time.Duration `yaml:"-"` // within what time a second Ctrl-C means it; 3 s when 0
	Stall    time.Duration `yaml:"-"` // how long a client may not read; 30 s when 0
	Recheck  time.Duration `yaml:"-"` // how often it is looked whether a user may still be here; 30 s when 0
	Beat     time.Duration `yaml:"-"` // how often limits are looked at; 1 s when 0
}

// Sessions bounds how many there are.
type Sessions struct {
	Most    int `yaml:"most"`     // in all, those that log in right now included; 50 when 0
	PerUser int `yaml:"per_user"` // 5 when 0
}

// Login bounds what a stranger may try.
type Login struct {
	Within   time.Duration `yaml:"within"`   // how long a login may take; 1 minute when 0
	Tries    int           `yaml:"tries"`    // within one connection; 3 when 0
	Failures int           `yaml:"failures"` // within an hour, for a user and for a source; 10 when 0, which is also the most
	Pause    time.Duration `yaml:"pause"`    // after the first failure, doubled with each one up to 30 s; 1 s when 0
	Places   int           `yaml:"places"`   // how many may log in at once from one source; 4 when 0
}

// The hour and the ten of the policy; and how long a pause may grow.
const (
	window       = time.Hour
	mostFailures = 10
	longestPause = 30 * time.Second
)

// Complete fills in what is not set and checks the rest.
func (s *Settings) Complete() error {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&s.Idle, 10 * time.Minute},
		{&s.Login.Within, time.Minute},
		{&s.Login.Pause, time.Second},
		{&s.Settle, 500 * time.Millisecond},
		{&s.Patience, 2 * time.Minute},
		{&s.Slow, 3 * time.Second},
		{&s.Grace, 3 * time.Second},
		{&s.Twice, 3 * time.Second},
		{&s.Stall, 30 * time.Second},
		{&s.Recheck, 30 * time.Second},
		{&s.Beat, time.Second},
	} {
		if *d.value < 0 {
			return fmt.Errorf("telnet: a time (%s) is below zero", *d.value)
		}
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	for _, n := range []struct {
		value *int
		usual int
	}{
		{&s.Sessions.Most, 50},
		{&s.Sessions.PerUser, 5},
		{&s.Login.Tries, 3},
		{&s.Login.Failures, mostFailures},
		{&s.Login.Places, 4},
	} {
		if *n.value < 0 {
			return fmt.Errorf("telnet: a number (%d) is below zero", *n.value)
		}
		if *n.value == 0 {
			*n.value = n.usual
		}
	}
	if s.Login.Failures > mostFailures {
		return fmt.Errorf("telnet: login.failures is %d; more than %d an hour are not allowed", s.Login.Failures, mostFailures)
	}
	switch s.Colour {
	case "", "auto", "never":
		return nil
	}
	return fmt.Errorf("telnet: colour is %q; it can be auto or never", s.Colour)
}

// Policy is the lock-out's.
func (s *Settings) Policy() login.Policy {
	return login.Policy{Failures: s.Login.Failures, Window: window, Pause: s.Login.Pause, Longest: max(longestPause, s.Login.Pause)}
}
