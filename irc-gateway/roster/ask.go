package roster

import (
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/irc"
)

// Me is our nick.
func (r *Roster) Me() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.me
}

// IsMe reports whether a nick is ours.
func (r *Roster) IsMe(nick string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.isMe(nick)
}

// Same reports whether two names are one for the server.
func (r *Roster) Same(a, b string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.support.fold(a) == r.support.fold(b)
}

// Fold is a name as the server compares it.
func (r *Roster) Fold(name string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.support.fold(name)
}

// In reports whether we are in a channel.
func (r *Roster) In(channel string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.channels[r.support.fold(channel)] != nil
}

// Topic is a channel's topic.
func (r *Roster) Topic(channel string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if c := r.channels[r.support.fold(channel)]; c != nil {
		return c.topic
	}
	return ""
}

// Account is the account to which a nick was logged in when that was last told; empty for none.
func (r *Roster) Account(nick string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if p := r.people[r.support.fold(nick)]; p != nil {
		return p.account
	}
	return ""
}

// Accounts are those of all who are in a channel of ours, or spoke to us of late, in small letters.
func (r *Roster) Accounts() map[string]bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := make(map[string]bool)
	for _, p := range r.people {
		if p.account != "" {
			all[strings.ToLower(p.account)] = true
		}
	}
	return all
}

// Knows reports whether somebody of this nick is in a channel of ours, or spoke to us.
func (r *Roster) Knows(nick string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.people[r.support.fold(nick)] != nil
}

// Spoke takes down who said something to us, under which account and when, so that they can be answered.
func (r *Roster) Spoke(nick, account string, count int64, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.meet(nick)
	p.account, p.spoke, p.at = strings.Clone(account), count, now.Unix()
	if p.shares > 0 {
		return
	}
	r.strangers = slices.DeleteFunc(r.strangers, func(s *person) bool { return s == p || s.shares > 0 })
	r.strangers = append(r.strangers, p)
	if len(r.strangers) > mostStrangers {
		r.forget(r.strangers[0])
		r.strangers = slices.Delete(r.strangers, 0, 1)
	}
}

// Forget forgets those who are in no channel of ours and were silent for five minutes. Nobody tells us when they go, and somebody else
// may then have their nick, to whom nothing may be said that is for their account.
func (r *Roster) Forget(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for before := now.Add(-strangerLife).Unix(); len(r.strangers) > 0 && r.strangers[0].at < before; {
		if r.strangers[0].shares == 0 {
			r.forget(r.strangers[0])
		}
		r.strangers = slices.Delete(r.strangers, 0, 1)
	}
}

// Gone takes down that the server knows nobody of this nick.
func (r *Roster) Gone(nick string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.people[r.support.fold(nick)]
	if p == nil {
		return
	}
	for _, c := range r.channels {
		r.drop(c, p)
	}
	r.forget(p)
}

// Groups are the groups that a nick's ranks in our channels make it a member of, sorted. halfop is what a half operator
// counts as: op or voice.
func (r *Roster) Groups(network, nick, halfop string) []string {
	ops, voices := "qao", "v"
	if halfop == "op" {
		ops += "h"
	} else {
		voices += "h"
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	p := r.people[r.support.fold(nick)]
	if p == nil {
		return nil
	}
	var groups []string
	for _, c := range r.channels {
		rank := c.members[p]
		if r.support.within(rank, ops) {
			groups = append(groups, irc.Op(network, c.name))
		}
		if r.support.within(rank, voices) {
			groups = append(groups, irc.Voice(network, c.name))
		}
	}
	slices.Sort(groups)
	return groups
}

// Target is the name to which something for a place is to be sent now; ok is false while nobody is there.
func (r *Roster) Target(place irc.Place) (target string, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	switch {
	case place.Channel != "":
		if c := r.channels[r.support.fold(place.Channel)]; c != nil {
			return c.name, true
		}
		return "", false
	case place.Nick != "":
		if p := r.people[r.support.fold(place.Nick)]; p != nil {
			return p.nick, true
		}
		return place.Nick, false
	}
	var last *person
	for _, p := range r.people {
		if strings.EqualFold(p.account, place.Account) && (last == nil || p.spoke > last.spoke || p.spoke == last.spoke && p.nick < last.nick) {
			last = p
		}
	}
	if last == nil {
		return "", false
	}
	return last.nick, true
}

// longestSource is how much room our own nick!user@host may need while the server has not shown it: RFC 2812 has no bound for
// a host, the usual one is 63 bytes, of a user 10.
const longestSource = 30 + 1 + 11 + 1 + 63

// Room is how many bytes of text a line to a target may have, so that with our source in front as the server sends it to
// others, it is not over 512 bytes.
func (r *Roster) Room(command, target string) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	source := longestSource
	if r.mask != "" {
		source = len(r.me) + 1 + len(r.mask)
	}
	const lineEnd = 2
	return 512 - lineEnd - len(":") - source - len(" ") - len(command) - len(" ") - len(target) - len(" :")
}

// Members counts those in a channel, us included.
func (r *Roster) Members(channel string) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if c := r.channels[r.support.fold(channel)]; c != nil {
		return len(c.members)
	}
	return 0
}
