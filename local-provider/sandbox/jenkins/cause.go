package jenkins

import "slices"

// A cause is why a build was started.
type cause struct {
	// User is who asked; empty for a remote trigger with a job's token.
	User string `json:"user,omitempty"`
	// Addr and Note are a remote trigger's host and its `cause=` text.
	Addr    string `json:"addr,omitempty"`
	Note    string `json:"note,omitempty"`
	HasNote bool   `json:"hasNote,omitempty"`
}

// description is Jenkins' sentence for it.
func (c cause) description() string {
	switch {
	case c.User != "":
		return "Started by user " + c.User
	case c.HasNote:
		return "Started by remote host " + c.Addr + " with note: " + c.Note
	default:
		return "Started by remote host " + c.Addr
	}
}

// fold adds a cause to those of an item that is queued already; Jenkins counts an equal one instead of listing it twice.
func fold(causes []cause, more cause) []cause {
	if slices.Contains(causes, more) {
		return causes
	}
	return append(causes, more)
}
