package irc

import "strings"

// The kinds of principals and groups.
const (
	kindAccount = "irc"
	kindNick    = "irc-nick"
	kindOp      = "irc-op"
	kindVoice   = "irc-voice"
)

// Door is the door's name, and the kind of its addresses.
const Door = "irc"

// Account is the principal of whoever has logged in to an account of the network's services. Accounts and nicks are told
// apart by their letters, not by their case.
func Account(network, account string) string {
	return kindAccount + ":" + network + "/" + lower(account)
}

// Nick is the principal of whoever has not: only a name that anybody may take.
func Nick(network, nick string) string { return kindNick + ":" + network + "/" + lower(nick) }

// Op is the group of a channel's operators.
func Op(network, channel string) string { return kindOp + ":" + network + "/" + lower(channel) }

// Voice is the group of those who have voice in a channel.
func Voice(network, channel string) string { return kindVoice + ":" + network + "/" + lower(channel) }

// ChannelAddress is where something is said to a channel.
func ChannelAddress(network, channel string) string {
	return Door + ":" + network + "/" + lower(channel)
}

// AccountAddress is where something is said to whoever is logged in to an account.
func AccountAddress(network, account string) string {
	return Door + ":" + network + "/@" + lower(account)
}

// NickAddress is where something is said to whoever has a nick.
func NickAddress(network, nick string) string { return Door + ":" + network + "/" + lower(nick) }

// PersonAddress is the address of a principal of this package; ok is false for any other.
func PersonAddress(principal string) (address string, ok bool) {
	kind, rest, _ := strings.Cut(principal, ":")
	network, name, ok := strings.Cut(rest, "/")
	switch {
	case !ok || network == "" || name == "":
		return "", false
	case kind == kindAccount:
		return AccountAddress(network, name), true
	case kind == kindNick:
		return NickAddress(network, name), true
	}
	return "", false
}

// Place is an address, taken apart. Exactly one of Channel, Account and Nick is set.
type Place struct{ Network, Channel, Account, Nick string }

// ParseAddress takes an address apart; ok is false for what is none.
func ParseAddress(address string) (place Place, ok bool) {
	rest, ours := strings.CutPrefix(address, Door+":")
	network, name, cut := strings.Cut(rest, "/")
	if !ours || !cut || network == "" || name == "" {
		return Place{}, false
	}
	place.Network = network
	account, isAccount := strings.CutPrefix(name, "@")
	switch {
	case isAccount:
		place.Account = account
	case IsChannel(name):
		place.Channel = name
	default:
		place.Nick = name
	}
	return place, account != "" || !isAccount
}

// IsChannel reports whether a name is a channel's, by its first character as networks of our time have them.
func IsChannel(name string) bool { return name != "" && strings.IndexByte("#&+!", name[0]) >= 0 }

// lower folds the case of ASCII letters only, as every case mapping of IRC does at least.
func lower(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, name)
}
