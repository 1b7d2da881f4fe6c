package gerrit

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/event"
)

// actors are the fields of an event that may say who made it happen, the surest first: a removed vote names its remover
// and whose vote it was.
var actors = []string{
	"uploader", "author", "submitter", "abandoner", "restorer", "deleter", "adder", "remover", "changer", "editor", "reviewer",
}

// actor is who made it happen; nothing when the event does not say.
func (w *wire) actor() Account {
	for _, name := range actors {
		if who := objectOf(w.fields[name]).account(); who != (Account{}) {
			return who
		}
	}
	return Account{}
}

// account is somebody as an event tells of them.
func (o object) account() Account {
	return Account{ID: o.integer("_account_id"), Name: o.text("name"), Email: o.text("email"), Username: o.text("username")}
}

// userName is what Gerrit allows as one; above all it holds no colon and no slash.
var userName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.!#$%&'*+=?^_{|}~@-]{0,199}$`)

// author is somebody as rules and roles know them: "gerrit:review/ann".
//
// Events name accounts by user name, full name and address, and not by number. The user name is the one of these that
// its owner cannot choose anew once it is set (https://gerrit-review.googlesource.com/Documentation/user-upload.html), so it
// is the principal, in queries too, where the number would be at hand: who somebody is must not depend on how we heard of
// it. An account without a user name is known by its address, "gerrit:review/mailto:ann@example.org", or its number,
// "gerrit:review/id:1000012"; the colon keeps a user name from looking like either.
func (s *Server) author(a Account) event.Author {
	who := ""
	switch {
	case userName.MatchString(a.Username):
		who = a.Username
	case a.Username != "":
	case strings.Contains(a.Email, "@") && userName.MatchString(a.Email):
		who = "mailto:" + strings.ToLower(a.Email)
	case a.ID > 0:
		who = "id:" + strconv.Itoa(a.ID)
	}
	if who == "" {
		return event.Author{}
	}
	const longest = 100
	return event.Author{
		Principal: "gerrit:" + s.Name + "/" + who,
		Name:      chat.Brief(cmp.Or(a.Username, a.Name, a.Email), longest),
		Self:      s.User != "" && a.Username == s.User,
	}
}
