// Package irc is what the IRC gateway and those who speak to it share: the configuration's section, how people and channels
// are named, what is kept in Redis, and how something is said there.
//
// A person is known by the account that the network's services vouch for, "irc:oftc/ann". Whoever has none is known by what
// they call themselves, "irc-nick:oftc/ann", a kind of its own: no role that means "irc:*" means them.
package irc
