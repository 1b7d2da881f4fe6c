package gerrit

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strconv"
)

// Group is a set of accounts that may do something.
type Group string

// The groups that permissions are given to.
const (
	Administrators Group = "Administrators"
	Core           Group = "core"          // Code-Review -2..+2, submit, abandon and restore what others own
	CI             Group = "Service Users" // Verified -1..+1
)

// An Account is somebody who can log in.
type Account struct {
	ID       int     `json:"id"`
	Username string  `json:"username"`
	Name     string  `json:"name"`
	Email    string  `json:"email"`
	Groups   []Group `json:"groups,omitempty"`
}

// In says whether the account is a member of a group.
func (a *Account) In(group Group) bool {
	return a != nil && slices.Contains(a.Groups, group)
}

// account finds an account by id, user name, e-mail address or full name, nil when there is none.
func (s *Server) account(name string) *Account {
	if id, err := strconv.Atoi(name); err == nil {
		return s.accounts[id]
	}
	for _, a := range s.accounts {
		if a.Username == name || a.Email == name || a.Name == name || a.Name+" <"+a.Email+">" == name {
			return a
		}
	}
	return nil
}

// addAccounts puts there who always is: the people, two services, and the administrator.
func (s *Server) addAccounts() {
	for i, a := range []Account{
		{Username: "admin", Name: "Administrator", Email: "admin@example.com", Groups: []Group{Administrators, Core}},
		{Username: "ann", Name: "Ann Ample", Email: "ann@example.com", Groups: []Group{Core}},
		{Username: "bob", Name: "Bob Brisk", Email: "bob@example.com"},
		{Username: "jenkins", Name: "Jenkins", Email: "jenkins@example.com", Groups: []Group{CI}},
		{Username: "handsoff", Name: "handsoff", Email: "handsoff@example.com", Groups: []Group{CI}},
	} {
		a.ID = firstAccount + i
		if s.accounts[a.ID] == nil {
			s.accounts[a.ID] = &a
			s.touch("account", strconv.Itoa(a.ID))
		}
	}
}

// firstAccount is where Gerrit begins to count accounts.
const firstAccount = 1000000

// bot is the account whose password and key the options give.
const bot = "handsoff"

// passed says whether a user name and an HTTP password belong together.
func (s *Server) passed(user, password string) bool {
	return s.options.Password != "" && user == bot && equal(password, s.options.Password)
}

// equal compares secrets without telling by its time where they differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
