package irc

import "github.com/handsoff/handsoff/shared/job"

// The keys of a network. What the gateway alone uses is here too, so that all of them are in one place.

func networkKey(network string) string { return job.Prefix + "irc:" + network }

// ChannelsKey is a set: the channels in which the gateway is, or was when it was last connected.
func ChannelsKey(network string) string { return networkKey(network) + ":channels" }

// StateKey is a hash: nick, connected (since when, RFC 3339; missing while it is not), heard (when something was heard last,
// Unix milliseconds), alert (what all topics shall say; missing for none).
func StateKey(network string) string { return networkKey(network) }

// networksKey is a set: the networks that the gateway was told to be on, until they are left.
func networksKey() string { return job.Prefix + "irc-networks" }

// TopicsKey is a hash: channel → its topic before the alert.
func TopicsKey(network string) string { return networkKey(network) + ":topics" }

// waitingKey is a zset: addresses whose outbox has something that was not delivered, the most urgent first.
func waitingKey(network string) string { return networkKey(network) + ":waiting" }

// wakeKey is a stream whose every entry says that there is something to say.
func wakeKey(network string) string { return networkKey(network) + ":wake" }

// cursorKey is a string: the last entry of an address' outbox that was delivered.
func cursorKey(address string) string { return job.Prefix + "irc:cursor:" + address }

// saidKey is there when an answer was put into an outbox.
func saidKey(network, id string) string { return networkKey(network) + ":said:" + id }

// holderKey is a string: the process that is connected to the network.
func holderKey(network string) string { return networkKey(network) + ":holder" }
