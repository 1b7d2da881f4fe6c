package main

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/handsoff/handsoff/shared/job"
)

// recordedKey begins the keys that say which events are written down.
const recordedKey = job.Prefix + "rules:recorded"

// onceKey is the event that a rule acted for, with this value of its once.
func onceKey(rule, value string) string { return job.Prefix + "once:" + rule + ":" + digest(value) }

// fuseKey is the events for which a rule acted for a subject of late.
func fuseKey(rule, subject string) string { return job.Prefix + "fuse:" + rule + ":" + digest(subject) }

// digest is a short name for a text that may be long and hold anything.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// actID names what a rule does about an event: a retry has the same.
func actID(act, event, rule string) string { return act + " " + rule + " " + digest(event) }
